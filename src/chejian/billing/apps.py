from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "chejian.billing"
    label = "billing"
