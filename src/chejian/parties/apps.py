from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "chejian.parties"
    label = "parties"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.parties.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
        from chejian.accounts.listing import register
        from chejian.parties import lists, searching

        register(lists.PARTIES)
        searching.register()
