from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chejian.accounts"
    label = "accounts"

    def ready(self) -> None:
        from chejian.accounts import list_models  # noqa: F401 - models beside ``models``
        from chejian.accounts.event_words import EVENT_WORDS
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
        from chejian.accounts.listing import register
        from chejian.accounts.lists import AUDIT, LOOKS, PEOPLE

        for spec in (PEOPLE, AUDIT, LOOKS):
            register(spec)
