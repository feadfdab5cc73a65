"""Parts of the store: requested, issued, returned (领料申请, 领料, 退料)."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.formats import quantity as written
from chejian.core.outbox import emit
from chejian.core.ready import Ready
from chejian.core.replay import replayable
from chejian.core.rows import insert, update
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.inventory.models import Bin, StockLevel, Warehouse
from chejian.inventory.services import issue, reserve, return_issue
from chejian.workorders.errors import BadValue, TooMany
from chejian.workorders.models import PartIssue, PartLine, PartReturn, PartsRequest, WorkOrder
from chejian.workorders.rights import require, require_order_work
from chejian.workorders.services.common import (
    lock_line,
    lock_order,
    require_positive,
    require_status,
)
from chejian.workorders.services.dropping import drop_request
from chejian.workorders.services.part_lines import open_quantity
from chejian.workorders.states import BILLABLE, OPEN_FOR_PARTS


def _require_stock_line(line: PartLine, warehouse: Warehouse) -> None:
    """A live stock part of an approved job, and a warehouse of the same station."""
    if line.part is None or line.customer_supplied:
        raise BadValue(_("The customer's own part does not come from the store."))
    if line.cancelled or line.job.status not in BILLABLE:
        raise BadValue(_("“%(name)s” belongs to no approved job.") % {"name": line.name})
    if warehouse.station_id != line.order.station_id:
        raise BadValue(_("This warehouse belongs to another station."), field="warehouse")


@verb
def request_parts(
    *, line: PartLine, quantity: Decimal, warehouse: Warehouse, by: User, at: datetime
) -> PartsRequest:
    """Ask the store: what is there is set aside, the rest is short and filled by what comes in.

    Raises NotPermitted, WrongStatus, BadValue, TooMany.
    """
    order = lock_line(line)
    require(by, order.station_id, P.REQUEST_PARTS)
    if not by.can_at(P.VIEW_ORDERS, order.station_id):
        require_order_work(order, by)
    require_status(order, ("received", "in_progress", "on_hold"))
    _require_stock_line(line, warehouse)
    require_positive(quantity, "quantity")
    left = line.quantity - line.issued - open_quantity(line)
    if quantity > left:
        raise TooMany(line.name, wanted=quantity, left=left)
    assert line.part is not None  # _require_stock_line
    reservation = reserve(part=line.part, warehouse=warehouse, quantity=quantity,
                          label=order.number, by=by, at=at)
    request = PartsRequest(
        line=line, reservation=reservation, quantity=quantity, requested_by=by, requested_at=at
    )
    insert(request)
    emit("parts.requested", order, station_id=order.station_id, by=by, at=at, line=line.pk,
         name=line.name, quantity=written(quantity), unit=line.unit,
         short=written(quantity - reservation.held))
    return request


@verb
def request_missing(*, order: WorkOrder, by: User, at: datetime) -> list[PartsRequest]:
    """Ask for everything that approved jobs still lack, each from where most of it lies.

    Raises NotPermitted, WrongStatus, BadValue (nothing is missing, or there is no warehouse).
    """
    lock_order(order)
    lines = PartLine.objects.filter(
        order=order, cancelled=False, customer_supplied=False, job__status__in=BILLABLE
    ).select_related("job", "part").order_by("position", "id")
    made = []
    for line in lines:
        line.order = line.job.order = order
        left = line.quantity - line.issued - open_quantity(line)
        if left > 0:
            made.append(request_parts(line=line, quantity=left, by=by, at=at,
                                      warehouse=_best_warehouse(line)))
    if not made:
        raise BadValue(_("Everything has been requested already."))
    return made


def _best_warehouse(line: PartLine) -> Warehouse:
    """Where most of the part is free, else the station's first."""
    houses = Warehouse.objects.filter(station_id=line.order.station_id, active=True)
    level = StockLevel.objects.filter(part=line.part, warehouse__in=houses).select_related(
        "warehouse"
    ).order_by(F("reserved") - F("quantity"), "id").first()
    found = level.warehouse if level else houses.order_by("id").first()
    if found is None:
        raise BadValue(_("This station has no warehouse yet."), field="warehouse")
    return found


@verb
def cancel_request(*, request: PartsRequest, by: User, at: datetime) -> PartsRequest:
    """Give up what was asked and not issued. Raises NotPermitted, BadValue."""
    line = request.line
    order = lock_line(line)
    require(by, order.station_id, P.REQUEST_PARTS, P.ISSUE_PARTS)
    if not by.can_at(P.VIEW_ORDERS, order.station_id):
        require_order_work(order, by)
    request.refresh_from_db()
    if request.fulfilled_at is not None or request.cancelled_at is not None:
        raise BadValue(_("This request is over already."))
    drop_request(request, by=by, at=at)
    emit("parts.request_cancelled", order, station_id=order.station_id, by=by, at=at,
         line=line.pk, name=line.name)
    return request


@verb
@replayable(PartIssue)
def issue_part(
    *,
    line: PartLine,
    warehouse: Warehouse,
    quantity: Decimal,
    by: User,
    at: datetime,
    bin: Bin | None = None,  # noqa: A002 - the trade's word
    request: PartsRequest | None = None,
    receiver: User | None = None,
    key: uuid.UUID | None = None,
) -> PartIssue:
    """Hand pieces out for a line, all or some; they leave the store at their value.

    Its open request at that warehouse is used up first, oldest first. Raises NotPermitted,
    WrongStatus (nothing is issued after settlement), BadValue, TooMany (more than the line still
    lacks), InsufficientStock(part, wanted, available).
    """
    order = lock_line(line)
    require(by, order.station_id, P.ISSUE_PARTS)
    require_status(order, OPEN_FOR_PARTS)
    _require_stock_line(line, warehouse)
    require_positive(quantity, "quantity")
    if quantity > line.quantity - line.issued:
        raise TooMany(line.name, wanted=quantity, left=line.quantity - line.issued)
    request = request or _oldest_request(line, warehouse)
    if request is not None:
        _require_open(request, line)
    assert line.part is not None  # _require_stock_line
    move = issue(part=line.part, warehouse=warehouse, quantity=quantity, label=order.number,
                 by=by, at=at, bin=bin, reservation=request.reservation if request else None)
    made = PartIssue(
        line=line, request=request, warehouse=warehouse, move=move, quantity=quantity,
        cost=-move.value, receiver=receiver, issued_by=by, issued_at=at,
    )
    insert(made)
    if request is not None:
        _fulfil(request, at)
    _count(line, quantity, made.cost)
    emit("part.issued", order, station_id=order.station_id, by=by, at=at, line=line.pk,
         name=line.name, quantity=written(quantity), unit=line.unit,
         receiver=receiver.name if receiver else "")
    return made


OLDEST = Ready(
    lambda line, warehouse: PartsRequest.objects.filter(
        line=line, fulfilled_at=None, cancelled_at=None, reservation__warehouse=warehouse
    ).select_related("reservation").order_by("id")[:1]
)


def _oldest_request(line: PartLine, warehouse: Warehouse) -> PartsRequest | None:
    return OLDEST.first(line.pk, warehouse.pk)


def _require_open(request: PartsRequest, line: PartLine) -> None:
    over = request.fulfilled_at is not None or request.cancelled_at is not None
    if request.line_id != line.pk or over:
        raise BadValue(_("This request is over already."))


def _fulfil(request: PartsRequest, at: datetime) -> None:
    if request.reservation.used >= request.quantity:
        request.fulfilled_at = at
        update(request, "fulfilled_at")


def _count(line: PartLine, quantity: Decimal, cost: Decimal) -> None:
    """The checked copies on the line."""
    line.issued += quantity
    line.cost += cost
    update(line, "issued", "cost")


@verb
@replayable(PartReturn)
def return_part(
    *,
    issue: PartIssue,
    quantity: Decimal,
    by: User,
    at: datetime,
    reason: str = "",
    bin: Bin | None = None,  # noqa: A002 - the trade's word
    key: uuid.UUID | None = None,
) -> PartReturn:
    """Take pieces of an issue back at that issue's own cost, until the settlement.

    Raises NotPermitted, WrongStatus, ReturnTooLarge(part, wanted, returnable).
    """
    line = issue.line
    order: WorkOrder = lock_line(line)
    require(by, order.station_id, P.ISSUE_PARTS)
    require_status(order, OPEN_FOR_PARTS)
    move = return_issue(move=issue.move, quantity=quantity, label=order.number, by=by, at=at,
                        bin=bin)
    made = PartReturn(
        issue=issue, move=move, quantity=quantity, cost=move.value, reason=tidy(reason)[:100],
        returned_by=by, returned_at=at,
    )
    insert(made)
    _count(line, -quantity, -move.value)
    emit("part.returned", order, station_id=order.station_id, by=by, at=at, line=line.pk,
         name=line.name, quantity=written(quantity), unit=line.unit, reason=made.reason)
    return made
