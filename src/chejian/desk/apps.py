from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chejian.desk"
    label = "desk"

    def ready(self) -> None:
        from chejian.accounts.listing import register as register_list
        from chejian.core.documents import register_document  # needs the app registry
        from chejian.core.file_access import register_readable
        from chejian.core.shell import register_shell
        from chejian.desk import documents, files, history, lists, settings_cards, ways
        from chejian.desk.shell import provide
        from chejian.desk.whole import panels as whole

        register_shell(provide)
        register_document("WO", ways.order_address)
        register_list(lists.ORDERS)
        ways.register()
        settings_cards.register()
        documents.register()
        register_readable(files.readable)
        history.register()
        whole.register()
