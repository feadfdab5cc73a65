"""The lists of what was done and used: jobs, and parts on orders (历史用料, A08)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.lists import colleagues
from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.catalog.queries import brands
from chejian.core.errors import Text
from chejian.core.formats import masked_phone
from chejian.core.lists.marks import badge, document, plate
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.core.search import prefix_query
from chejian.vehicles.plates import colour_of
from chejian.vehicles.queries import LISTED, matching_ids
from chejian.workorders.models import Assignment, JobLine, PartLine, Payer, WorkOrder

AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=14, decimal_places=2)
TONES = {
    "proposed": ("violet", "message"), "authorised": ("grey", "circle"),
    "declined": ("grey", "x"), "assigned": ("blue", "user"), "working": ("blue", "half"),
    "paused": ("amber", "pause"), "done": ("green", "check"), "inspected": ("green", "shield"),
    "cancelled": ("grey", "x"),
}
STATUS = dict(JobLine.Status.choices)


def _orders(viewer: Viewer) -> Any:
    return WorkOrder.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def _plate(text: str, kind: str) -> str:
    return plate(text or "—", colour_of(kind))


def _about_order() -> tuple[Column, ...]:
    """What both lists tell of the order behind a line."""
    return (
        Column("order", _("Work order"), path="order__number", show=document, plain=str,
               sort="order_id"),
        Column("opened", pgettext_lazy("column", "Received"), Kind.MOMENT, "order__opened_at",
               quick=True),
        Column("plate", _("Plate"), path="order__plate", more=("order__plate_kind",), show=_plate,
               plain=lambda text, kind: text),
        Column("customer", _("Customer"), path="order__customer__name",
               sort="order__customer__name_key"),
        Column("phone", _("Phone"), path="order__contact_phone", mask=masked_phone,
               clear=P.SEE_PHONE, hidden=True),
        Column("car", _("Car"), path="order__vehicle__series", hidden=True),
        Column("vin", _("VIN"), Kind.CODE, "order__vehicle__vin", hidden=True),
        Column("state", _("State of the order"), Kind.CHOICE, "order__status", hidden=True,
               choices=WorkOrder.Status.choices),
        Column("adviser", _("Adviser"), Kind.PERSON, "order__adviser__name",
               filter="order__adviser_id", choices=colleagues, sort="order__adviser__name_key",
               hidden=True),
        Column("type", _("Type"), path="order__repair_type__name", hidden=True,
               sort="order__repair_type__position"),
    )


def _money(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.MONEY, path, **({"total": True} | more))


def _by_words(text: str) -> Q:
    """By what is written on the line, the order's number, or the car."""
    asked = Q(name__icontains=text) | Q(order__number__iexact=text)
    if prefix_query(text):
        asked |= Q(order__vehicle_id__in=matching_ids(text, LISTED))
    return asked


# --- jobs --------------------------------------------------------------------------------------


def _jobs(viewer: Viewer) -> Rows:
    return JobLine.objects.filter(order__in=_orders(viewer)).order_by()


def _find_job(rows: Rows, words: str) -> tuple[Rows, bool]:
    return rows.filter(_by_words(words)), False


def _workers(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, str]:
    """Who works on each job, in one statement."""
    found: dict[int, list[str]] = {}
    rows = Assignment.objects.filter(job_id__in=ids).order_by("pk")
    for job, name in rows.values_list("job_id", "technician__name"):
        found.setdefault(job, []).append(name)
    return {pk: Markup("{}").format(_now(", ").join(names)) for pk, names in found.items()}


def _worked_on(condition: Q) -> Q:
    return Q(Exists(Assignment.objects.filter(condition, job=OuterRef("pk"))))


def _payable(viewer: Viewer) -> Any:
    return ExpressionWrapper(F("amount") - F("discount"), output_field=AMOUNT)


JOBS = ListSpec(
    name="jobs", title=_("Jobs done"), address="job_list", permissions=(P.VIEW_ORDERS,),
    rows=_jobs,
    columns=(
        Column("name", _("Job"), path="name", wide=True, cls="bold"),
        Column("status", pgettext_lazy("job", "Status"), Kind.CHOICE, "status", quick=True,
               choices=JobLine.Status.choices,
               show=lambda value: badge(STATUS[value], *TONES[value]),
               plain=lambda value: str(STATUS[value])),
        *_about_order(),
        Column("technicians", _("Technicians"), cells=_workers),
        Column("technician", _("Technician"), Kind.PERSON, "name", filter="technician_id",
               choices=colleagues, through=_worked_on, only_asked=True, quick=True),
        Column("hours", _("Flat-rate hours"), Kind.QUANTITY, "flat_hours", total=True),
        Column("rate", pgettext_lazy("labour", "Rate"), Kind.MONEY, "rate", hidden=True),
        _money("amount", _("Amount"), "amount", hidden=True),
        _money("discount", _("Discount"), "discount", hidden=True),
        _money("payable", _("To pay"), value=_payable),
        Column("payer", _("Payer"), Kind.CHOICE, "payer", choices=Payer.choices),
        Column("additional", _("Additional work"), Kind.BOOL, "additional", hidden=True),
        Column("rework", _("Rework"), Kind.BOOL, "rework", hidden=True),
        Column("finished", _("Finished"), Kind.MOMENT, "finished_at", nullable=True),
        Column("added", pgettext_lazy("column", "Added"), Kind.MOMENT, "added_at", hidden=True,
               sort="pk", indexed=True),
    ),
    sort="-added", named_by="name", tab_key="part",
    tabs=(
        Tab("all", pgettext_lazy("jobs", "All"), ~Q(status__in=["cancelled", "declined"])),
        Tab("hand", _("At hand"), Q(status__in=["assigned", "working", "paused"])),
        Tab("done", pgettext_lazy("jobs", "Done"), Q(status__in=["done", "inspected"])),
        Tab("dropped", _("Declined or struck out"), Q(status__in=["cancelled", "declined"])),
    ),
    search=_find_job, search_label=_("Job, order number, plate"),
    tone=(("status",), lambda status: "void" if status in ("cancelled", "declined") else ""),
    empty=(_("No jobs yet"), _("Jobs come with the orders.")),
)


# --- parts used --------------------------------------------------------------------------------


def _parts(viewer: Viewer) -> Rows:
    return PartLine.objects.filter(order__in=_orders(viewer)).order_by()


def _find_part(rows: Rows, words: str) -> tuple[Rows, bool]:
    return rows.filter(_by_words(words) | Q(number__istartswith=words)), False


def _brands(viewer: Viewer) -> Choices:
    return [(brand, brand) for brand in brands()]


PARTS_USED = ListSpec(
    name="parts-used", title=_("Parts used"), address="parts_used", permissions=(P.VIEW_ORDERS,),
    rows=_parts,
    columns=(
        Column("name", _("Part"), path="name", wide=True, cls="bold"),
        Column("number", pgettext_lazy("part", "Number"), Kind.CODE, "number"),
        *_about_order(),
        Column("brand", _("Brand"), Kind.CHOICE, "brand", choices=_brands, nullable=True,
               hidden=True),
        Column("origin", _("Origin"), Kind.CHOICE, "origin", choices=Part.Origin.choices,
               nullable=True, hidden=True),
        Column("job", _("For the job"), path="job__name", hidden=True),
        Column("quantity", pgettext_lazy("part line", "Wanted"), Kind.QUANTITY, "quantity",
               total=True),
        Column("issued", pgettext_lazy("part line", "Issued"), Kind.QUANTITY, "issued",
               total=True),
        Column("unit", _("Unit"), path="unit", hidden=True),
        Column("price", _("Unit price"), Kind.MONEY, "unit_price"),
        _money("amount", _("Amount"), "amount", hidden=True),
        _money("discount", _("Discount"), "discount", hidden=True),
        _money("payable", _("To pay"), value=_payable),
        Column("payer", _("Payer"), Kind.CHOICE, "payer", choices=Payer.choices),
        _money("cost", _("Cost of parts"), "cost", permission=P.SEE_COST),
        Column("own", _("Customer's own"), Kind.BOOL, "customer_supplied", hidden=True),
        Column("added", pgettext_lazy("column", "Added"), Kind.NUMBER, "pk", filter="",
               indexed=True, only_asked=True),
    ),
    sort="-added", named_by="name", tab_key="part",
    tabs=(
        Tab("all", pgettext_lazy("parts used", "All"), Q(cancelled=False)),
        Tab("missing", _("Not issued yet"),
            Q(cancelled=False, issued__lt=F("quantity"), customer_supplied=False)),
        Tab("void", _("Struck out"), Q(cancelled=True)),
    ),
    search=_find_part, search_label=_("Part, number, order number, plate"),
    empty=(_("No parts yet"), _("They come with the jobs of the orders.")),
)
