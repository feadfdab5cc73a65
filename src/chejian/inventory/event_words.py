"""What the audit calls the events of stock."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "warehouse.created": pgettext_lazy("event", "warehouse created"),
    "warehouse.updated": pgettext_lazy("event", "warehouse changed"),
    "bin.created": pgettext_lazy("event", "bin created"),
    "stock.received": pgettext_lazy("event", "stock received"),
    "stock.opening_reversed": pgettext_lazy("event", "opening of stock taken back"),
    "stock.issued": pgettext_lazy("event", "stock issued"),
    "stock.returned": pgettext_lazy("event", "stock returned"),
    "stock.reserved": pgettext_lazy("event", "stock reserved"),
    "stock.released": pgettext_lazy("event", "reservation released"),
    "reservation.filled": pgettext_lazy("event", "reservation filled"),
}
