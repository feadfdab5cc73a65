"""The whole of ``chejian demo --scale``, in one transaction: all of it or nothing."""

import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from chejian.books.services import ensure_defaults as ensure_chart
from chejian.books.summing import refresh as refresh_books
from chejian.catalog.models import JobTemplatePart, Part
from chejian.demo import customers, goods, people, stories
from chejian.demo.people import Group
from chejian.demo.scale import loading, proofs
from chejian.demo.scale.anew import make_anew
from chejian.demo.scale.calendar import YEARS
from chejian.demo.scale.finding import index_everything
from chejian.demo.scale.making import Moulds, make_moulds
from chejian.demo.scale.plan import Plan, draw
from chejian.demo.scale.pour import BATCH, Pourer, Sink
from chejian.demo.scale.tables import Table, last_values, read_tables
from chejian.demo.scale.writing import writing
from chejian.inventory.services import ReceiptLine, receive
from chejian.vehicles.models import Vehicle

OPENED_BEFORE = timedelta(days=365 * YEARS + 10)
ENOUGH = Decimal(80)  # pieces of every part of the common jobs, before the first week
ROWS_PER_VISIT = 100
FOUND = "core_searchentry"
TOLD = 20  # lines about the pouring
LIVE_CARS, LIVE_PEOPLE = 90, 70
AT_REST = timedelta(days=10)


class ScaleError(Exception):
    """What was made breaks a law of the database; nothing of it is kept."""


@dataclass
class Told:
    """What was made, for the last line of the command."""

    orders: int
    cars: int
    live: int
    seconds: float
    memory_mb: int
    spans: dict[str, tuple[int, int]]  # first and last poured id of each table


def build(
    count: int, seed: int, now: datetime, tell: Callable[[str], None], *, today: bool = True
) -> Told:
    """Fill the empty database with ``count`` finished orders and, unless ``today`` says no, with
    the open ones of the day. Runs in the caller's transaction. Raises ScaleError."""
    began = last = time.monotonic()
    dice = random.Random(seed)

    def step(text: str) -> None:
        nonlocal last
        now = time.monotonic()
        tell(f"{now - began:7.1f} s  {now - last:+6.1f}  {text}")
        last = now

    until = timezone.localdate(now)
    group = _ground(now - OPENED_BEFORE, dice)
    step("stations, people, catalogue, opening stock")
    tables = read_tables()
    moulds = make_moulds(group, tables, context=_context(), until=until, dice=dice, count=count,
                         tell=step)
    plan = draw(count, until, moulds.visits, dice)
    step(f"plan: {len(plan)} visits of {len(plan.electric)} cars of {len(plan.company)} customers")
    with loading.without_indexes([*sorted(tables), FOUND], count * ROWS_PER_VISIT):
        sink = _pour(plan, moulds, tables, seed, until, step)
        loading.write_counters(sink.numbers, sink.last, tables)
        step("rows written")
        index_everything()
        step("everything findable")
    step("indexes built")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    live = _live(group, dice, now) if today else 0
    step(f"{live} orders of today")
    refresh_books(at=now)
    step("books summed")
    wrong = proofs.prove()
    if wrong:
        raise ScaleError("; ".join(wrong[:10]))
    step("references, sums and transitions proved")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    spans = {name: (sink.first[name] + 1, last) for name, last in sink.last.items()
             if last > sink.first[name]}
    return Told(len(plan), len(plan.electric), live, time.monotonic() - began, memory, spans)


def _pour(
    plan: Plan, moulds: Moulds, tables: dict[str, Table], seed: int, until: date,
    step: Callable[[str], None],
) -> Sink:
    """Write every row of the plan."""
    last, numbers = last_values(list(tables.values())), loading.document_numbers()
    every = max(len(plan) // TOLD, BATCH)

    def tell(done: int) -> None:
        if done % every < BATCH:
            step(f"{done} orders")

    with loading.triggers_asleep():
        make_anew([*moulds.tables, FOUND])
        step("tables made anew")
        with writing(tables) as writer:
            sink = Sink(writer.put, last, numbers)
            Pourer(plan, moulds, sink, seed, until).run(tell)
    return sink


def _ground(at: datetime, dice: random.Random) -> Group:
    """What the ordinary demo has too, as it was three years ago, with fuller shelves."""
    ensure_chart()
    group = people.build(at)
    parts = goods.build(group, dice, at)
    customers.partners()
    wanted = set(JobTemplatePart.objects.values_list("part_id", flat=True))
    for code in group.stations:
        _fill_shelves(group, code, [part for part in parts if part.pk in wanted], at)
    return group


def _fill_shelves(group: Group, code: str, parts: list[Part], at: datetime) -> None:
    for house, oils in zip(group.warehouses[code], (False, True), strict=True):
        lines = [ReceiptLine(part, ENOUGH, goods.cost_of(part), bin_code="C-01-1")
                 for part in parts if goods.is_oil(part) is oils]
        receive(warehouse=house, lines=lines, kind="opening", at=at,
                by=group.who(code, "storekeeper"))


def _context() -> str:
    """The id under which the history of this command is kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM pghistory_context ORDER BY created_at DESC LIMIT 1")
        (context,) = cursor.fetchone()
    return str(context)


def _live(group: Group, dice: random.Random, now: datetime) -> int:
    """The orders of the last days, through the verbs: in every state, on cars that are known."""
    known = Vehicle.objects.filter(last_visit_on__lt=now - AT_REST).select_related("owner")
    cars = list(known.order_by("-pk")[:LIVE_CARS])
    if len(cars) < LIVE_CARS:
        cars += customers.people(dice, now, LIVE_PEOPLE)
    return stories.build(group, cars, dice, now)
