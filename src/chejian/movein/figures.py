"""What the database holds, in figures that a person can compare: before and after, here and there.

The trial, the reconciliation sheet and the archive all show these. Read from the tables themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from chejian.billing.models import Payment, Receivable, Settlement
from chejian.books.queries import trial_balance
from chejian.catalog.models import Part
from chejian.core.errors import Text
from chejian.core.formats import money, quantity
from chejian.inventory.models import StockLevel, StockMove
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import PastLine, PastOrder, WorkOrder

ZERO = Decimal(0)
WORDS: dict[str, Text] = {
    "customers": _("Customers"),
    "cars": _("Cars"),
    "parts": _("Parts in use"),
    "stock_value": _("Stock value"),
    "stock_moves": _("Stock moves"),
    "work_orders": _("Work orders"),
    "settled": _("Settled"),
    "paid": _("Paid"),
    "receivable": _("Receivables still open"),
    "past_orders": _("Orders of the old system"),
    "past_due": _("Due on orders of the old system"),
    "past_lines": _("Lines of the old system"),
}
MONEY = frozenset({"stock_value", "settled", "paid", "receivable", "past_due"})


@dataclass(frozen=True)
class Figure:
    """One figure: ``key`` is for programs; an account of the books has its number there."""

    key: str
    value: Decimal
    label: Text

    @property
    def text(self) -> str:
        plain = self.key not in MONEY and not self.key.startswith("account:")
        return quantity(self.value) if plain else money(self.value)


def figures(station_ids: Sequence[int]) -> list[Figure]:
    """Counts and sums of these stations, then every account that has a balance."""
    return [*_counted(list(station_ids)), *_accounts(station_ids)]


def _counted(stations: list[int]) -> Iterator[Figure]:
    here = {"station_id__in": stations}
    past = PastOrder.objects.filter(**here)
    orders = WorkOrder.objects.filter(**here)
    settlements = Settlement.objects.filter(**here)
    open_ones = Receivable.objects.filter(**here, cancelled=False)
    found: dict[str, Decimal | int] = {
        "customers": Party.objects.live().count(),
        "cars": Vehicle.objects.live().count(),
        "parts": Part.objects.filter(active=True).count(),
        "stock_value": _sum(StockLevel.objects.filter(warehouse__station_id__in=stations), "value"),
        "stock_moves": StockMove.objects.filter(**here).count(),
        "work_orders": orders.count(),
        "settled": _sum(settlements, "payable"),
        "paid": _sum(Payment.objects.filter(**here), "amount"),
        "receivable": open_ones.aggregate(sum=Sum(F("amount") - F("allocated")))["sum"] or ZERO,
        "past_orders": past.count(),
        "past_due": _sum(past, "due"),
        "past_lines": PastLine.objects.filter(order__station_id__in=stations).count(),
    }
    for key, value in found.items():
        yield Figure(key, Decimal(value), WORDS[key])


def _sum[M: models.Model](rows: "models.QuerySet[M]", field: str) -> Decimal:
    total: Decimal | None = rows.aggregate(sum=Sum(field))["sum"]
    return total or ZERO


def _accounts(station_ids: Sequence[int]) -> Iterator[Figure]:
    for row in trial_balance(station_ids):
        if row.balance:
            yield Figure(f"account:{row.code}", row.balance, f"{row.code} {row.name}")


def as_json(found: Sequence[Figure]) -> list[list[str]]:
    return [[figure.key, str(figure.value), str(figure.label)] for figure in found]


def from_json(kept: Sequence[Sequence[str]]) -> list[Figure]:
    return [Figure(key, Decimal(value), WORDS.get(key, label)) for key, value, label in kept]
