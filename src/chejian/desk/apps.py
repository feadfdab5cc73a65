from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"

    def ready(self) -> None:
        from chejian.core.documents import register_document  # needs the app registry
        from chejian.core.shell import register_shell
        from chejian.desk import documents, history
        from chejian.desk.shell import provide
        from chejian.desk.ways import order_address, register

        register_shell(provide)
        register_document("WO", order_address)
        register()
        documents.register()
        history.register()
