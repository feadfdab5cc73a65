"""The kinds of entries, by the event that makes them. ``docs/postings.md`` follows this list."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    STOCK_OPENING = "stock_opening", _("Stock opening")
    STOCK_RECEIPT = "stock_receipt", _("Stock receipt")
    STOCK_ISSUE = "stock_issue", _("Parts issue")
    STOCK_RETURN = "stock_return", _("Parts return")
    SETTLEMENT = "settlement", _("Settlement")
    COLLECTION = "collection", _("Collection")
    DEPOSIT = "deposit", _("Deposit")
    ALLOCATION = "allocation", _("Allocation")
    REFUND = "refund", _("Refund")
    OPENING_BALANCE = "opening_balance", _("Opening balance")


def kind_label(kind: str) -> str | Promise:
    """The word for a kind; one that is not in the list speaks for itself."""
    return EntryKind(kind).label if kind in EntryKind.values else kind
