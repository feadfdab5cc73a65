from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "chejian.vehicles"
    label = "vehicles"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.vehicles.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
        from chejian.vehicles import panels, proofs, searching

        proofs.register()
        searching.register()
        panels.register()
        from chejian.accounts.listing import register
        from chejian.vehicles import lists

        register(lists.VEHICLES)
