"""Who pays what of an order: the ground of every settlement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chejian.core import planned
from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.workorders.amounts import split
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from chejian.workorders.states import BILLABLE


@dataclass(frozen=True)
class PayerShare:
    """One payer's share of one line. gross - line_discount = payable; all sum to the line."""

    kind: str  # labour or part
    source_id: int
    name: str
    code: str
    brand: str
    origin: str
    customer_supplied: bool
    quantity: Decimal
    unit: str
    unit_price: Decimal
    payer: str
    share: Decimal
    gross: Decimal
    line_discount: Decimal
    payable: Decimal
    tax_rate: Decimal
    cost: Decimal
    position: int


JOBS = Ready(
    lambda order: JobLine.objects.filter(order=order, status__in=BILLABLE).select_related(
        "operation"
    )
)
PARTS = Ready(
    lambda order: PartLine.objects.filter(
        order=order, job__status__in=BILLABLE, cancelled=False
    ).order_by("position", "id")
)


def payer_shares(order: WorkOrder) -> list[PayerShare]:
    """Every share of every line of the approved jobs, in the grid's order: three statements."""
    jobs = JOBS.all(order.pk)
    parts: dict[int, list[PartLine]] = {}
    for line in PARTS.all(order.pk):
        parts.setdefault(line.job_id, []).append(line)
    splits = _splits(jobs, [line for lines in parts.values() for line in lines])
    found: list[PayerShare] = []
    for job in jobs:
        found += _of_job(job, splits.get(("job", job.pk), ()), len(found))
        for line in parts.get(job.pk, ()):
            found += _of_part(line, splits.get(("part", line.pk), ()), len(found))
    return found


SPLITS = """
SELECT job_id, part_line_id, payer, rate FROM workorders_lineshare
WHERE job_id = ANY(%s::bigint[]) OR part_line_id = ANY(%s::bigint[]) ORDER BY id
"""
type Split = Sequence[tuple[str, Decimal]]


def _splits(
    jobs: Sequence[JobLine], parts: Sequence[PartLine]
) -> dict[tuple[str, int], list[tuple[str, Decimal]]]:
    """By the ids of the lines: through the order the database would read every split there is."""
    found: dict[tuple[str, int], list[tuple[str, Decimal]]] = {}
    ids = [[job.pk for job in jobs], [line.pk for line in parts]]
    for job_id, line_id, payer, rate in planned.rows(SPLITS, ids):
        key = ("part", line_id) if job_id is None else ("job", job_id)
        found.setdefault(key, []).append((payer, rate))
    return found


@dataclass(frozen=True)
class _Piece:
    payer: str
    share: Decimal
    gross: Decimal
    discount: Decimal
    payable: Decimal
    cost: Decimal


def _pieces(
    line: JobLine | PartLine, shares: Split, cost: Decimal
) -> Iterator[_Piece]:
    """Payable and discount are split apart, so that no payer's part is ever negative."""
    who = shares or [(line.payer, Decimal(1))]
    rates = [rate for _, rate in who]
    columns = (split(line.payable, rates), split(line.discount, rates), split(cost, rates))
    for (payer, rate), payable, discount, part in zip(who, *columns, strict=True):
        yield _Piece(payer, rate, payable + discount, discount, payable, part)


def _of_job(job: JobLine, shares: Split, start: int) -> list[PayerShare]:
    fixed = job.fixed_price is not None
    return [
        PayerShare(
            kind="labour", source_id=job.pk, name=job.name,
            code=job.operation.code if job.operation else "", brand="", origin="",
            customer_supplied=False,
            quantity=job.flat_hours if not fixed or job.flat_hours else Decimal(1), unit="h",
            unit_price=job.rate if job.fixed_price is None else job.fixed_price,
            payer=piece.payer, share=piece.share, gross=piece.gross,
            line_discount=piece.discount, payable=piece.payable, tax_rate=job.tax_rate,
            cost=piece.cost, position=start + index,
        )
        for index, piece in enumerate(_pieces(job, shares, ZERO))
    ]


def _of_part(line: PartLine, shares: Split, start: int) -> list[PayerShare]:
    return [
        PayerShare(
            kind="part", source_id=line.pk, name=line.name, code=line.number, brand=line.brand,
            origin=line.origin, customer_supplied=line.customer_supplied, quantity=line.quantity,
            unit=line.unit, unit_price=line.unit_price, payer=piece.payer, share=piece.share,
            gross=piece.gross, line_discount=piece.discount, payable=piece.payable,
            tax_rate=line.tax_rate, cost=piece.cost, position=start + index,
        )
        for index, piece in enumerate(_pieces(line, shares, line.cost))
    ]
