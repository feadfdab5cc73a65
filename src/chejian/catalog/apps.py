from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "chejian.catalog"
    label = "catalog"

    def ready(self) -> None:
        from chejian.catalog.event_words import EVENT_WORDS
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
        from chejian.accounts.listing import register
        from chejian.catalog import lists, searching

        register(lists.PARTS)
        register(lists.OPERATIONS)
        searching.register()
