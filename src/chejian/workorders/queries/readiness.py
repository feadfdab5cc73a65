"""配件齐套: what of an order's parts is issued, set aside, short, or not yet asked for.

Pulled, never pushed: receiving fills reservations, and the order reads them from here.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from chejian.core.money import ZERO
from chejian.workorders.models import PartLine, PartsRequest, WorkOrder
from chejian.workorders.states import BILLABLE


@dataclass(frozen=True)
class Shortage:
    """A part of which pieces are still missing."""

    line_id: int
    name: str
    missing: Decimal
    unit: str


@dataclass(frozen=True)
class Readiness:
    """Counted in lines: ``short`` lists what the store has not got."""

    lines: int
    issued: int
    held: int
    short: tuple[Shortage, ...]
    unrequested: int

    @property
    def requested(self) -> bool:
        """Whether anything of this order was ever asked for or issued."""
        return self.lines > self.unrequested

    @property
    def complete(self) -> bool:
        return self.issued == self.lines


def parts_readiness(order: WorkOrder) -> Readiness:
    """Two statements."""
    lines = PartLine.objects.filter(
        order=order, cancelled=False, customer_supplied=False, job__status__in=BILLABLE
    )
    requests = PartsRequest.objects.filter(
        line__order=order, fulfilled_at=None, cancelled_at=None
    ).annotate(
        held=F("reservation__held"),
        missing=F("reservation__quantity") - F("reservation__used") - F("reservation__held"),
    )
    return readiness_of(list(lines), list(requests))


def readiness_of(lines: list[PartLine], requests: list[PartsRequest]) -> Readiness:
    """From rows at hand; the requests carry ``missing`` and are open."""
    missing: dict[int, Decimal] = {}
    for request in requests:
        short: Decimal = request.missing  # type: ignore[attr-defined]
        missing[request.line_id] = missing.get(request.line_id, ZERO) + short
    issued = [line for line in lines if line.issued >= line.quantity]
    asked = [line for line in lines if line.pk in missing and line.issued < line.quantity]
    return Readiness(
        lines=len(lines),
        issued=len(issued),
        held=sum(1 for line in asked if not missing[line.pk]),
        short=tuple(
            Shortage(line.pk, line.name, missing[line.pk], line.unit)
            for line in asked if missing[line.pk] > 0
        ),
        unrequested=sum(
            1 for line in lines if line.issued < line.quantity and line.pk not in missing
        ),
    )
