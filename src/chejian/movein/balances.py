"""What customers had and owed in the old system, row by row and customer by customer. Pure.

A figure belongs to a customer, not to his cars: it stands on one of his rows, or is repeated on
each of them and then counts once. Different figures on several rows are added up. Below zero
nothing is opened: whose card is overdrawn, a person must say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chejian.core.formats import money
from chejian.movein.customers import CustomerDraft
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Severity

METRICS = ("stored_value", "gift_value", "debt")
ZERO = Decimal("0.00")


@dataclass
class BalanceDraft:
    """The balances of one customer. ``repeated`` are rows whose figure had been counted before;
    ``negative`` those below zero, by metric."""

    customer: CustomerDraft
    stored_value: Decimal = ZERO
    gift_value: Decimal = ZERO
    debt: Decimal = ZERO
    repeated: dict[str, list[ParsedRow]] = field(default_factory=dict)
    negative: dict[str, list[ParsedRow]] = field(default_factory=dict)

    def figure(self, metric: str) -> Decimal:
        found: Decimal = getattr(self, metric)
        return found

    @property
    def empty(self) -> bool:
        return not any(self.figure(metric) for metric in METRICS)

    @property
    def rows(self) -> list[ParsedRow]:
        """The rows that say something of balances."""
        return [row for row in self.customer.rows if any(row.get(key) for key in METRICS)]


def gather(customers: Sequence[CustomerDraft]) -> list[BalanceDraft]:
    """The customers with any balance, in their order."""
    drafts = [_draft(customer) for customer in customers if _says(customer)]
    return [draft for draft in drafts if not draft.empty or draft.negative]


def _says(customer: CustomerDraft) -> bool:
    return any(row.get(metric) for row in customer.rows for metric in METRICS)


def _draft(customer: CustomerDraft) -> BalanceDraft:
    draft = BalanceDraft(customer)
    for metric in METRICS:
        _take(draft, metric, [row for row in customer.rows if row.get(metric)])
    return draft


def _take(draft: BalanceDraft, metric: str, standing: list[ParsedRow]) -> None:
    below = [row for row in standing if row.get(metric) < 0]
    for row in below:
        row.note(metric, "balance.negative", Severity.WARNING)
        draft.negative.setdefault(metric, []).append(row)
    good = [row for row in standing if row.get(metric) > 0]
    if len(good) > 1 and len({row.get(metric) for row in good}) == 1:
        for row in good[1:]:
            row.note(metric, "balance.repeated", Severity.MENDED, mend=money(ZERO),
                     other=str(good[0].number))
        draft.repeated[metric] = good[1:]
        good = good[:1]
    elif len(good) > 1:
        good[-1].note(
            metric, "balance.added", Severity.WARNING,
            other=money(sum((row.get(metric) for row in good), ZERO)),
        )
    setattr(draft, metric, sum((row.get(metric) for row in good), ZERO))
