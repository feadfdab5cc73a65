"""``ENGINE``: Django's own backend, and two things for what every page asks.

A page asks the same few statements as the page before. ``planned_cursor`` lets the server keep
their plans (``CHEJIAN_PLANNED=0`` where a pooler between cannot); the ORM's own statements go the
usual way. And whether the database was restarted meanwhile is seen at the socket: it became
readable when the server closed its end. Only a line that was idle for some seconds is asked by a
statement, because a machine that lost its power closes nothing.
"""

import select
import time
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, operations
from psycopg import Cursor

#: seconds without a request after which the line is asked by a statement
IDLE = 5.0
#: a statement that was asked as often as this on one line is planned
ASKED_OFTEN = 2


class PlannedCursor(base.CursorMixin, Cursor[Any]):
    """Values go apart from the statement, and the server keeps its plan."""


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """With its values, so that a test or a log can ask it again."""
        if isinstance(cursor, PlannedCursor):
            return sql if params is None else self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of this process."""

    ops_class = DatabaseOperations
    _asked_at = 0.0

    def init_connection_state(self) -> None:
        """The ORM's own cursors put the values into the text and are never planned ahead."""
        super().init_connection_state()
        line: Any = self.connection
        line.prepare_threshold = ASKED_OFTEN if settings.PLANNED_STATEMENTS else None

    def planned_cursor(self) -> Any:
        """A cursor for statements that are always the same; counted like any other."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PlannedCursor(self.connection))  # type: ignore[attr-defined]

    def is_usable(self) -> bool:
        """Whether the line still leads to the database."""
        now = time.monotonic()
        idle, self._asked_at = now - self._asked_at > IDLE, now
        if idle or self.errors_occurred or self.connection is None or _spoke(self.connection):
            return bool(super().is_usable())
        return True


def _spoke(line: Any) -> bool:
    """Whether the server said something unasked, such as that it goes away; or the line is shut."""
    if line.closed or line.pgconn is None:
        return True
    seen = select.poll()
    seen.register(line.pgconn.socket, select.POLLIN)
    return bool(seen.poll(0))
