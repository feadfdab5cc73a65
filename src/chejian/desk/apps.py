from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"
