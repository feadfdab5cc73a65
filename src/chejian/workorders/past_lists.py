"""The list of the orders of the old system."""

from collections.abc import Sequence
from typing import Any

from django.db.models import DecimalField, F, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup, escape

from chejian.accounts.permissions import P
from chejian.core.errors import Text
from chejian.core.lists.marks import plate
from chejian.core.lists.spec import Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.vehicles.plates import colour_of
from chejian.workorders.models import PastOrder
from chejian.workorders.models.past import MONEY_SEERS
from chejian.workorders.queries import past

AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=14, decimal_places=2)


def _rows(viewer: Viewer) -> Rows:
    return PastOrder.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def _number(value: str, pk: int) -> str:
    return Markup('<a class="mono" href="/past-orders/{}/">{}</a>').format(pk, value)


def _plate(text: str, kind: str | None, pk: int) -> str:
    """The plate leads to the order, as in the list of today's: not everybody may see the car."""
    return plate(text or "—", colour_of(kind) if kind else "", f"/past-orders/{pk}/")


def _work(viewer: Viewer, ids: Sequence[int]) -> dict[int, str]:
    """The names of the labour lines of each order, in one statement."""
    return {pk: escape("、".join(names)) for pk, names in past.labour_of(ids).items()}


def _amount(key: str, label: Text, **more: Any) -> Column:
    """A sum for whoever sees prices of past orders; empty for the others."""

    def value(viewer: Viewer) -> Any:
        return F(key) if viewer.may_any(MONEY_SEERS) else Value(None, output_field=AMOUNT)

    return Column(key, label, Kind.MONEY, value=value, nullable=True, total=True, **more)


def _search(rows: Rows, words: str) -> tuple[Rows, bool]:
    ids = past.matching_ids(words)
    return rows.filter(pk__in=ids), len(ids) >= past.FOUND


PAST_ORDERS = ListSpec(
    name="past_orders", title=_("Orders of the old system"), address="past_orders",
    permissions=(P.VIEW_ORDERS,), rows=_rows,
    columns=(
        Column("number", pgettext_lazy("order", "Number"), Kind.CODE, "number", more=("pk",),
               show=_number, plain=lambda value, pk: value, wide=True),
        Column("day", pgettext_lazy("past order", "In on"), Kind.DATE, "opened_on", indexed=True,
               quick=True),
        Column("plate", _("Plate"), path="plate", more=("vehicle__plate_kind", "pk"),
               show=_plate, plain=lambda text, kind, pk: text),
        Column("customer", _("Customer"), path="customer__name", sort="customer__name_key",
               nullable=True),
        Column("work", pgettext_lazy("past order", "Work"), cells=_work, wide=True),
        Column("type", _("Repair type"), path="repair_type"),
        Column("adviser", pgettext_lazy("past order", "Adviser"), path="adviser__name",
               nullable=True),
        _amount("due", pgettext_lazy("past order", "Due")),
        _amount("received", pgettext_lazy("past order", "Received")),
        Column("payment", pgettext_lazy("past order", "Payment"), path="payment"),
        Column("concern", pgettext_lazy("past order", "Concern"), path="concern", hidden=True),
        Column("settled", pgettext_lazy("past order", "Settled on"), Kind.DATE, "settled_on",
               nullable=True, hidden=True),
        Column("odometer", _("Reading (km)"), Kind.NUMBER, "odometer", nullable=True,
               hidden=True),
        _amount("labour", pgettext_lazy("past order", "Labour"), hidden=True),
        _amount("material", pgettext_lazy("past order", "Material"), hidden=True),
        _amount("other", pgettext_lazy("past order", "Other charges"), hidden=True),
        _amount("discount", pgettext_lazy("past order", "Discount"), hidden=True),
        Column("adds_up", pgettext_lazy("past order", "Adds up"), Kind.BOOL, "adds_up",
               hidden=True),
    ),
    sort="-day", link="/past-orders/{}/", named_by="number",
    search=_search, search_label=_("Number, plate or VIN"),
    tabs=(
        Tab("all", pgettext_lazy("past order", "All")),
        Tab("carless", pgettext_lazy("past order", "Car not known"), Q(vehicle__isnull=True)),
        Tab("odd", pgettext_lazy("past order", "Does not add up"), Q(adds_up=False)),
    ),
    empty=(_("No order of an old system"),
           _("They come with the import of order history.")),
)
