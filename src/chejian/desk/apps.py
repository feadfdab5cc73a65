from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"

    def ready(self) -> None:
        from chejian.core.documents import register_document  # needs the app registry
        from chejian.core.file_access import register_readable
        from chejian.core.shell import register_shell
        from chejian.desk import documents, files, history, settings_cards, ways
        from chejian.desk.shell import provide

        register_shell(provide)
        register_document("WO", ways.order_address)
        ways.register()
        settings_cards.register()
        documents.register()
        register_readable(files.readable)
        history.register()
