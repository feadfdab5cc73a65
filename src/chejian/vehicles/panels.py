"""What pages of customers show of their cars."""

from typing import Any

from django.template.loader import render_to_string

from chejian.accounts.permissions import P
from chejian.core import merging, panels
from chejian.core.lists import extend
from chejian.parties.models import Party
from chejian.vehicles.lists import CARS_OF_CUSTOMER
from chejian.vehicles.models import Vehicle, VehicleParty
from chejian.vehicles.searching import index_cars_of


def register() -> None:
    panels.register_panel("party", cars_panel, order=10)
    extend("parties", CARS_OF_CUSTOMER)
    merging.follow(Party, index_cars_of)


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
