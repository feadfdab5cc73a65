from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "chejian.inventory"
    label = "inventory"
