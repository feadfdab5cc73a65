"""Posting into the books and closing months. The only writers of entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.books.chart import CHART
from chejian.books.models import Account, JournalEntry, PeriodClose
from chejian.books.queries import is_closed
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit
from chejian.core.verbs import at_end, verb
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


@verb
def ensure_defaults() -> None:
    """Create the accounts of the chart that are missing; a name once edited stays."""
    Account.objects.bulk_create(
        [Account(code=entry.code, name=entry.name, kind=entry.kind) for entry in CHART],
        ignore_conflicts=True,
    )


@verb
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
    entry = JournalEntry(
        station_id=station_id, kind=kind, label=label, occurred_on=occurred_on,
        posted_at=at, posted_by=by, reverses=reverses,
    )
    _write(entry, lines)
    prove_constraints()
    return entry


# The lock is taken before the look: a month that is being closed is waited for. Two statements in
# one message: the second sees what was committed while the first waited.
WRITE = """
SELECT pg_advisory_xact_lock_shared(%s, %s::int);
WITH entry AS (
    INSERT INTO books_journalentry
        (station_id, kind, label, occurred_on, posted_at, posted_by_id, reverses_id)
    SELECT * FROM (VALUES (%s::bigint, %s::text, %s::text, %s::date, %s::timestamptz, %s::bigint,
                           %s::bigint)) AS head(station, kind, label, day, at, by, reverses)
    WHERE NOT EXISTS (SELECT 1 FROM books_periodclose closed WHERE closed.station_id = head.station
                      AND closed.month >= date_trunc('month', head.day))
    RETURNING id),
lines AS (
    INSERT INTO books_posting (entry_id, account_id, amount, party_id, memo)
    SELECT entry.id, account.id, line.amount, line.party, line.memo
    FROM unnest(%s::text[], %s::numeric[], %s::bigint[], %s::text[])
        WITH ORDINALITY AS line(code, amount, party, memo, turn)
    JOIN books_account account ON account.code = line.code CROSS JOIN entry
    ORDER BY line.turn RETURNING 1)
SELECT entry.id, (SELECT count(*) FROM lines) FROM entry
"""


def _write(entry: JournalEntry, lines: Sequence[Line]) -> None:
    """The head and its lines in one statement. Raises PeriodClosed, UnknownAccount."""
    head: list[Any] = [
        entry.station_id, entry.kind, entry.label, entry.occurred_on, entry.posted_at,
        entry.posted_by_id, entry.reverses_id,
    ]
    columns: list[list[Any]] = [
        [line.account for line in lines], [line.amount for line in lines],
        [line.party.pk if line.party else None for line in lines], [line.memo for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [PERIOD_LOCK, entry.station_id, *head, *columns])
        while cursor.nextset():
            pass
        made = cursor.fetchone()
    if made is None:
        raise _closed(entry.occurred_on)
    entry.pk, written = made
    entry._state.adding, entry._state.db = False, connection.alias
    if written != len(lines):
        _refuse_unknown({line.account for line in lines})


def _refuse_unknown(codes: set[str]) -> None:
    known = Account.objects.filter(code__in=codes).values_list("code", flat=True)
    missing = sorted(codes - set(known))
    raise UnknownAccount(
        _("The chart of accounts has no %(codes)s.") % {"codes": ", ".join(missing)},
        codes=missing,
    )


def _closed(day: date) -> PeriodClosed:
    words = _("%(month)s is closed. Nothing can be posted into it.") % {"month": f"{day:%Y-%m}"}
    return PeriodClosed(words, month=day.replace(day=1))


def prove_constraints() -> None:
    """Let the deferred triggers speak once, before the verb ends, and be deferred again."""
    at_end(_prove)


def _prove() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@verb
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


@verb
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


@verb
def rename_account(*, account: Account, name: str, by: User, at: datetime) -> Account:
    """Give an account the shop's own name; the number stays. Raises NotPermitted."""
    if not by.can(P.CLOSE_PERIOD):
        raise NotPermitted(_("You do not have the permission for this."))
    account.name = name.strip()
    account.save(update_fields=["name"])
    emit("account.renamed", account, station_id=None, by=by, at=at, name=account.name)
    return account
