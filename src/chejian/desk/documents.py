"""Pages of documents whose numbers stand in the ledgers, and what lower pages learn from here."""

from django.urls import reverse

from chejian.billing.models import OpeningBalance, Payment, Refund, Settlement
from chejian.catalog.models import LabourClass
from chejian.core.documents import register_document
from chejian.vehicles.labour import register_labour_classes


def _order(order_id: int | None) -> str | None:
    """Whoever may see the money sees it there; the till is for those who take it."""
    return reverse("order", args=[order_id]) if order_id else None


def _money(found: tuple[int | None, int] | None) -> str | None:
    """Money of an order is seen with it, money of a whole account with its customer."""
    if found is None:
        return None
    order_id, party_id = found
    return _order(order_id) or reverse("party_account", args=[party_id])


def opening_address(number: str) -> str | None:
    rows = OpeningBalance.objects.filter(number=number).values_list("party_id", flat=True)
    party_id = rows.first()
    return reverse("party_account", args=[party_id]) if party_id else None


def settlement_address(number: str) -> str | None:
    """A settlement or reversal is seen with its order."""
    rows = Settlement.objects.filter(number=number).values_list("order_id", flat=True)
    return _order(rows.first())


def payment_address(number: str) -> str | None:
    rows = Payment.objects.filter(number=number).values_list("order_id", "party_id")
    return _money(rows.first())


def refund_address(number: str) -> str | None:
    rows = Refund.objects.filter(number=number)
    return _money(rows.values_list("payment__order_id", "payment__party_id").first())


def labour_classes() -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in LabourClass.objects.order_by("code")]


def register() -> None:
    """Called when the desk is ready."""
    for kind in ("ST", "SR"):
        register_document(kind, settlement_address)
    register_document("RC", payment_address)
    register_document("RF", refund_address)
    register_document("OB", opening_address)
    register_labour_classes(labour_classes)
