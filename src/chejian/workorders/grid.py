"""The rows of the line grid, ready to be written: words, tones, what may be edited."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chejian.core.formats import duration, quantity
from chejian.core.money import ZERO
from chejian.workorders.models import JobLine, PartLine
from chejian.workorders.queries.sheet import OnJob, Sheet

JOB_TONES = {
    "proposed": ("violet", "message"), "authorised": ("grey", "circle"),
    "declined": ("grey", "x"), "assigned": ("blue", "user"), "working": ("blue", "half"),
    "paused": ("amber", "pause"), "done": ("green", "check"), "inspected": ("green", "shield"),
    "cancelled": ("grey", "x"),
}


@dataclass(frozen=True)
class Mark:
    """A state as word, tone and icon."""

    word: str
    tone: str
    icon: str


@dataclass
class Row:
    """One row of the grid; ``key`` is j12 for a job, p34 for a part."""

    key: str
    kind: str
    pk: int
    job: int
    version: int
    position: str
    name: str
    code: str
    people: list[str]
    count: Decimal
    price: Decimal
    price_field: str
    discount: Decimal
    amount: Decimal
    payers: list[str]
    payer: str
    mark: Mark
    origin: str = ""
    place: str = ""
    unit: str = ""
    note: str = ""
    overridden: bool = False
    additional: bool = False
    waiting: bool = False
    cancelled: bool = False
    editable: frozenset[str] = frozenset()
    split: list[str] = field(default_factory=list)


def rows_of(sheet: Sheet, *, may_edit: bool, may_price: bool) -> list[Row]:
    """Jobs with their parts indented below; what was struck out stays, crossed out."""
    return list(_rows(sheet, may_edit, may_price))


def _rows(sheet: Sheet, may_edit: bool, may_price: bool) -> Iterator[Row]:
    for number, job in enumerate(sheet.jobs, start=1):
        gone = job.status in ("cancelled", "declined")
        yield _job_row(sheet, job, number, may_edit and not gone, may_price)
        for line in sheet.parts.get(job.pk, ()):
            if not line.cancelled:
                yield _part_row(sheet, job, line, may_edit and not gone, may_price)


def _job_row(sheet: Sheet, job: JobLine, number: int, may_edit: bool, may_price: bool) -> Row:
    fixed = job.fixed_price is not None
    people = sheet.people.get(job.pk, [])
    editable = set[str]()
    if may_edit:
        editable = {"discount", "payer"} | ({"flat_hours"} if not fixed else set())
        if may_price or (fixed and job.operation_id is None):
            editable.add("fixed_price" if fixed else "rate")
        if job.operation_id is None:
            editable.add("name")
    return Row(
        key=f"j{job.pk}", kind="job", pk=job.pk, job=job.pk, version=job.version,
        position=str(number),
        name=job.name, code=job.operation.code if job.operation else "",
        people=[person.name for person in people], count=job.flat_hours,
        price=job.rate if job.fixed_price is None else job.fixed_price,
        price_field="fixed_price" if fixed else "rate", discount=job.discount, amount=job.amount,
        payers=[payer for payer, _rate in sheet.split_of(job)], payer=job.payer,
        mark=job_mark(job, people, sheet.at), overridden=job.overridden_by_id is not None,
        additional=job.additional, waiting=job.status == "proposed",
        cancelled=job.status in ("cancelled", "declined"), editable=frozenset(editable),
        note=job.pause_reason, split=_split(sheet, job),
    )


def jobs_for_parts(rows: list[Row]) -> list[tuple[int, str]]:
    """The live jobs that a part typed in the last row can go to."""
    return [
        (row.pk, f"{row.position} {row.name}")
        for row in rows if row.kind == "job" and not row.cancelled
    ]


def job_mark(job: JobLine, people: list[OnJob], at: datetime) -> Mark:
    tone, icon = JOB_TONES[job.status]
    word = job.get_status_display()
    running = [person.running_since for person in people if person.running_since]
    if running:
        worked = int((at - min(running)).total_seconds())
        word = f"{word} {duration(max(worked, 0))}"
    return Mark(word, tone, icon)


def _part_row(
    sheet: Sheet, job: JobLine, line: PartLine, may_edit: bool, may_price: bool
) -> Row:
    editable = set[str]()
    if may_edit:
        editable = {"quantity", "payer"}
        if not line.customer_supplied:
            editable.add("discount")
            if may_price:
                editable.add("unit_price")
    level = sheet.levels.get(line.part_id or 0)
    return Row(
        key=f"p{line.pk}", kind="part", pk=line.pk, job=job.pk, version=line.version, position="",
        name=line.name, code=line.number, people=[], count=line.quantity, price=line.unit_price,
        price_field="unit_price", discount=line.discount, amount=line.amount,
        payers=[payer for payer, _rate in sheet.split_of(line)], payer=line.payer,
        mark=part_mark(sheet, line),
        origin="customer" if line.customer_supplied else
        {"genuine": "oe"}.get(line.origin, line.origin),
        place=level.last_bin.code if level and level.last_bin else "", unit=line.unit,
        overridden=line.overridden_by_id is not None, waiting=job.status == "proposed",
        cancelled=job.status in ("cancelled", "declined"), editable=frozenset(editable),
        split=_split(sheet, line),
    )


def part_mark(sheet: Sheet, line: PartLine) -> Mark:
    """Issued, set aside, short, or what the shelf has."""
    if line.customer_supplied:
        return Mark(pgettext("part", "Customer's own"), "grey", "user")
    if line.issued >= line.quantity:
        return Mark(pgettext("part", "Issued"), "green", "check")
    requests = sheet.open_requests_of(line)
    missing = sum((request.missing for request in requests), ZERO)  # type: ignore[attr-defined]
    if missing > 0:
        return Mark(_("Short %(num)s") % {"num": quantity(missing)}, "amber", "hourglass")
    if line.issued > 0:
        words = {"issued": quantity(line.issued), "wanted": quantity(line.quantity)}
        return Mark(_("Issued %(issued)s of %(wanted)s") % words, "blue", "half")
    if requests:
        return Mark(pgettext("part", "Set aside"), "blue", "box")
    level = sheet.levels.get(line.part_id or 0)
    free = level.available if level else ZERO
    if free >= line.quantity:
        return Mark(_("In stock %(num)s") % {"num": quantity(free)}, "grey", "circle")
    if free > 0:
        return Mark(_("Only %(num)s in stock") % {"num": quantity(free)}, "red", "alert")
    return Mark(_("Not in stock"), "red", "alert")


def _split(sheet: Sheet, line: JobLine | PartLine) -> list[str]:
    shares = sheet.split_of(line)
    return [f"{payer} {quantity(rate * 100)}%" for payer, rate in shares] if len(shares) > 1 else []


def _worked(person: OnJob, at: datetime) -> int:
    """Seconds on the clock up to now."""
    running = (at - person.running_since).total_seconds() if person.running_since else 0
    return person.seconds + max(int(running), 0)


@dataclass(frozen=True)
class Worker:
    """One line of people and clocks."""

    name: str
    job: JobLine
    technician_id: int
    share: Decimal
    mark: Mark
    seconds: int
    running_since: datetime | None
    planned: int
    worked: int


def workers_of(sheet: Sheet) -> list[Worker]:
    """Every technician on every job, with the time on his clock against his part of the hours."""
    return [
        Worker(
            person.name, job, person.technician_id, person.share, job_mark(job, [], sheet.at),
            person.seconds, person.running_since, int(job.flat_hours * person.share * 3600),
            _worked(person, sheet.at),
        )
        for job in sheet.jobs if job.status not in ("cancelled", "declined")
        for person in sheet.people.get(job.pk, ())
    ]
