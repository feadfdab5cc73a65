"""At the stores counter: a code scanned, everything ready handed out."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core.errors import DomainError
from chejian.core.formats import quantity as written
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.desk.stores import Chosen, Wanted, at_counter, chosen, elsewhere
from chejian.inventory.errors import InsufficientStock
from chejian.workorders import services as work
from chejian.workorders.models import PartIssue, PartLine, WorkOrder
from chejian.workorders.queries import house_for, open_requests

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

    Raises UnknownCode, WrongPart (with what to do), and what issuing raises.
    """
    with told_what_is_missing(order):
        return _issue_scanned(order=order, code=code, by=by, at=at, receiver=receiver, key=key)


@verb
@replayable(PartIssue)
def _issue_scanned(
    *, order: WorkOrder, code: str, by: User, at: datetime, receiver: User | None,
    key: uuid.UUID | None,
) -> PartIssue:
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
    return _issue(wanted.line, min(ONE, wanted.left), receiver, by, at)


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
    line: PartLine, quantity: Decimal, receiver: User | None, by: User, at: datetime
) -> PartIssue:
    """From the warehouse it was asked of, else from where most is free."""
    house = house_for(line)
    if house is None:
        raise NothingThere(line)
    return work.issue_part(line=line, warehouse=house, quantity=quantity, receiver=receiver,
                           by=by, at=at)


class NothingThere(DomainError):
    """No warehouse of the station has ever had the part."""

    code = "nothing_there"

    def __init__(self, line: PartLine) -> None:
        super().__init__(_("There is none of “%(name)s”.") % {"name": line.name})
        self.part_id = line.part_id


@contextmanager
def told_what_is_missing(order: WorkOrder) -> Iterator[None]:
    """Around a verb that hands out: after it was taken back, say what is there and who has more."""
    try:
        yield
    except (InsufficientStock, NothingThere) as error:
        part_id = error.part.pk if isinstance(error, InsufficientStock) else error.part_id
        lines = [line for line in chosen(order).lines if line.line.part_id == part_id]
        wanted = next((line for line in lines if line.left > 0), None)
        if wanted is None:
            raise
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
    with told_what_is_missing(order):
        return _hand_out(order=order, by=by, at=at, wanted=wanted, receiver=receiver, key=key)


@verb
@replayable(WorkOrder)
def _hand_out(
    *, order: WorkOrder, by: User, at: datetime, wanted: Mapping[int, Decimal] | None,
    receiver: User | None, key: uuid.UUID | None,
) -> WorkOrder:
    if wanted is None:
        rows = [(line.line, line.ready) for line in chosen(order).lines]
    else:
        rows = [(_named(order, pk), quantity) for pk, quantity in wanted.items()]
    for line, quantity in rows:
        if quantity > 0:
            line.order = order
            _issue(line, quantity, receiver, by, at)
    return order


def _named(order: WorkOrder, pk: int) -> PartLine:
    """The line, locked as its issue will want it. Raises WrongPart."""
    line = work.locked_line(order, pk)
    if line is None or not at_counter(line):
        raise WrongPart(_("This line is not waiting for parts any more. Nothing was issued."))
    return line
