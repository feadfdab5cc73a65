from functools import partial

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "chejian.billing"
    label = "billing"

    def ready(self) -> None:
        from chejian.billing import ledger_checks, timeline
        from chejian.billing import tasks as _tasks  # noqa: F401 - the worker's
        from chejian.billing.event_words import EVENT_WORDS
        from chejian.books import chart
        from chejian.core.checks import register_check
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
        timeline.register()
        accounts = {
            "customer": chart.RECEIVABLE_CUSTOMER,
            "maker": chart.RECEIVABLE_MAKER,
            "insurer": chart.RECEIVABLE_INSURER,
            "deposits": chart.CUSTOMER_DEPOSITS,
            "stored": chart.STORED_VALUE,
        }
        for name, title in ledger_checks.TITLES.items():
            register_check(name, partial(ledger_checks.prove, name, accounts), title)
        from chejian.accounts.listing import register
        from chejian.billing import account_panel
        from chejian.billing.lists import PAYMENTS, RECEIVABLES, SETTLEMENTS

        for spec in (SETTLEMENTS, PAYMENTS, RECEIVABLES):
            register(spec)
        account_panel.register()
