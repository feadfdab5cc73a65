from django.apps import AppConfig


class WorkordersConfig(AppConfig):
    name = "chejian.workorders"
    label = "workorders"
