"""At the stores counter: a code scanned, everything ready handed out."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core.errors import DomainError
from chejian.core.formats import quantity as written
from chejian.core.replay import replayable
from chejian.desk.stores import Chosen, Wanted, chosen, elsewhere
from chejian.inventory.errors import InsufficientStock
from chejian.inventory.models import Warehouse
from chejian.workorders import services as work
from chejian.workorders.models import PartIssue, WorkOrder
from chejian.workorders.queries import open_requests

ONE = Decimal(1)


class UnknownCode(DomainError):
    """No part answers to what was scanned."""

    code = "unknown_code"


class WrongPart(DomainError):
    """The part that was scanned is not what the order still lacks. Nothing was issued."""

    code = "wrong_part"


def scanned_parts(code: str) -> list[Part]:
    """Parts that answer to a barcode, their own number, or another number of theirs."""
    text = code.strip()
    if not text:
        return []
    own = Q(number__iexact=text) | Q(barcode=text) | Q(numbers__number__iexact=text)
    return list(Part.objects.filter(own, active=True).distinct().order_by("pk")[:20])


def orders_waiting_for(parts: list[Part], station_id: int) -> QuerySet[WorkOrder]:
    """Orders with an open request for any of these parts, the longest waiting first."""
    rows = open_requests([station_id]).filter(line__part__in=parts).order_by("id")
    return WorkOrder.objects.filter(
        pk__in=list(rows.values_list("line__order_id", flat=True)[:20])
    ).order_by("pk")


@transaction.atomic
@replayable(PartIssue)
def issue_scanned(
    *,
    order: WorkOrder,
    code: str,
    by: User,
    at: datetime,
    receiver: User | None = None,
    key: uuid.UUID | None = None,
) -> PartIssue:
    """Hand out one piece of what was scanned, if the order lacks it.

    Raises UnknownCode, WrongPart (with what to do), InsufficientStock, and what issuing raises.
    """
    parts = scanned_parts(code)
    if not parts:
        raise UnknownCode(
            _("No part has the number or barcode “%(code)s”. Type its name in the search box.")
            % {"code": code.strip()}, field="code",
        )
    counter = chosen(order)
    ids = {part.pk for part in parts}
    lines = [line for line in counter.lines if line.line.part_id in ids]
    wanted = next((line for line in lines if line.left > 0), None)
    if wanted is None:
        raise _wrong(parts[0], counter, lines)
    return _issue(order, wanted, min(ONE, wanted.left), receiver, by, at)


def _wrong(part: Part, counter: Chosen, lines: list[Wanted]) -> WrongPart:
    """Says what was scanned, what the order wants instead, and where to put the piece."""
    what = {"number": part.number, "name": part.name}
    if lines:
        return WrongPart(
            _("%(number)s (%(name)s) is issued in full already. Nothing was issued; put it back.")
            % what, field="code",
        )
    words = _("Scanned: %(number)s (%(name)s). This order does not want it; nothing was issued.")
    said = [words % what]
    if counter.next is not None:
        line, place = counter.next.line, counter.next.place
        said.append(
            _("Wanted next: %(number)s (%(name)s), bin %(bin)s.")
            % {"number": line.number, "name": line.name,
               "bin": (place.bin if place else "") or "—"}
        )
    return WrongPart(" ".join(said), field="code")


def _issue(
    order: WorkOrder, wanted: Wanted, quantity: Decimal, receiver: User | None, by: User,
    at: datetime,
) -> PartIssue:
    if wanted.place is None:
        raise _nothing_there(order, wanted)
    house = Warehouse.objects.get(pk=wanted.place.warehouse_id)
    try:
        return work.issue_part(line=wanted.line, warehouse=house, quantity=quantity,
                               receiver=receiver, by=by, at=at)
    except InsufficientStock as error:
        raise _nothing_there(order, wanted) from error


def _nothing_there(order: WorkOrder, wanted: Wanted) -> WrongPart:
    """What is missing, and which station could help out."""
    part_id = wanted.line.part_id or 0
    others = elsewhere([part_id], order.station_id)[part_id]
    words = _("“%(name)s”: only %(ready)s can be issued, %(left)s wanted.") % {
        "name": wanted.line.name, "ready": written(wanted.ready), "left": written(wanted.left)}
    help_words = "、".join(
        _("%(station)s has %(free)s") % {"station": place.station, "free": written(place.free)}
        for place in others[:3]
    )
    return WrongPart(f"{words} {help_words}".strip(), field="quantity")


@transaction.atomic
@replayable(WorkOrder)
def hand_out(
    *,
    order: WorkOrder,
    by: User,
    at: datetime,
    wanted: Mapping[int, Decimal] | None = None,
    receiver: User | None = None,
    key: uuid.UUID | None = None,
) -> WorkOrder:
    """Issue the lines named with their quantities; without names, everything that is ready.

    Raises WrongPart where nothing is there, and what issuing raises; then nothing is issued.
    """
    counter = chosen(order)
    if not set(wanted or ()) <= {line.line.pk for line in counter.lines}:
        raise WrongPart(_("This line is not waiting for parts any more. Nothing was issued."))
    for line in counter.lines:
        quantity = line.ready if wanted is None else wanted.get(line.line.pk, Decimal(0))
        if quantity > 0:
            _issue(order, line, quantity, receiver, by, at)
    return order
