"""Balances of the customers of a file: what would be opened, opening it, and taking it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Sum
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.billing.models import OpeningBalance, Receivable
from chejian.billing.queries import live_openings
from chejian.billing.services.opening import OpeningRecord, open_balances, reverse_opening
from chejian.books.models import Posting
from chejian.core.formats import money
from chejian.movein import balances
from chejian.movein.balances import METRICS, BalanceDraft
from chejian.movein.reconcile import Line, Reason, figure_line
from chejian.movein.rows import ParsedRow
from chejian.movein.services.cars import CarPlan
from chejian.movein.values import Severity
from chejian.parties.models import Party

type Report = Callable[[str, int], None]
ZERO = Decimal("0.00")


@dataclass
class BalancePlan:
    """``known`` are opening balances in force by the customer's id."""

    drafts: list[BalanceDraft]
    known: dict[int, OpeningBalance] = field(default_factory=dict)

    def opened(self, draft: BalanceDraft, parties: Mapping[str, Party]) -> OpeningBalance | None:
        party = parties.get(draft.customer.key)
        return self.known.get(party.pk) if party else None


def plan(made: CarPlan, *, station_id: int) -> BalancePlan:
    drafts = balances.gather(made.customers)
    ids = {made.parties[d.customer.key].pk for d in drafts if d.customer.key in made.parties}
    known = {opening.party_id: opening for opening in live_openings(ids, station_id)}
    found = BalancePlan(drafts, known)
    for draft in drafts:
        _compare(draft, found.opened(draft, made.parties))
    return found


def _compare(draft: BalanceDraft, opening: OpeningBalance | None) -> None:
    """What was opened before stays as it was."""
    if opening is None:
        return
    for metric in METRICS:
        stands = getattr(opening, metric)
        if stands != draft.figure(metric) and draft.rows:
            draft.rows[0].note(
                metric, "balance.differs_now", Severity.WARNING, other=money(stands)
            )


def counts(found: BalancePlan, made: CarPlan) -> dict[str, int]:
    full = [draft for draft in found.drafts if not draft.empty]
    same = sum(found.opened(draft, made.parties) is not None for draft in full)
    return {"balances_new": len(full) - same, "balances_same": same}


def reconciliation(
    found: BalancePlan, made: CarPlan, controls: Mapping[str, Decimal]
) -> list[Line]:
    """Stored value, gifts and debts beside the old system's totals."""
    return [
        line
        for metric in METRICS
        if (line := _line(metric, found, made, controls)) is not None
    ]


def _line(
    metric: str, found: BalancePlan, made: CarPlan, controls: Mapping[str, Decimal]
) -> Line | None:
    stated = [row for row in made.rows if row.get(metric)]
    if not stated and metric not in controls:
        return None
    held = {id(row) for customer in made.customers for row in customer.rows}
    out = [row for row in stated if id(row) not in held]
    repeated = [row for draft in found.drafts for row in draft.repeated.get(metric, ())]
    below = [row for draft in found.drafts for row in draft.negative.get(metric, ())]
    differs = _differing(metric, found, made)
    ours = sum((_held(metric, draft, found, made) for draft in found.drafts), ZERO)
    return figure_line(
        metric, controls, _sum(metric, stated), ours,
        [
            Reason("rows_left_out", -_sum(metric, out), _numbers(out)),
            Reason("balance_repeated", -_sum(metric, repeated), _numbers(repeated)),
            Reason("balance_negative", -_sum(metric, below), _numbers(below)),
            Reason(
                "balance_differs_now",
                sum((_held(metric, d, found, made) - d.figure(metric) for d in differs), ZERO),
                _numbers(draft.customer.first for draft in differs),
            ),
        ],
    )


def _held(metric: str, draft: BalanceDraft, found: BalancePlan, made: CarPlan) -> Decimal:
    opening = found.opened(draft, made.parties)
    held: Decimal = draft.figure(metric) if opening is None else getattr(opening, metric)
    return held


def _differing(metric: str, found: BalancePlan, made: CarPlan) -> list[BalanceDraft]:
    return [
        draft for draft in found.drafts
        if _held(metric, draft, found, made) != draft.figure(metric)
    ]


def _sum(metric: str, rows: Iterable[ParsedRow]) -> Decimal:
    return sum((row.get(metric) for row in rows), ZERO)


def _numbers(rows: Iterable[ParsedRow]) -> tuple[int, ...]:
    return tuple(row.number for row in rows)


def carry_out(
    found: BalancePlan, made: CarPlan, *, station: Station, run_id: int, note: str, by: User,
    at: datetime, report: Report,
) -> None:
    """A document for each customer who has none yet; rows that became one customer are added up."""
    report("balances", len(made.rows))
    records: dict[int, OpeningRecord] = {}
    for draft in found.drafts:
        if draft.empty or found.opened(draft, made.parties) is not None:
            continue
        party = made.parties[draft.customer.key]
        before = records.get(party.pk) or OpeningRecord(party, note=note)
        records[party.pk] = replace(
            before, **{metric: getattr(before, metric) + draft.figure(metric) for metric in METRICS}
        )
    open_balances(
        station=station, records=list(records.values()), as_of=timezone.localdate(at), by=by,
        at=at, import_run=run_id,
    )


def measured(found: BalancePlan, made: CarPlan, *, station_id: int) -> dict[str, Decimal]:
    """What the documents of these customers hold: summed in the database, not here."""
    ids = {made.parties[draft.customer.key].pk for draft in found.drafts}
    sums = live_openings(ids, station_id).order_by().aggregate(
        **{metric: Sum(metric) for metric in METRICS}
    )
    return {metric: sums[metric] or ZERO for metric in METRICS}


# --- taking it back ---------------------------------------------------------------------------
def openings_of(run_id: int) -> list[OpeningBalance]:
    """The documents that a run opened, and their reversals."""
    return list(OpeningBalance.objects.filter(import_run=run_id).order_by("pk"))


def rows_of(openings: Sequence[OpeningBalance]) -> dict[type[models.Model], set[int]]:
    """Everything of these documents that names a customer."""
    ids = {opening.pk for opening in openings}
    entries = {opening.entry_id for opening in openings}
    receivables = Receivable.objects.filter(opening_id__in=ids)
    postings = Posting.objects.filter(entry_id__in=entries)
    return {
        OpeningBalance: ids,
        Receivable: set(receivables.values_list("pk", flat=True)),
        Posting: set(postings.values_list("pk", flat=True)),
    }


def take_back(*, run_id: int, reason: str, by: User, at: datetime) -> None:
    """Reverse every document that the run opened. Raises NotReversible when one was paid."""
    for opening in openings_of(run_id):
        if opening.is_live:
            reverse_opening(opening=opening, reason=reason, by=by, at=at)
