from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from chejian.core.checks import register_check
from chejian.core.documents import register_document


class InventoryConfig(AppConfig):
    name = "chejian.inventory"
    label = "inventory"

    def ready(self) -> None:
        from chejian.core.event_words import register_event_words
        from chejian.inventory.event_words import EVENT_WORDS

        register_event_words(EVENT_WORDS)
        from chejian.inventory import checks, panels, queries

        register_check("stock.levels", checks.levels_follow_moves, _("Stock levels"))
        register_check("stock.bins", checks.bins_hold_levels, _("Stock in bins"))
        register_check("stock.reserved", checks.reserved_is_held, _("Reserved stock"))
        register_check("stock.returns", checks.returns_within_issues, _("Returned parts"))
        register_check("stock.value", checks.value_is_booked, _("Stock value in the books"))
        register_document("GR", queries.receipt_address)
        panels.register()
        from chejian.accounts.listing import register
        from chejian.inventory import lists, stock_report

        register(lists.STOCK)
        register(lists.MOVES)
        register(lists.RECEIPTS)
        register(lists.RECEIPT_LINES)
        register(stock_report.STOCK_REPORT)
