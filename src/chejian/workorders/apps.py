from django.apps import AppConfig


class WorkordersConfig(AppConfig):
    name = "chejian.workorders"
    label = "workorders"

    def ready(self) -> None:
        from chejian.workorders import proofs, tasks  # noqa: F401 - after the models

        proofs.register()
