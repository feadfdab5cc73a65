from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "chejian.vehicles"
    label = "vehicles"

    def ready(self) -> None:
        from chejian.vehicles import panels, proofs  # noqa: PLC0415 - models must be loaded first

        proofs.register()
        panels.register()
