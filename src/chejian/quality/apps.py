from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "chejian.quality"
    label = "quality"
