from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "chejian.vehicles"
    label = "vehicles"
