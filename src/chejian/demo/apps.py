from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "chejian.demo"
    label = "demo"
