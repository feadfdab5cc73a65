from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "chejian.catalog"
    label = "catalog"
