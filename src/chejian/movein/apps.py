from django.apps import AppConfig


class MoveinConfig(AppConfig):
    name = "chejian.movein"
    label = "movein"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.movein.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
