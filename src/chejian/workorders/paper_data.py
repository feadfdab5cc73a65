"""What the repair order (委托书) and the walk-around sheet (环检单) say.

Filled by the app from an order; holds no rows and asks no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from chejian.core.car_svg import car_svg, mark_share
from chejian.core.formats import money
from chejian.core.money import ZERO
from chejian.core.paper_data import PaperCustomer, PaperSignature, PaperVehicle
from chejian.core.paper_text import (
    Money,
    OptionalFigure,
    OptionalMoney,
    OptionalWhole,
    fields_of,
    in_words,
)

REPAIR_ORDER = "workorders/papers/repair_order.typ"
WALKAROUND = "workorders/papers/walkaround.typ"

type OldParts = Literal["take", "leave", "none"]
type MarkKind = Literal["scratch", "dent", "broken", "rust"]


@dataclass(frozen=True, kw_only=True)
class PaperConcern:
    """What the customer says, with when and how often."""

    text: str
    when: str = ""
    how_often: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderedJob:
    """A job ordered: hours at a rate, or a fixed price (then both are empty)."""

    name: str
    hours: OptionalFigure
    rate: OptionalMoney
    amount: Money
    payer: str = ""


@dataclass(frozen=True, kw_only=True)
class EstimatedPart:
    """A part expected to be needed. ``origin``: 原厂, 同质, 再制造, 拆车, 自带."""

    name: str
    quantity: OptionalFigure
    price: OptionalMoney
    amount: Money
    code: str = ""
    brand: str = ""
    unit: str = ""
    origin: str = ""
    payer: str = ""


@dataclass(frozen=True, kw_only=True)
class RepairOrder:
    """机动车维修委托书: the contract of one visit (domain.md 2.1, 委托修理单).

    ``customer_total`` is the customer's share where others pay too (all of it if left out).
    ``terms`` replaces the printed standard terms when the shop has its own.
    """

    number: str
    vehicle: PaperVehicle
    customer: PaperCustomer
    jobs: Sequence[OrderedJob]
    parts: Sequence[EstimatedPart]
    concerns: Sequence[PaperConcern] = ()
    received_at: datetime | None = None
    promised_at: datetime | None = None
    km_in: OptionalWhole = None
    fuel_percent: int | None = None
    charge_percent: int | None = None
    repair_class: str = ""
    repair_type: str = ""
    other_charges: Money = ZERO
    discount: Money = ZERO
    customer_total: OptionalMoney = None
    deposit: Money = ZERO
    old_parts: OldParts = "leave"
    test_drive: bool | None = None
    wash: bool | None = None
    payment_manner: str = ""
    guarantee_km: OptionalWhole = None
    guarantee_days: OptionalWhole = None
    terms: Sequence[str] = ()
    remarks: str = ""
    adviser: str = ""
    customer_signature: PaperSignature | None = None


def repair_order(paper: RepairOrder) -> dict[str, object]:
    """The data of the template; the estimated total is summed here, so that it always ties."""
    labour = sum((job.amount for job in paper.jobs), ZERO)
    parts = sum((part.amount for part in paper.parts), ZERO)
    total = labour + parts + paper.other_charges - paper.discount
    return fields_of(paper) | {
        "labour_total": money(labour),
        "parts_total": money(parts),
        "other_charges": money(paper.other_charges) if paper.other_charges else "",
        "discount": money(-paper.discount) if paper.discount else "",
        "deposit": money(paper.deposit) if paper.deposit else "",
        "total": money(total),
        "customer_total": money(total if paper.customer_total is None else paper.customer_total),
        "total_in_words": in_words(total),
    }


@dataclass(frozen=True, kw_only=True)
class PaperMark:
    """A mark on the drawing: panel and relative place as stored; ``panel_name`` is printed."""

    panel: str
    panel_name: str
    kind: MarkKind
    x: Decimal
    y: Decimal
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckItem:
    """One thing looked at: fine, not fine, or not there. ``note`` says more."""

    name: str
    state: Literal["ok", "bad", "absent", "unchecked"] = "unchecked"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WalkaroundSheet:
    """车辆环检单: the car as it came in, agreed by signature (L8 art. 14)."""

    number: str
    vehicle: PaperVehicle
    customer: PaperCustomer
    body: str = "sedan"
    marks: Sequence[PaperMark] = ()
    checks: Sequence[CheckItem] = ()
    received_at: datetime | None = None
    km_in: OptionalWhole = None
    fuel_percent: int | None = None
    charge_percent: int | None = None
    interior: str = ""
    warning_lamps: str = ""
    tyres: str = ""
    belongings: str = ""
    documents: str = ""
    spare_and_tools: bool | None = None
    old_parts: OldParts = "leave"
    test_drive: bool | None = None
    wash: bool | None = None
    photos: Sequence[bytes] = ()
    waived_reason: str = ""
    adviser: str = ""
    customer_signature: PaperSignature | None = None


def walkaround(paper: WalkaroundSheet) -> dict[str, object]:
    """The data of the template: marks get their number and their place on the drawing."""
    marks = enumerate(paper.marks, start=1)
    return fields_of(paper) | {
        "drawing": car_svg(paper.body),
        "marks": [_mark(paper.body, number, mark) for number, mark in marks],
    }


def _mark(body: str, number: int, mark: PaperMark) -> dict[str, object]:
    spot = mark_share(body, mark.panel, mark.x, mark.y)
    return {
        "number": number,
        "panel_name": mark.panel_name,
        "kind": mark.kind,
        "note": mark.note,
        "x": spot[0] if spot else "",
        "y": spot[1] if spot else "",
    }
