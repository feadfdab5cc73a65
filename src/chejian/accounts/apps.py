from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chejian.accounts"
    label = "accounts"

    def ready(self) -> None:
        from chejian.accounts.event_words import EVENT_WORDS
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
