from django.apps import AppConfig


class WorkordersConfig(AppConfig):
    name = "chejian.workorders"
    label = "workorders"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.workorders import proofs, searching, tasks  # noqa: F401 - after the models
        from chejian.workorders.event_words import EVENT_WORDS

        proofs.register()
        searching.register()
        register_event_words(EVENT_WORDS)
        from chejian.accounts.listing import register
        from chejian.workorders import past_panels
        from chejian.workorders.lists import JOBS, PARTS_USED
        from chejian.workorders.past_lists import PAST_ORDERS

        register(JOBS)
        register(PARTS_USED)
        register(PAST_ORDERS)
        past_panels.register()
