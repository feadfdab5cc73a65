from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"

    def ready(self) -> None:
        from chejian.core.shell import register_shell  # noqa: PLC0415 - models must be loaded first
        from chejian.desk.shell import provide  # noqa: PLC0415

        register_shell(provide)
