"""Which rows are the same car, and what they say of it together. Pure.

Identity (decisions.md): the VIN, else the plate. Where rows contradict each other the later visit
decides, and the finding names the other row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chejian.core.text import squeeze
from chejian.movein.customers import CustomerDraft
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Severity
from chejian.vehicles.vin import normalise

TEXT_FIELDS = ("engine_no", "make", "series", "model", "colour", "insurer_name")
DATE_FIELDS = ("registered_on", "insurance_until", "inspection_until")
FIELDS = TEXT_FIELDS + DATE_FIELDS
NEVER = date.min
VIN_COLUMN = 20
_SPOILT_VIN = ("vin.short", "vin.long", "vin.letters")


@dataclass
class CarDraft:
    """A car as the whole file tells of it. ``owner`` is a key of the customers.

    ``spoilt_vin`` is what stood in place of a VIN: kept with a warning, never an identity.
    """

    rows: list[ParsedRow]
    vin: str = ""
    plate: str = ""
    owner: str = ""
    former_plates: list[tuple[str, date | None]] = field(default_factory=list)
    former_owners: list[tuple[str, date | None]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    odometer: int | None = None
    odometer_on: date | None = None
    last_visit_on: date | None = None
    spoilt_vin: str = ""

    @property
    def latest(self) -> ParsedRow:
        """The row of the latest visit; of several the last one in the file."""
        return max(self.rows, key=lambda row: (row.get("last_visit_on") or NEVER, row.number))

    @property
    def name(self) -> str:
        return self.plate or self.vin


def gather(
    rows: Sequence[ParsedRow], owner_of: Mapping[tuple[str, int], CustomerDraft]
) -> list[CarDraft]:
    """Put the rows together by car. ``owner_of`` finds a row's customer by sheet and number."""
    by_vin: dict[str, CarDraft] = {}
    drafts: list[CarDraft] = []
    for row in rows:
        if row.text("vin"):
            _add(row, by_vin, row.text("vin"), drafts)
    by_plate: dict[str, CarDraft] = {}
    for draft in drafts:
        for row in draft.rows:
            by_plate.setdefault(row.text("plate"), draft)
    for row in rows:
        if not row.text("vin"):
            _place_without_vin(row, by_plate, drafts)
    drafts = [draft for draft in drafts if draft.rows]
    for draft in drafts:
        _summarise(draft, owner_of)
    _part_shared_plates(drafts)
    return sorted(drafts, key=lambda draft: (draft.rows[0].sheet, draft.rows[0].number))


def _add(row: ParsedRow, known: dict[str, CarDraft], key: str, drafts: list[CarDraft]) -> None:
    draft = known.get(key)
    if draft is None:
        draft = known[key] = CarDraft([])
        drafts.append(draft)
    draft.rows.append(row)


def _place_without_vin(
    row: ParsedRow, by_plate: dict[str, CarDraft], drafts: list[CarDraft]
) -> None:
    plate = row.text("plate")
    if not plate:
        _note_nameless(row)
        return
    known = by_plate.get(plate)
    if known is not None and _contradicts(row, known):
        other = known.rows[0]
        row.note(
            "plate", "plate.other_car", Severity.ERROR,
            other=f"{other.number} {other.text('make')} {other.text('vin')}".strip(),
        )
        return
    _add(row, by_plate, plate, drafts)


def _contradicts(row: ParsedRow, draft: CarDraft) -> bool:
    """A plate without a VIN cannot be of a car of another make."""
    ours = squeeze(row.text("make")).lower()
    theirs = {squeeze(one.text("make")).lower() for one in draft.rows} - {""}
    return bool(ours and theirs) and ours not in theirs


def _note_nameless(row: ParsedRow) -> None:
    if any(row.text(key) for key in ("make", "series", "model", "engine_no")):
        row.note("plate", "car.nameless", Severity.WARNING)


def _summarise(draft: CarDraft, owner_of: Mapping[tuple[str, int], CustomerDraft]) -> None:
    latest = draft.latest
    ordered = [latest, *(row for row in draft.rows if row is not latest)]
    draft.vin = next((row.text("vin") for row in ordered if row.text("vin")), "")
    draft.plate = next((row.text("plate") for row in ordered if row.text("plate")), "")
    draft.values = {
        key: next((row.get(key) for row in ordered if row.get(key)), None) for key in FIELDS
    }
    draft.last_visit_on = latest.get("last_visit_on")
    _take_odometer(draft, ordered)
    draft.spoilt_vin = _spoilt_vin(draft)
    _take_owners(draft, ordered, owner_of)
    for row in ordered[1:]:
        _note_twice(draft, row)


def _take_odometer(draft: CarDraft, ordered: Sequence[ParsedRow]) -> None:
    """The reading of the latest visit that has one."""
    read = next((row for row in ordered if row.get("odometer") is not None), None)
    if read is not None:
        draft.odometer = read.get("odometer")
        draft.odometer_on = read.get("last_visit_on")


def _spoilt_vin(draft: CarDraft) -> str:
    """A VIN with a sign missing or mistaken, for whoever looks at the papers."""
    if draft.vin:
        return ""
    for row in draft.rows:
        if any(found.code in _SPOILT_VIN for found in row.findings):
            text = normalise(row.cells["vin"])
            return text if len(text) <= VIN_COLUMN else ""
    return ""


def _take_owners(
    draft: CarDraft,
    ordered: Sequence[ParsedRow],
    owner_of: Mapping[tuple[str, int], CustomerDraft],
) -> None:
    owners = [(row, owner_of.get((row.sheet, row.number))) for row in ordered]
    known = [(row, owner) for row, owner in owners if owner is not None]
    if not known:
        return
    draft.owner = known[0][1].key
    for row, owner in known[1:]:
        before = {key for key, _ in draft.former_owners} | {draft.owner}
        if owner.key not in before:
            draft.former_owners.append((owner.key, row.get("last_visit_on")))
            row.note(
                "customer_name", "car.two_owners", Severity.WARNING,
                other=f"{known[0][0].number} {known[0][1].name}",
            )


def _note_twice(draft: CarDraft, row: ParsedRow) -> None:
    if row.text("plate") and row.text("plate") != draft.plate:
        draft.former_plates.append((row.text("plate"), row.get("last_visit_on")))
    row.note("vin" if row.text("vin") else "plate", "car.twice", Severity.WARNING,
             other=str(draft.latest.number))


def _part_shared_plates(drafts: Sequence[CarDraft]) -> None:
    """Two cars cannot carry one plate: who came later keeps it, for the other it is history."""
    holders: dict[str, CarDraft] = {}
    for draft in drafts:
        other = holders.get(draft.plate) if draft.plate else None
        if other is None:
            holders[draft.plate] = draft
            continue
        kept, lost = (draft, other) if _later(draft, other) else (other, draft)
        holders[draft.plate] = kept
        _lose_plate(lost, kept)


def _later(one: CarDraft, other: CarDraft) -> bool:
    return (one.last_visit_on or NEVER) > (other.last_visit_on or NEVER)


def _lose_plate(lost: CarDraft, kept: CarDraft) -> None:
    lost.latest.note(
        "plate", "plate.passed_on", Severity.WARNING,
        other=f"{kept.latest.number} {kept.vin or kept.values.get('make') or ''}".strip(),
    )
    lost.former_plates.append((lost.plate, lost.last_visit_on))
    lost.plate = ""


_YEAR_IN_NAME = re.compile(r"((?:19|20)\d{2})\s*款")


def year_in_model(model: str) -> int | None:
    """2018 in ``2018款 2.0T``."""
    found = _YEAR_IN_NAME.search(model)
    return int(found[1]) if found else None
