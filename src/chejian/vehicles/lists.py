"""The list of cars, and the plates that stand in the list of customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.permissions import P
from chejian.core.formats import day
from chejian.core.icons import icon
from chejian.core.lists.marks import plate
from chejian.core.lists.spec import Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.parties import tag_lists
from chejian.parties.models import Tag
from chejian.vehicles import queries, services
from chejian.vehicles.models import Vehicle, VehicleTag
from chejian.vehicles.plates import display

SHOWN = 3


def _rows(viewer: Viewer) -> Rows:
    return Vehicle.objects.visible_to(viewer.user).live()


def _search(rows: Rows, words: str) -> tuple[Rows, bool]:
    found = queries.matching(rows, words)
    return found.rows, found.cut


def _plate(text: str, colour: str, pk: int) -> str:
    return plate(text, colour, f"/vehicles/{pk}/")


def _car(make: str, series: str) -> str:
    return " ".join(filter(None, (make, series)))


def _owner(name: str | None, owner_id: int | None) -> str:
    return Markup('<a href="/customers/{}/">{}</a>').format(owner_id, name) if name else ""


def _vin(vin: str, warning: str) -> str:
    if not warning:
        return vin
    return Markup('{} <span class="t-amber">{}</span>').format(vin, icon("alert", 12))


def _day(key: str, label: Any, path: str, **more: Any) -> Column:
    return Column(key, label, Kind.DATE, path, nullable=True, **({"hidden": True} | more))


def _tag(viewer: Viewer, ids: Sequence[int], tag: Tag, at: datetime) -> int:
    chosen = Vehicle.objects.visible_to(viewer.user).live().filter(pk__in=ids).order_by("pk")
    return services.tag_vehicles(vehicles=chosen, tag=tag, by=viewer.user, at=at)


COLUMNS = (
    Column("plate", _("Plate"), path="plate", more=("plate_colour", "pk"), show=_plate, wide=True,
           plain=lambda text, colour, pk: text, indexed=True),
    Column("car", _("Car"), path="make", more=("series",), show=_car, plain=_car),
    Column("owner", _("Owner"), path="owner__name", more=("owner_id",), show=_owner,
           plain=lambda name, pk: name or "", sort="owner__name_key", nullable=True),
    *tag_lists.columns(VehicleTag, "vehicle"),
    Column("vin", _("VIN"), Kind.CODE, "vin", more=("vin_warning",), show=_vin,
           plain=lambda vin, warning: vin),
    Column("odometer", _("Odometer (km)"), Kind.NUMBER, "odometer", nullable=True),
    _day("visit", _("Last visit"), "last_visit_on", hidden=False, quick=True),
    Column("created", _("Created"), Kind.MOMENT, "created_at", indexed=True, show=day,
           plain=lambda at: at),
    Column("powertrain", _("Powertrain"), Kind.CHOICE, "powertrain", nullable=True, quick=True,
           choices=Vehicle.Powertrain.choices, hidden=True),
    Column("make", _("Make"), path="make", hidden=True),
    Column("series", _("Series"), path="series", hidden=True),
    Column("model", _("Model"), path="model", hidden=True),
    Column("year", _("Model year"), Kind.NUMBER, "model_year", nullable=True, hidden=True,
           show=lambda value: "" if value is None else str(value)),
    Column("colour", _("Colour"), path="colour", hidden=True),
    Column("engine", _("Engine number"), Kind.CODE, "engine_no", hidden=True),
    Column("total_km", _("Cumulative kilometres"), Kind.NUMBER, "total_km", nullable=True,
           hidden=True),
    Column("labour", _("Labour class"), Kind.CODE, "labour_class", hidden=True),
    _day("registered", _("Registered on"), "registered_on"),
    _day("insured", _("Insured until"), "insurance_until"),
    _day("inspection", _("Inspection due"), "inspection_until"),
    Column("insurer", _("Insurer"), path="insurer_name", hidden=True),
    Column("remarks", _("Remarks"), path="remarks", hidden=True),
)

VEHICLES = ListSpec(
    name="vehicles", title=_("Vehicles"), address="vehicles", permissions=(P.VIEW_CUSTOMERS,),
    rows=_rows, columns=COLUMNS, sort="-created", named_by="plate", local=False, tab_key="part",
    tabs=(
        Tab("all", pgettext_lazy("vehicles", "All")),
        Tab("warning", _("VIN to be checked"), ~Q(vin_warning="")),
    ),
    actions=(tag_lists.bulk(_tag),), search=_search, search_label=_("Plate, VIN, owner"),
    empty=(_("No cars yet"), _("They come with the first visit, or from the old system's file.")),
)


def plates(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, str]:
    """The plates of the cars that each customer owns, in one statement."""
    rows = Vehicle.objects.visible_to(viewer.user).live().filter(owner_id__in=ids)
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    prefix = reverse("vehicles")
    for pk, owner, text, vin, colour in rows.order_by("pk").values_list(
        "pk", "owner_id", "plate", "vin", "plate_colour"
    ):
        css = (colour or "none").replace("_", "-")
        found[owner or 0].append((f"{prefix}{pk}/", css, display(text) if text else vin[-6:]))
    return {owner: _plates(cars) for owner, cars in found.items()}


def _plates(cars: list[tuple[str, str, str]]) -> str:
    links = format_html_join(
        " ", '<a href="{}"><span class="plate plate-{}">{}</span></a>', cars[:SHOWN]
    )
    more = len(cars) - SHOWN
    return format_html("{} <span class=\"muted\">+{}</span>", links, more) if more > 0 else links


CARS_OF_CUSTOMER = Column("cars", _("Cars"), cells=plates)
