from functools import partial

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "chejian.billing"
    label = "billing"

    def ready(self) -> None:
        from chejian.billing.event_words import EVENT_WORDS
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
        from chejian.billing.ledger_checks import CHECKS, TITLES, prove
        from chejian.books import chart
        from chejian.core.checks import register_check

        accounts = {
            "customer": chart.RECEIVABLE_CUSTOMER,
            "maker": chart.RECEIVABLE_MAKER,
            "insurer": chart.RECEIVABLE_INSURER,
            "deposits": chart.CUSTOMER_DEPOSITS,
        }
        for name in CHECKS:
            register_check(name, partial(prove, name, accounts), TITLES[name])
