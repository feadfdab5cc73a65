"""What pages of customers show of their cars."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.core import panels
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle, VehicleParty
from chejian.vehicles.plates import display

SHOWN = 3


def register() -> None:
    panels.register_panel("party", cars_panel, order=10)
    panels.register_column("parties", _("Cars"), plates_column)


def cars_panel(request: Any, party: Party) -> str | None:
    """The cars that the customer owns or drives, and those he had."""
    roles = list(
        VehicleParty.objects.filter(
            party=party, vehicle__in=Vehicle.objects.visible_to(request.user).live()
        )
        .select_related("vehicle")
        .order_by("-until_date", "-from_date", "pk")
    )
    roles.sort(key=lambda role: role.until_date is not None)
    context = {
        "party": party, "roles": roles, "can_edit": request.user.can(P.EDIT_CUSTOMERS)
    }
    return render_to_string("vehicles/_party_cars.html", context, request)


def plates_column(request: Any, ids: Sequence[int]) -> Mapping[int, str]:
    """The plates of the cars that each customer owns, in one statement."""
    rows = Vehicle.objects.visible_to(request.user).live().filter(owner_id__in=ids)
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    prefix = reverse("vehicles")
    for pk, owner, plate, vin, colour in rows.order_by("pk").values_list(
        "pk", "owner_id", "plate", "vin", "plate_colour"
    ):
        css = (colour or "none").replace("_", "-")
        found[owner or 0].append((f"{prefix}{pk}/", css, display(plate) if plate else vin[-6:]))
    return {owner: _plates(cars) for owner, cars in found.items()}


def _plates(cars: list[tuple[str, str, str]]) -> str:
    links = format_html_join(
        " ", '<a href="{}"><span class="plate plate-{}">{}</span></a>', cars[:SHOWN]
    )
    more = len(cars) - SHOWN
    return format_html("{} <span class=\"muted\">+{}</span>", links, more) if more > 0 else links
