"""The panels of the whole picture: figures and money on top, advice and papers below."""

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from chejian.core import panels
from chejian.desk.whole import figures
from chejian.desk.whole.advice import declined
from chejian.desk.whole.dues import dues
from chejian.desk.whole.scope import Scope, scope_of
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle, VehicleParty
from chejian.workorders.models import OrderPaper, WorkOrder

CARS = 50  # of a fleet the cars that are looked through for what is due
DUES = 6
PAPERS = 12


def register() -> None:
    for page in ("party", "vehicle"):
        panels.register_panel(page, summary, order=5)
        panels.register_panel(page, advice, order=30)
        panels.register_panel(page, papers, order=40)


def summary(request: Any, subject: Party | Vehicle) -> str | None:
    """Visits, money and what is due next."""
    scope, today = scope_of(request, subject), timezone.localdate()
    found = dues(_cars(subject), today)
    context = {
        "visits": figures.visits(scope),
        "money": figures.money(scope, today),
        "dues": found[:DUES],
        "more_dues": max(len(found) - DUES, 0),
        "is_party": isinstance(subject, Party),
        "today": today,
    }
    return render_to_string("desk/_whole_summary.html", context, request)


def _cars(subject: Party | Vehicle) -> list[Vehicle]:
    """The car itself, or those that the customer owns."""
    if isinstance(subject, Vehicle):
        return [subject]
    owned = VehicleParty.objects.filter(
        party=subject, role=VehicleParty.Role.OWNER, until_date__isnull=True
    )
    cars = Vehicle.objects.live().filter(pk__in=owned.values("vehicle_id"))
    return list(cars.order_by("-last_visit_on", "-pk")[:CARS])


def advice(request: Any, subject: Party | Vehicle) -> str | None:
    """What was recommended and declined; no panel where there is nothing."""
    scope = scope_of(request, subject)
    found = declined(scope)
    if not found:
        return None
    seen = _seen(request, [one.job.order_id for one in found])
    context = {"advice": found, "seen": seen, "is_party": isinstance(subject, Party)}
    return render_to_string("desk/_whole_advice.html", context, request)


def papers(request: Any, subject: Party | Vehicle) -> str | None:
    """Papers of the orders that the person may open; no panel where there is none."""
    found = list(_papers(request, scope_of(request, subject))[:PAPERS])
    if not found:
        return None
    return render_to_string("desk/_whole_papers.html", {"papers": found}, request)


def _papers(request: Any, scope: Scope) -> QuerySet[OrderPaper]:
    orders = WorkOrder.objects.visible_to(request.user).filter(scope.orders)
    rows = OrderPaper.objects.filter(
        order__in=orders, status=OrderPaper.Status.READY, file__isnull=False
    )
    rows = rows.select_related("order").only("kind", "file", "requested_at", "order__number")
    return rows.order_by("-requested_at", "-pk")


def _seen(request: Any, ids: list[int]) -> set[int]:
    rows = WorkOrder.objects.visible_to(request.user).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))
