from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "chejian.parties"
    label = "parties"
