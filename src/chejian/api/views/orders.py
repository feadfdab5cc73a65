"""Work orders over the API: the list, the order, and what concerns it as a whole."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area, act, must_pick, one_station, pick
from chejian.api.paging import page_of
from chejian.api.reading import orders as reading
from chejian.api.schemas.deeds import Hold, NewOrder, OrderPatch, Reopening, WithReason
from chejian.api.schemas.orders import OrderOut, OrderPage, OrderQuery
from chejian.api.versions import edit, version_of
from chejian.api.views import customers, vehicles
from chejian.api.views.finding import LOOKERS, find_order, see_order
from chejian.catalog.models import RepairClass, RepairType
from chejian.core.errors import NotPermitted
from chejian.core.search import prefix_query
from chejian.parties.rules import normal_phone
from chejian.workorders import services
from chejian.workorders.models import WorkOrder
from chejian.workorders.states import WORKING

area = Area.of("work-orders", _("Work orders"), Scope.ORDERS_READ, Scope.ORDERS_WRITE)
HEAD_EDITORS = (P.OPEN_ORDER, P.EDIT_ORDER, P.DISPATCH)
MATCHING = "SELECT subject_id FROM core_searchentry WHERE kind = 'order' AND vector @@ %s::tsquery"


def _filtered(request: ApiRequest, query: OrderQuery) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.visible_to(request.user)
    for name in ("status", "station_id", "vehicle_id", "customer_id"):
        value = getattr(query, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if query.opened_from is not None:
        rows = rows.filter(opened_at__gte=query.opened_from)
    if query.opened_before is not None:
        rows = rows.filter(opened_at__lt=query.opened_before)
    if query.q.strip():
        words = prefix_query(query.q)
        rows = rows.filter(pk__in=RawSQL(MATCHING, [words])) if words else rows.none()  # noqa: S611
    return rows


@area.get("/work-orders", OrderPage, _("List work orders"), *LOOKERS)
def list_orders(request: ApiRequest, query: Query[OrderQuery]) -> dict[str, Any]:
    """Newest first. ``q`` finds by number, plate, VIN, names, phones."""
    items, following = page_of(_filtered(request, query), query, reading.ROW)
    reading.mask(items, request.user)
    return {"items": items, "next": following}


@area.get("/work-orders/{order_id}", OrderOut, _("One work order"), *LOOKERS, tagged=True)
def get_order(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """With its concerns, jobs, parts, requests and issues."""
    return reading.whole(see_order(request, order_id), request.user)


def _shown(request: ApiRequest) -> Any:
    return lambda pk: reading.whole(pk, request.user)


@area.post("/work-orders", OrderOut, _("Open a work order"), P.OPEN_ORDER, tagged=True)
def create_order(request: ApiRequest, body: NewOrder) -> HttpResponse:
    """A draft. A reading below the last is a warning in the car's chain, never refused."""
    station_id = one_station(request, body.station_id)
    cars = vehicles.rows_of(request).live().select_related("owner")
    vehicle = must_pick(cars, body.vehicle_id, "vehicle_id")
    customer = vehicle.owner if body.customer_id is None else None
    if customer is None:
        customer = must_pick(
            customers.rows_of(request).live(), body.customer_id or 0, "customer_id"
        )
    types = RepairType.objects.filter(active=True).select_related("repair_class")
    kind = types[0] if body.repair_type_id is None else must_pick(
        types, body.repair_type_id, "repair_type_id"
    )
    before = pick(
        WorkOrder.objects.visible_to(request.user), body.comeback_of_id, "comeback_of_id"
    )
    given = body.model_dump(exclude={
        "vehicle_id", "customer_id", "station_id", "repair_type_id", "comeback_of_id", "concerns",
        "contact_phone",
    })
    said = [services.Said(one.text, one.when, one.how_often) for one in body.concerns]
    return act(
        request,
        lambda at: services.open_order(
            station_id=station_id, vehicle=vehicle, customer=customer, repair_type=kind,
            comeback_of=before, concerns=said, contact_phone=normal_phone(body.contact_phone),
            by=request.user, at=at, **given,
        ), _shown(request),
    )


@area.patch("/work-orders/{order_id}", OrderOut, _("Change the head of an order"), *HEAD_EDITORS)
def update_order(request: ApiRequest, order_id: Id, body: OrderPatch) -> HttpResponse:
    """Type, class, priority, contact, promise, levels, old parts, remarks."""
    order = find_order(request, order_id, *HEAD_EDITORS)
    version = version_of(request, order.version)
    given = body.given()
    if "contact_phone" in given:
        if not request.user.can_at(P.SEE_PHONE, order.station_id):
            raise NotPermitted(_("You may not see this number."), field="contact_phone")
        given["contact_phone"] = normal_phone(given["contact_phone"])
    if "repair_type_id" in given:
        types = RepairType.objects.filter(active=True)
        given["repair_type"] = must_pick(types, given.pop("repair_type_id"), "repair_type_id")
    if "repair_class_id" in given:
        given["repair_class"] = pick(
            RepairClass.objects.all(), given.pop("repair_class_id"), "repair_class_id"
        )
    return edit(
        lambda: services.update_head(order=order, version=version, by=request.user,
                                     at=timezone.now(), **given),
        lambda: reading.whole(order.pk, request.user),
    )


@area.post("/work-orders/{order_id}/receptions", OrderOut, _("Receive the car"), P.OPEN_ORDER,
           tagged=True)
def receive_order(request: ApiRequest, order_id: Id) -> HttpResponse:
    """The draft becomes an order."""
    order = find_order(request, order_id, P.OPEN_ORDER)
    return act(
        request, lambda at: services.receive(order=order, by=request.user, at=at),
        _shown(request),
    )


@area.post("/work-orders/{order_id}/holds", OrderOut, _("Put on hold"), *WORKING, tagged=True)
def hold_order(request: ApiRequest, order_id: Id, body: Hold) -> HttpResponse:
    """Nothing can go on: running clocks stop."""
    order = find_order(request, order_id, *WORKING)
    return act(
        request,
        lambda at: services.hold(order=order, reason=body.reason, note=body.note,
                                 by=request.user, at=at),
        lambda _pk: reading.whole(order.pk, request.user),
    )


@area.post("/work-orders/{order_id}/resumptions", OrderOut, _("Go on after a hold"), *WORKING,
           tagged=True)
def resume_order(request: ApiRequest, order_id: Id) -> HttpResponse:
    """The time on hold ends."""
    order = find_order(request, order_id, *WORKING)
    return act(
        request, lambda at: services.resume(order=order, by=request.user, at=at),
        _shown(request),
    )


@area.post("/work-orders/{order_id}/completions", OrderOut, _("Hand over to inspection"),
           *WORKING, tagged=True)
def finish_order(request: ApiRequest, order_id: Id) -> HttpResponse:
    """Every job is done; what is still open is listed in the refusal."""
    order = find_order(request, order_id, *WORKING)
    return act(
        request, lambda at: services.finish(order=order, by=request.user, at=at),
        _shown(request),
    )


@area.post("/work-orders/{order_id}/reopenings", OrderOut, _("Reopen a completed order"),
           P.REOPEN, tagged=True)
def reopen_order(request: ApiRequest, order_id: Id, body: Reopening) -> HttpResponse:
    """The verdict falls; the jobs named are done again."""
    order = find_order(request, order_id, P.REOPEN)

    def verb(at: datetime) -> WorkOrder:
        jobs = [must_pick(order.jobs.filter(status="inspected"), pk, "job_ids")
                for pk in dict.fromkeys(body.job_ids)]
        return services.reopen(order=order, reason=body.reason, jobs=jobs, by=request.user, at=at)

    return act(request, verb, _shown(request))


@area.post("/work-orders/{order_id}/voids", OrderOut, _("Void an order"), P.VOID, tagged=True)
def void_order(request: ApiRequest, order_id: Id, body: WithReason) -> HttpResponse:
    """Nothing may be out of the store, no deposit may be held."""
    order = find_order(request, order_id, P.VOID)
    return act(
        request,
        lambda at: services.void(order=order, reason=body.reason, by=request.user, at=at),
        _shown(request),
    )
