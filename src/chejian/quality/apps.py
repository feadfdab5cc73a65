from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "chejian.quality"
    label = "quality"

    def ready(self) -> None:
        from chejian.quality import tasks  # noqa: F401 - after the models
