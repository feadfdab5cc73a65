from django.apps import AppConfig
from django.utils.translation import gettext as _


class QualityConfig(AppConfig):
    name = "chejian.quality"
    label = "quality"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.quality.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
        from django.urls import reverse

        from chejian.quality import tasks  # noqa: F401 - after the models
        from chejian.workorders.timeline import register_sentence
        from chejian.workorders.ways import Way, register_way

        register_sentence(
            "job.measured", "person",
            lambda facts: _("Measured at %(name)s: %(values)s")
            % {"name": facts.get("name", ""), "values": facts.get("values", "")},
        )
        register_way("inspect", lambda order: Way(reverse("inspections", args=[order.pk])))
