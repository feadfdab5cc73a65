from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "chejian.core"
    label = "core"
