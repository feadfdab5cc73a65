from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"

    def ready(self) -> None:
        from chejian.core.shell import register_shell  # needs the app registry
        from chejian.desk.shell import provide

        register_shell(provide)
