"""The sums beside the ledger: brought up to a mark by the worker, never by who posts.

A verb that posts must not wait for others, so it leaves the sums alone. The worker adds up what
came after the mark and moves the mark. Entries get their numbers before they are committed: when
number 8 is there, number 7 may still be on its way, and a mark at 8 would lose it for ever. So the
mark is moved only when everybody who was posting as the mark was chosen has finished. Who posts
holds the shared lock of his station (``services.PERIOD_LOCK``) from before he draws his number to
the end of his transaction; the worker only looks at who holds it, and takes no lock that anybody
would wait for.

Why not the exclusive lock: waiting for it behind a long import would make everyone who posts wait
behind the worker, and trying it without waiting may never succeed at a busy counter. Why not the
oldest running transaction (``pg_snapshot_xmin``): transaction numbers do not survive a restored
backup, and one may draw an entry's number before its own.
"""

import time
from datetime import datetime, timedelta

from django.db import connection, transaction

from chejian.books.models import LedgerMark, LedgerSum
from chejian.books.services import PERIOD_LOCK

#: how long the worker waits for those who are posting; a long import is left for the next time
PATIENCE = timedelta(seconds=2)
PAUSE = timedelta(milliseconds=20)
ONLY = 1  # the key of the only mark

POSTING = """
SELECT pid, virtualtransaction FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND pid <> pg_backend_pid()
"""
ADD_UP = """
WITH days AS (
    SELECT e.station_id, e.occurred_on AS day, p.account_id,
        coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS debit,
        coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0) AS credit
    FROM books_journalentry e JOIN books_posting p ON p.entry_id = e.id
    WHERE e.id > %(after)s AND e.id <= %(upto)s GROUP BY 1, 2, 3
), sums AS (
    SELECT station_id, 'day' AS grain, day AS starts_on, account_id, debit, credit FROM days
    UNION ALL
    SELECT station_id, 'month', date_trunc('month', day)::date, account_id,
        sum(debit), sum(credit) FROM days GROUP BY 1, 3, 4
)
INSERT INTO books_ledgersum AS known (station_id, grain, starts_on, account_id, debit, credit)
SELECT * FROM sums
ON CONFLICT (station_id, grain, starts_on, account_id) DO UPDATE
SET debit = known.debit + excluded.debit, credit = known.credit + excluded.credit
"""


def refresh(*, at: datetime, patience: timedelta = PATIENCE) -> int | None:
    """Add up what was posted since the mark, and move the mark; returns it.

    None when somebody who was posting did not finish within ``patience``: nothing is
    changed, the figures on screen are right all the same. To be called after pouring many entries.
    """
    upto = _last_entry()
    if not _all_finished(_posting(), patience):
        return None
    with transaction.atomic():
        mark = _locked_mark(at)
        if mark.upto < upto:
            _add_up(mark, upto, at)
        return mark.upto


def rebuild(*, at: datetime, patience: timedelta = PATIENCE) -> int | None:
    """Throw the sums away and add the whole ledger up again, in one transaction; as ``refresh``."""
    upto = _last_entry()
    if not _all_finished(_posting(), patience):
        return None
    with transaction.atomic():
        mark = _locked_mark(at)
        upto = max(upto, mark.upto)  # another may have moved it: readers rely on its going forward
        LedgerSum.objects.get_queryset().delete()
        mark.upto = 0
        _add_up(mark, upto, at)
        return mark.upto


def _last_entry() -> int:
    """The newest entry that is committed: every number below was drawn before this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM books_journalentry")
        return int(cursor.fetchone()[0])


def _posting() -> set[tuple[int, str]]:
    """The transactions that are posting now, other than our own."""
    with connection.cursor() as cursor:
        cursor.execute(POSTING, [PERIOD_LOCK])
        return set(cursor.fetchall())


def _all_finished(posting: set[tuple[int, str]], patience: timedelta) -> bool:
    """Whether all of these end in time. Those who begin meanwhile draw higher numbers."""
    until = time.monotonic() + patience.total_seconds()
    while posting & _posting():
        if time.monotonic() >= until:
            return False
        time.sleep(PAUSE.total_seconds())
    return True


def _locked_mark(at: datetime) -> LedgerMark:
    """Two workers do not add the same entries."""
    marks = LedgerMark.objects.get_queryset()
    marks.bulk_create([LedgerMark(pk=ONLY, at=at)], ignore_conflicts=True)
    return marks.select_for_update().get(pk=ONLY)


def _add_up(mark: LedgerMark, upto: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, {"after": mark.upto, "upto": upto})
    mark.upto, mark.at = upto, at
    mark.save()
