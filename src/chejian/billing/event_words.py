"""What the audit calls the events of money."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "order.billed": pgettext_lazy("event", "order billed"),
    "order.unbilled": pgettext_lazy("event", "settlement reversed"),
    "order.rebilled": pgettext_lazy("event", "settlement corrected"),
    "order.put_on_account": pgettext_lazy("event", "put on account"),
    "payment.collected": pgettext_lazy("event", "money collected"),
    "deposit.taken": pgettext_lazy("event", "deposit taken"),
    "balances.opened": pgettext_lazy("event", "balances opened"),
    "balance.reversed": pgettext_lazy("event", "opening balance reversed"),
    "payment.refunded": pgettext_lazy("event", "money refunded"),
}
