"""The orders of the old system on the pages of a car and of a customer."""

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string

from chejian.accounts.permissions import P
from chejian.core import panels
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import PastOrder
from chejian.workorders.models.past import MONEY_SEERS
from chejian.workorders.queries import past

SHOWN = 12


def register() -> None:
    """Called when workorders is ready."""
    panels.register_panel("party", of_party, order=25)
    panels.register_panel("vehicle", of_vehicle, order=25)


def of_party(request: Any, party: Party) -> str | None:
    return panel(request, past.of_customer(party))


def of_vehicle(request: Any, vehicle: Vehicle) -> str | None:
    return panel(request, past.of_vehicle(vehicle), vehicle.plate or vehicle.vin)


def panel(request: Any, rows: QuerySet[PastOrder], words: str = "") -> str | None:
    """The newest, with their sum. Another station's show without money and without a link.

    ``words`` find all of them in the list.
    """
    totals = past.totals(rows)
    if not totals.count:
        return None
    orders = list(past.with_names(rows)[:SHOWN])
    user = request.user
    seers = user.access.stations_with
    context = {
        "orders": orders,
        "totals": totals,
        "more": totals.count - len(orders),
        "words": words,
        "seen": set(seers(P.VIEW_ORDERS)),
        "money": {pk for code in MONEY_SEERS for pk in seers(code)},
        "all_money": _all_money(user, rows),
    }
    return render_to_string("workorders/_past_orders.html", context, request)


def _all_money(user: Any, rows: QuerySet[PastOrder]) -> bool:
    """Whether the sum tells nothing that the rows hide."""
    stations = set(rows.order_by().values_list("station_id", flat=True).distinct())
    return all(past.sees_money(user, pk) for pk in stations)
