"""Orders of the old system: their list and one of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.core.formats import day, money, quantity
from chejian.workorders.models import PastOrder
from chejian.workorders.past_lists import PAST_ORDERS
from chejian.workorders.queries import past

type Facts = list[tuple[str, Any]]


@require_GET
@staff_here(P.VIEW_ORDERS)
def past_orders(request: StaffRequest) -> HttpResponse:
    """The present station's orders of the time before this system."""
    return show(request, PAST_ORDERS)


@require_GET
@staff(P.VIEW_ORDERS)
def past_order(request: StaffRequest, pk: int) -> HttpResponse:
    """One of them: its lines, its people, and its money for whoever may see it."""
    rows = PastOrder.objects.visible_to(request.user)
    order = fetch(
        rows.select_related("station", "adviser", "vehicle", "customer"), request.user, pk,
        P.VIEW_ORDERS,
    )
    context = {
        "order": order,
        "lines": past.lines_of(order),
        "money": past.sees_money(request.user, order.station_id),
        "sees_parts": request.user.can(P.VIEW_CATALOG),
        "visit": _visit(order, people=request.user.can(P.VIEW_CUSTOMERS)),
        "sums": _sums(order),
    }
    return render(request, "workorders/past_order.html", context)


def _visit(order: PastOrder, *, people: bool) -> Facts:
    car = order.vehicle
    return [
        (_("Car"), _link("vehicle", order.vehicle_id, car.car_name or order.plate, may=people)
         if car else _("Not known here")),
        (_("Plate"), order.plate),
        (_("Customer"), _link("party", order.customer_id, order.customer.name, may=people)
         if order.customer else ""),
        (pgettext("past order", "In on"), day(order.opened_on)),
        (pgettext("past order", "Settled on"), day(order.settled_on)),
        (_("Reading (km)"), _reading(order)),
        (_("Repair type"), order.repair_type),
        (pgettext("past order", "Adviser"), order.adviser.name if order.adviser else ""),
        (pgettext("past order", "Concern"), order.concern),
        (_("Station"), order.station.name),
    ]


def _link(name: str, pk: int | None, text: str, *, may: bool) -> str:
    return format_html('<a href="{}">{}</a>', reverse(name, args=[pk]), text) if may else text


def _reading(order: PastOrder) -> str:
    """What was taken, and what the old system said where that is something else."""
    stated = quantity(order.odometer_stated) if order.odometer_stated is not None else ""
    if order.odometer == order.odometer_stated:
        return stated
    taken = quantity(order.odometer) if order.odometer is not None else _("not taken")
    return _("%(taken)s (stated: %(stated)s)") % {"taken": taken, "stated": stated}


def _sums(order: PastOrder) -> Facts:
    return [
        (pgettext("past order", "Labour"), money(order.labour)),
        (pgettext("past order", "Material"), money(order.material)),
        (pgettext("past order", "Other charges"), money(order.other)),
        (pgettext("past order", "Discount"), money(-order.discount)),
        (pgettext("past order", "Due"), money(order.due)),
        (pgettext("past order", "Received"), money(order.received)),
        (pgettext("past order", "Payment"), order.payment),
    ]
