from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "chejian.quality"
    label = "quality"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.quality.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
        from django.urls import reverse

        from chejian.quality import tasks  # noqa: F401 - after the models
        from chejian.workorders.ways import Way, register_way

        register_way("inspect", lambda order: Way(reverse("inspections", args=[order.pk])))
