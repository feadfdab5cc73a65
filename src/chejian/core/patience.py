"""How long a question to the database may take: then it is broken off, and the person is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from chejian.core.errors import DomainError


class TookTooLong(DomainError):
    """The database broke the question off. ``seconds`` is how long it was given."""

    code = "took_too_long"


@contextmanager
def patience(seconds: float, *, reading: bool = False) -> Iterator[None]:
    """Statements inside take no longer than ``seconds`` each. Raises TookTooLong.

    With ``reading`` nothing can be written meanwhile. The limit ends with the block: it is set
    for the transaction, and set back where the block is only a part of one.
    """
    part = connection.in_atomic_block
    try:
        with transaction.atomic():
            before = _limit() if part else ""
            _set(f"{int(seconds * 1000)}ms")
            if reading and not _nested():
                _read_only()
            yield
            if part:
                _set(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong(
                _("The question took longer than %(seconds)s seconds and was broken off. "
                  "Narrow it down: a shorter time, one station, fewer fields.")
                % {"seconds": f"{seconds:g}"},
                seconds=seconds,
            ) from error
        raise


def _limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def _set(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])


def _nested() -> bool:
    return len(connection.savepoint_ids) > 0


def _read_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
