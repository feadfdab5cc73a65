"""Taking an import back: the one way in which a row of a ledger leaves it again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SET = "SELECT set_config('chejian.undo_run', %s, true)"


@contextmanager
def undoing(run_id: int) -> Iterator[None]:
    """Inside a transaction: rows with ``import_run = run_id`` may be deleted from the ledgers that
    allow it (``core.states.append_only`` with ``undo``), and no others."""
    with connection.cursor() as cursor:
        cursor.execute(SET, [str(run_id)])
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(SET, [""])
