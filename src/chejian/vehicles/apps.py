from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "chejian.vehicles"
    label = "vehicles"

    def ready(self) -> None:
        from chejian.vehicles import panels, proofs

        proofs.register()
        panels.register()
