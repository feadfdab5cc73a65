"""我的活: the jobs of one technician, or of a leader's team, with clocks and parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Q, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.money import ZERO
from chejian.quality.forms import ItemRow, item_rows
from chejian.quality.queries import items_at_work, last_readings
from chejian.workorders.models import (
    Assignment,
    Concern,
    JobLine,
    OrderPhoto,
    PartLine,
    StatusChange,
    TimeEntry,
    WorkOrder,
)
from chejian.workorders.rights import may_work_for, team_of

AT_HAND = ("assigned", "working", "paused")
IN_THE_SHOP = ("received", "in_progress", "on_hold")
MOST = 60

#: why a clock stops, one touch each
PAUSES: tuple[str | Promise, ...] = (
    _("Waiting for parts"), _("Waiting for the customer"), _("Another car first"),
    _("Waiting for a bay or a tool"), pgettext_lazy("pause", "Break"),
    pgettext_lazy("pause", "Going home"),
)


@dataclass
class Parts:
    """The parts of a job, counted in lines."""

    lines: int = 0
    issued: int = 0
    asked: int = 0
    short: int = 0

    @property
    def unasked(self) -> int:
        return self.lines - self.issued - self.asked


@dataclass
class Card:
    """A job given to somebody: his clock, the parts, why it came back."""

    job: JobLine
    technician: User
    share: Decimal
    seconds: int = 0
    running_since: datetime | None = None
    parts: Parts = field(default_factory=Parts)

    @property
    def planned(self) -> int:
        """His part of the flat hours, in seconds."""
        return int(self.job.flat_hours * self.share * 3600)

    @property
    def can_start(self) -> bool:
        return self.running_since is None and self.job.order.status != "on_hold"


@dataclass
class Day:
    """What the page shows: running now, next, finished today."""

    running: list[Card]
    waiting: list[Card]
    done: list[JobLine]

    @property
    def hours(self) -> Decimal:
        return sum((card.job.flat_hours * card.share for card in self.waiting), ZERO)


def my_day(user: User, here: StationAccess, now: datetime, *, team: bool) -> Day:
    """The jobs at hand of this person (or of the team he leads) in five statements at most."""
    people = team_of(user, here.station_id) if team else {user.pk}
    cards = _cards(Assignment.objects.filter(
        technician_id__in=people, job__order__station_id=here.station_id,
        job__order__status__in=IN_THE_SHOP, job__status__in=AT_HAND,
    ))
    _add_clocks(cards)
    _add_parts(cards)
    far = now.max.replace(tzinfo=now.tzinfo)
    cards.sort(key=lambda card: (card.job.order.priority, card.job.order.promised_at or far,
                                 card.job.order_id, card.job.position))
    done = JobLine.objects.filter(
        assignments__technician_id__in=people, status__in=("done", "inspected"),
        finished_at__gte=_midnight(now), order__station_id=here.station_id,
    )
    return Day(
        running=[card for card in cards if card.running_since],
        waiting=[card for card in cards if not card.running_since],
        done=list(done.select_related("order").order_by("-finished_at").distinct()[:MOST]),
    )


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _cards(rows: Any) -> list[Card]:
    return [
        Card(row.job, row.technician, row.share)
        for row in rows.select_related(
            "technician", "job__order__vehicle", "job__order__customer"
        ).order_by("id")[:MOST]
    ]


def _add_clocks(cards: Sequence[Card]) -> None:
    """What each has worked on his jobs so far, and since when his clock runs."""
    by_key = {(card.job.pk, card.technician.pk): card for card in cards}
    entries = TimeEntry.objects.filter(job_id__in={card.job.pk for card in cards})
    for entry in entries.only("job_id", "technician_id", "started_at", "ended_at"):
        card = by_key.get((entry.job_id, entry.technician_id))
        if card is None:
            continue
        if entry.ended_at is None:
            card.running_since = entry.started_at
        else:
            card.seconds += int((entry.ended_at - entry.started_at).total_seconds())


def _add_parts(cards: Sequence[Card]) -> None:
    """How many lines of each job are issued, asked for, short: one statement."""
    by_job: dict[int, list[Card]] = {}
    for card in cards:
        by_job.setdefault(card.job.pk, []).append(card)
    for line in stock_lines(Q(job_id__in=by_job)):
        for card in by_job[line.job_id]:
            _count(card.parts, line)


def _count(parts: Parts, line: Any) -> None:
    parts.lines += 1
    if line.issued >= line.quantity:
        parts.issued += 1
    elif line.asked:
        parts.asked += 1
        parts.short += bool(line.missing and line.missing > 0)


def stock_lines(condition: Q) -> Any:
    """Live part lines from the store with ``asked`` and ``missing`` of their open requests."""
    still = Q(requests__fulfilled_at=None, requests__cancelled_at=None, requests__isnull=False)
    wanted = F("requests__reservation__quantity") - F("requests__reservation__used")
    short = ExpressionWrapper(
        wanted - F("requests__reservation__held"),
        output_field=DecimalField(max_digits=12, decimal_places=3),
    )
    return (
        PartLine.objects.filter(condition, cancelled=False, customer_supplied=False)
        .annotate(asked=Sum("requests__quantity", filter=still),
                  missing=Sum(short, filter=still))
        .order_by("position", "id")
    )


@dataclass
class Detail:
    """One job as its technician sees it."""

    card: Card | None
    job: JobLine
    order: WorkOrder
    concerns: list[Concern]
    lines: list[Any]
    own_parts: list[PartLine]
    photos: list[OrderPhoto]
    failure: StatusChange | None
    found: list[JobLine]
    may_work: bool
    may_ask: bool
    #: what is to be measured at this job, with the last value of the order
    measures: list[ItemRow]

    @property
    def unasked(self) -> int:
        return sum(1 for line in self.lines if not line.asked and line.issued < line.quantity)


def detail(job: JobLine, user: User, technician: User | None = None) -> Detail:
    """Everything about one job. ``technician``: whose clock is shown; a leader looks at another's.
    """
    order = job.order
    card = _card_of(job, user, technician)
    return Detail(
        card=card, job=job, order=order, concerns=list(order.concerns.all()),
        lines=list(stock_lines(Q(job=job)).select_related("part")),
        own_parts=list(job.parts.filter(cancelled=False, customer_supplied=True)),
        photos=list(order.photos.select_related("file", "poster")[:24]),
        failure=order.changes.filter(action="fail").order_by("-id").first() if job.rework else None,
        found=list(order.jobs.filter(status="proposed", additional=True)),
        may_work=card is not None and order.status in IN_THE_SHOP and job.status in AT_HAND
        and may_work_for(user, card.technician.pk, order.station_id),
        may_ask=user.can_at(P.REQUEST_PARTS, order.station_id) and order.status in IN_THE_SHOP
        and job.status not in ("proposed", "declined", "cancelled"),
        measures=item_rows(items_at_work(job), {}, last_readings(order)),
    )


def _card_of(job: JobLine, user: User, technician: User | None) -> Card | None:
    rows = job.assignments.select_related("technician").order_by("id")
    cards = [Card(job, row.technician, row.share) for row in rows]
    _add_clocks(cards)
    wanted = technician.pk if technician else user.pk
    own = [card for card in cards if card.technician.pk == wanted]
    running = [card for card in cards if card.running_since]
    return next(iter(own or running or cards), None)
