from django.apps import AppConfig


class MoveinConfig(AppConfig):
    name = "chejian.movein"
    label = "movein"
