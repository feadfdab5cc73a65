"""首页."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chejian.accounts.access import StationAccess
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.desk import home as desk
from chejian.desk.shell import lands_on_phone


@require_GET
@staff()
def home(request: StaffRequest) -> HttpResponse:
    """The flow picture and today's work; a technician on his phone goes to his jobs."""
    user, here = request.user, request.station
    if here is None:
        return render(request, "desk/no_station.html")
    if lands_on_phone(here):
        return redirect("my_jobs")
    now = timezone.now()
    everyone = request.GET.get("who") == "all"
    figures = desk.figures(here.station_id, now)
    context = {
        "here": here,
        "now_at": now,
        "figures": figures,
        "flow": flow(figures, here) if P.VIEW_ORDERS in here.permissions else [],
        "tasks": desk.tasks(user, here, everyone=everyone, now=now),
        "everyone": everyone,
        "may_receive": P.OPEN_ORDER in here.permissions,
        "who": [
            {"label": _("Mine"), "url": reverse("home"), "active": not everyone, "count": None},
            {"label": _("Whole station"), "url": f"{reverse('home')}?who=all",
             "active": everyone, "count": None},
        ],
    }
    return render(request, "desk/home.html", context)


def flow(figures: dict[str, int], here: StationAccess) -> list[dict[str, Any]]:
    """The boxes of the flow picture with their side states."""
    orders = reverse("orders")

    def link(state: str) -> str:
        return f"{orders}?state={state}"

    def side(label: str, name: str, tone: str) -> dict[str, Any]:
        return {"label": label, "count": figures[name], "url": link(name), "tone": tone}

    return [
        {"label": _("Reception"), "icon": "car", "count": figures["draft"], "url": link("draft"),
         "side": [], "late": 0},
        {"label": _("Quote and approval"), "icon": "message", "count": figures["asking"],
         "url": link("asking"), "late": 0,
         "side": [side(_("Additional work"), "additional", "violet")]},
        {"label": _("Dispatch"), "icon": "users", "count": figures["dispatch"],
         "url": link("dispatch"), "side": [], "late": 0},
        {"label": _("Repair"), "icon": "wrench", "count": figures["repair"],
         "url": link("repair"), "late": figures["late_repair"],
         "side": [side(_("Waiting for parts"), "parts", "amber"),
                  side(_("Waiting for customer"), "customer", "violet")]},
        {"label": _("Inspection"), "icon": "shield", "count": figures["inspect"],
         "url": link("inspect"), "late": 0, "side": [side(_("Rework"), "rework", "red")]},
        {"label": _("Settlement"), "icon": "cash", "count": figures["settle"],
         "url": link("settle") if here.permissions.isdisjoint((P.SETTLE, P.COLLECT))
         else reverse("cashier"), "late": 0,
         "side": [side(_("To collect"), "collect", "amber")]},
        {"label": _("Delivery"), "icon": "key", "count": figures["deliver"],
         "url": link("deliver"), "late": figures["late_deliver"], "side": []},
    ]
