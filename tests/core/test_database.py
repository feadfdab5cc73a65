"""The line to the database: a restart is seen before the next statement, plans outlive requests."""

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chejian.core import planned
from chejian.database import base

pytestmark = pytest.mark.django_db(transaction=True)


def line() -> int:
    return int(planned.rows("SELECT pg_backend_pid()")[0][0])


def end(pid: int) -> None:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            pass


def next_request() -> None:
    """What Django does before each."""
    connection.close_if_unusable_or_obsolete()


def test_a_line_that_was_shut_is_opened_anew() -> None:
    before = line()
    next_request()
    end(before)
    assert line() != before


def test_a_line_in_use_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable",
                        lambda self: asked.append(1) or True)
    line()
    for _ in range(3):
        next_request()
        line()
    assert len(asked) <= 1  # the first look, if the line had been idle
    monkeypatch.setattr(base, "IDLE", -1.0)
    next_request()
    line()
    assert len(asked) >= 1


def test_a_planned_statement_is_planned_once() -> None:
    connection.close()
    for number in range(5):
        assert planned.rows("SELECT %s::int + 1", [number]) == [(number + 1,)]
    known = planned.rows("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
                         ["SELECT $1::int + 1%"])
    assert known == [(1,)]
    connection.close()


def test_a_statement_is_told_with_its_values() -> None:
    with CaptureQueriesContext(connection) as seen:
        planned.rows("SELECT %s::text", ["O'Hara"])
        planned.rows("SELECT '50 %'")
    assert [query["sql"] for query in seen.captured_queries] == [
        "SELECT 'O''Hara'::text", "SELECT '50 %'"]
