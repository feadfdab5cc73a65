"""Balances of the customers of a file: what would be opened, opening it, and taking it back."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import models
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
    """``opened`` is what the documents in force hold, by the key of a customer who has one.

    Of several customers of the file who are one with us, the first stands for what differs.
    """

    drafts: list[BalanceDraft]
    opened: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def held(self, draft: BalanceDraft, metric: str) -> Decimal:
        opened = self.opened.get(draft.customer.key)
        return draft.figure(metric) if opened is None else opened[metric]


def plan(made: CarPlan, *, station_id: int) -> BalancePlan:
    found = BalancePlan(balances.gather(made.customers))
    by_party: dict[int, list[BalanceDraft]] = defaultdict(list)
    for draft in found.drafts:
        party = made.parties.get(draft.customer.key)
        if party is not None:
            by_party[party.pk].append(draft)
    held = _held_by_party(by_party, station_id)
    for party_id, drafts in by_party.items():
        if party_id in held:
            _compare(found, drafts, held[party_id])
    return found


def _held_by_party(ids: Collection[int], station_id: int) -> dict[int, dict[str, Decimal]]:
    """Sums of the documents in force, those of records merged into a customer counted in."""
    rows = Party.objects.filter(merged_into_id__in=ids)
    merged = dict(rows.values_list("pk", "merged_into_id"))
    sums: dict[int, dict[str, Decimal]] = {}
    for opening in live_openings([*ids, *merged], station_id):
        owner = merged.get(opening.party_id) or opening.party_id
        kept = sums.setdefault(owner, dict.fromkeys(METRICS, ZERO))
        for metric in METRICS:
            kept[metric] += getattr(opening, metric)
    return sums


def _compare(
    found: BalancePlan, drafts: Sequence[BalanceDraft], held: Mapping[str, Decimal]
) -> None:
    """What was opened before stays as it was; the first row says where it differs."""
    for draft in drafts:
        found.opened[draft.customer.key] = {key: draft.figure(key) for key in METRICS}
    first = drafts[0]
    for metric in METRICS:
        stated = sum((draft.figure(metric) for draft in drafts), ZERO)
        if held[metric] != stated:
            found.opened[first.customer.key][metric] += held[metric] - stated
            row = (first.rows or [first.customer.first])[0]
            row.note(metric, "balance.differs_now", Severity.WARNING, other=money(held[metric]))


def counts(found: BalancePlan) -> dict[str, int]:
    full = [draft for draft in found.drafts if not draft.empty]
    same = sum(draft.customer.key in found.opened for draft in full)
    found_counts = {"balances_new": len(full) - same, "balances_same": same}
    return {what: count for what, count in found_counts.items() if count}


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
    differs = [draft for draft in found.drafts if found.held(draft, metric) != draft.figure(metric)]
    ours = sum((found.held(draft, metric) for draft in found.drafts), ZERO)
    return figure_line(
        metric, controls, _sum(metric, stated), ours,
        [
            Reason("rows_left_out", -_sum(metric, out), _numbers(out)),
            Reason("balance_repeated", -_sum(metric, repeated), _numbers(repeated)),
            Reason("balance_negative", -_sum(metric, below), _numbers(below)),
            Reason(
                "balance_differs_now",
                sum((found.held(draft, metric) - draft.figure(metric) for draft in differs), ZERO),
                _numbers(draft.customer.first for draft in differs),
            ),
        ],
    )


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
        if draft.empty or draft.customer.key in found.opened:
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
    held = _held_by_party(ids, station_id).values()
    return {metric: sum((one[metric] for one in held), ZERO) for metric in METRICS}


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
