"""The list of work orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from markupsafe import Markup, escape

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import RepairClass, RepairType
from chejian.core.errors import Text
from chejian.core.formats import masked_phone, short_moment
from chejian.core.lists.marks import badge, plate
from chejian.core.lists.spec import BulkAction, Choices, Column, Kind, ListSpec, Rows, Viewer
from chejian.core.money import ZERO
from chejian.desk import order_list
from chejian.vehicles.plates import colour_of
from chejian.workorders.models import PartLine, WorkOrder
from chejian.workorders.services import assign_adviser

TONES = {
    "draft": ("grey", "edit"), "received": ("blue", "car"), "in_progress": ("blue", "half"),
    "on_hold": ("amber", "hourglass"), "pending_inspection": ("blue", "shield"),
    "completed": ("green", "check"), "settled": ("green", "receipt"),
    "delivered": ("grey", "check"), "closed": ("grey", "lock"), "cancelled": ("grey", "x"),
}
STATUS = dict(WorkOrder.Status.choices)
OVER = frozenset({"delivered", "closed", "cancelled"})


def _status(value: str) -> str:
    return badge(STATUS[value], *TONES[value])


def _plate(text: str, kind: str, pk: int) -> str:
    return plate(text or "—", colour_of(kind), f"/work-orders/{pk}/")


def _number(value: str, pk: int) -> str:
    return Markup(f'<a href="/work-orders/{pk}/">{escape(value)}</a>')  # noqa: S704 - escaped


def _customer(name: str, make: str, series: str) -> str:
    car = escape(" ".join(filter(None, (make, series))))
    return Markup(f'<b>{escape(name)}</b> <span class="muted small">{car}</span>')  # noqa: S704


def _promised(value: datetime | None, status: str) -> str:
    said = short_moment(value)
    if value is not None and status not in OVER and value < timezone.now():
        return Markup(f'<span class="t-red bold">{said}</span>')  # noqa: S704 - figures alone
    return said


def advisers(viewer: Viewer) -> Choices:
    """People who may open orders at this station."""

    def rows() -> Rows:
        people = User.objects.filter(
            is_active=True, assignments__station_id=viewer.station_id,
            assignments__role__permissions__contains=[P.OPEN_ORDER],
        )
        return people.distinct().order_by("name").values_list("pk", "name")

    return viewer.rows_of("advisers", rows)


def repair_types(viewer: Viewer) -> Choices:
    return list(RepairType.objects.values_list("pk", "name"))


def repair_classes(viewer: Viewer) -> Choices:
    return list(RepairClass.objects.values_list("pk", "name"))


def _cost(viewer: Viewer) -> Any:
    lines = PartLine.objects.filter(order=OuterRef("pk"), cancelled=False).order_by()
    sums = lines.values("order").annotate(sum=Sum("cost")).values("sum")
    return Coalesce(Subquery(sums), Value(ZERO), output_field=DecimalField(
        max_digits=14, decimal_places=2))


def _moment(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.MOMENT, path, nullable=True, hidden=True, **more)


def _money(key: str, label: Text, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.MONEY, path, total=True, **({"hidden": True} | more))


COLUMNS = (
    Column("status", pgettext_lazy("order", "Status"), Kind.CHOICE,
           choices=WorkOrder.Status.choices, bare=True, show=_status,
           plain=lambda value: str(STATUS[value])),
    Column("plate", _("Plate"), path="plate", more=("plate_kind", "pk"), show=_plate, bare=True,
           plain=lambda text, kind, pk: text, indexed=True),
    Column("customer", _("Customer"), path="customer__name", sort="customer__name_key",
           more=("vehicle__make", "vehicle__series"), show=_customer,
           plain=lambda name, make, series: name),
    Column("type", _("Type"), Kind.CHOICE, "repair_type__name", filter="repair_type_id",
           choices=repair_types, sort="repair_type__position"),
    Column("number", pgettext_lazy("order", "Number"), Kind.CODE, "number", more=("pk",),
           show=_number, plain=lambda value, pk: value, sort="pk", indexed=True),
    Column("adviser", _("Adviser"), Kind.PERSON, "adviser__name", filter="adviser_id",
           sort="adviser__name_key", choices=advisers, quick=True),
    Column("opened", pgettext_lazy("column", "Received"), Kind.MOMENT, "opened_at", indexed=True,
           quick=True),
    Column("promised", _("Promised"), Kind.MOMENT, "promised_at", more=("status",), show=_promised,
           plain=lambda value, status: value, nullable=True),
    _money("total", _("Amount"), "total", hidden=False, indexed=True),
    Column("priority", _("Priority"), Kind.CHOICE, choices=WorkOrder.Priority.choices,
           indexed=True, hidden=True),
    Column("class", _("Repair class"), Kind.CHOICE, "repair_class__name", nullable=True,
           filter="repair_class_id", choices=repair_classes, sort="repair_class__position",
           hidden=True),
    Column("hold", _("Why on hold"), Kind.CHOICE, "hold_reason", nullable=True,
           choices=WorkOrder.HoldReason.choices, hidden=True),
    Column("car", _("Car"), path="vehicle__series", more=("vehicle__make",), hidden=True,
           show=lambda series, make: " ".join(filter(None, (make, series))),
           plain=lambda series, make: " ".join(filter(None, (make, series)))),
    Column("vin", _("VIN"), Kind.CODE, "vehicle__vin", hidden=True),
    Column("contact", _("Contact"), path="contact_name", hidden=True),
    Column("phone", _("Phone"), path="contact_phone", mask=masked_phone, clear=P.SEE_PHONE,
           hidden=True),
    Column("odometer", pgettext_lazy("column", "Odometer in (km)"), Kind.NUMBER, "odometer_in",
           nullable=True, hidden=True),
    _moment("started", pgettext_lazy("column", "Started"), "started_at"),
    _moment("completed", pgettext_lazy("column", "Completed"), "completed_at"),
    _moment("settled", pgettext_lazy("column", "Settled"), "settled_at"),
    _moment("delivered", pgettext_lazy("column", "Delivered"), "delivered_at"),
    _money("labour", _("Labour"), "labour_total"),
    _money("parts", _("Parts"), "parts_total"),
    _money("discount", _("Discounts"), "discount_total"),
    _money("customer_total", _("Customer pays"), "customer_total"),
    _money("proposed", _("To approve"), "proposed_total"),
    _money("deposit", _("Deposit"), "deposit_held"),
    _money("cost", _("Cost of parts"), "", value=_cost, permission=P.SEE_COST),
    Column("cleared", _("Cleared to leave"), Kind.BOOL, "cleared", hidden=True),
    Column("rework", _("Rework rounds"), Kind.NUMBER, "rework_round", hidden=True),
    Column("remarks", _("Remarks"), path="remarks", hidden=True),
)


def _give(viewer: Viewer, ids: Sequence[int], choice: str, at: datetime) -> Text:
    """Give the chosen orders to another adviser."""
    rows = list(order_list.rows(viewer).filter(pk__in=ids).order_by("pk"))
    people = {str(pk): int(pk) for pk, _name in advisers(viewer)}
    if choice not in people:
        return _now("Choose an adviser first.")
    adviser = User.objects.get(pk=people[choice])
    changed = assign_adviser(orders=rows, adviser=adviser, by=viewer.user, at=at)
    return ngettext(
        "%(num)s order now belongs to %(name)s.", "%(num)s orders now belong to %(name)s.",
        len(changed),
    ) % {"num": len(changed), "name": adviser.name}


ORDERS = ListSpec(
    name="orders", title=_("Work orders"), address="orders",
    permissions=(P.VIEW_ORDERS, P.VIEW_OWN_ORDERS), rows=order_list.rows, columns=COLUMNS,
    sort="-number", named_by="number", tabs=order_list.TABS,
    search=order_list.search, fits=order_list.FITS,
    search_label=_("Plate, name, number, phone"), live="order",
    tone=(("status",), lambda status: "void" if status == "cancelled" else ""),
    actions=(
        BulkAction("adviser", _("Give to adviser"), P.OPEN_ORDER, _give, advisers, icon="user"),
    ),
    empty=(_("No order here"),
           _("Change the state or the words above; a new car begins at reception.")),
)
