"""Posting into the books and closing months. The only writers of entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.books.chart import CHART
from chejian.books.models import Account, JournalEntry, PeriodClose, Posting
from chejian.books.queries import is_closed
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit
from chejian.parties.models import Party

PERIOD_LOCK = 4101
"""First half of the advisory lock that stands between posting and closing; the second: station."""


class Unbalanced(DomainError):
    """The lines do not sum to zero. Data: ``difference``."""

    code = "unbalanced"


class PeriodClosed(DomainError):
    """The month is closed at that station. Data: ``month``."""

    code = "period_closed"


class PeriodNotOver(DomainError):
    """The month has not ended yet. Data: ``month``."""

    code = "period_not_over"


class AlreadyReversed(DomainError):
    """The entry has been reversed before. Data: ``label``."""

    code = "already_reversed"


class UnknownAccount(DomainError):
    """No such account in the chart. Data: ``codes``."""

    code = "unknown_account"


@dataclass(frozen=True)
class Line:
    """An amount on one account: debit positive, credit negative."""

    account: str
    amount: Decimal
    party: Party | None = None
    memo: str = ""


@transaction.atomic
def ensure_defaults() -> None:
    """Create the accounts of the chart that are missing; a name once edited stays."""
    Account.objects.bulk_create(
        [Account(code=entry.code, name=entry.name, kind=entry.kind) for entry in CHART],
        ignore_conflicts=True,
    )


@transaction.atomic
def post(
    *,
    station_id: int,
    kind: str,
    label: str,
    lines: Sequence[Line],
    occurred_on: date,
    by: User | None,
    at: datetime,
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Write one entry. Zero lines are dropped; an event without any value leaves only its head.

    ``label`` is the number of the document behind it. Raises Unbalanced, PeriodClosed,
    UnknownAccount.
    """
    lines = [line for line in lines if line.amount != 0]
    difference = sum((line.amount for line in lines), Decimal(0))
    if difference != 0:
        raise Unbalanced(_("The entry does not balance."), difference=difference)
    accounts = _accounts({line.account for line in lines})
    _refuse_closed(station_id, occurred_on)
    entry = JournalEntry.objects.create(
        station_id=station_id, kind=kind, label=label, occurred_on=occurred_on,
        posted_at=at, posted_by=by, reverses=reverses,
    )
    Posting.objects.bulk_create(
        Posting(
            entry=entry, account=accounts[line.account], amount=line.amount,
            party=line.party, memo=line.memo,
        )
        for line in lines
    )
    prove_constraints()
    return entry


def _accounts(codes: set[str]) -> dict[str, Account]:
    found = {account.code: account for account in Account.objects.filter(code__in=codes)}
    missing = sorted(codes - found.keys())
    if missing:
        raise UnknownAccount(
            _("The chart of accounts has no %(codes)s.") % {"codes": ", ".join(missing)},
            codes=missing,
        )
    return found


def _refuse_closed(station_id: int, day: date) -> None:
    """The lock is taken before the look: a month that is being closed is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s::int)", [PERIOD_LOCK, station_id]
        )
    if is_closed(station_id, day):
        raise PeriodClosed(
            _("%(month)s is closed. Nothing can be posted into it.") % {"month": f"{day:%Y-%m}"},
            month=day.replace(day=1),
        )


def prove_constraints() -> None:
    """Let the deferred triggers speak now, inside the verb, and be deferred again after it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def reverse_entry(
    *, entry: JournalEntry, label: str, occurred_on: date, by: User | None, at: datetime
) -> JournalEntry:
    """Write the opposite of an entry (红冲). Raises AlreadyReversed, PeriodClosed."""
    locked = JournalEntry.objects.select_for_update().get(pk=entry.pk)
    if JournalEntry.objects.filter(reverses=locked).exists():
        raise AlreadyReversed(
            _("The entry of %(label)s was reversed before.") % {"label": locked.label},
            label=locked.label,
        )
    lines = [
        Line(posting.account.code, -posting.amount, posting.party, posting.memo)
        for posting in locked.postings.select_related("account", "party").order_by("id")
    ]
    return post(
        station_id=locked.station_id, kind=locked.kind, label=label, lines=lines,
        occurred_on=occurred_on, by=by, at=at, reverses=locked,
    )


@transaction.atomic
def close_period(*, station_id: int, month: date, by: User, at: datetime) -> PeriodClose:
    """Close a month that is over, and with it all before. Raises NotPermitted, PeriodNotOver,
    PeriodClosed.
    """
    if not by.can_at(P.CLOSE_PERIOD, station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    month = month.replace(day=1)
    words = {"month": f"{month:%Y-%m}"}
    if month >= timezone.localdate(at).replace(day=1):
        raise PeriodNotOver(_("%(month)s is not over yet.") % words, month=month)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [PERIOD_LOCK, station_id])
    if is_closed(station_id, month):
        raise PeriodClosed(_("%(month)s is closed already.") % words, month=month)
    closed = PeriodClose.objects.create(
        station_id=station_id, month=month, closed_at=at, closed_by=by
    )
    emit("period.closed", closed, station_id=station_id, by=by, at=at, month=words["month"])
    return closed


@transaction.atomic
def rename_account(*, account: Account, name: str, by: User, at: datetime) -> Account:
    """Give an account the shop's own name; the number stays. Raises NotPermitted."""
    if not by.can(P.CLOSE_PERIOD):
        raise NotPermitted(_("You do not have the permission for this."))
    account.name = name.strip()
    account.save(update_fields=["name"])
    emit("account.renamed", account, station_id=None, by=by, at=at, name=account.name)
    return account
