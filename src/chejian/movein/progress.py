"""How far a long import is, told while its one transaction is still open.

The figures are written through a second connection, so that they are seen at once; the import
itself never touches the row.
"""

import time
from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

EVERY_SECONDS = 0.3
WRITE = "UPDATE movein_importprogress SET done = %s, total = %s, stage = %s WHERE run_id = %s"


class Progress:
    """Call it with a stage and the rows done; it writes now and then, and at every new stage."""

    def __init__(self, run_id: int, total: int) -> None:
        self.run_id = run_id
        self.total = total
        self._stage = ""
        self._written = 0.0
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        self._connection = connection.copy()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def __call__(self, stage: str, done: int) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._written < EVERY_SECONDS:
            return
        self._stage, self._written = stage, now
        if self._connection is not None:
            with self._connection.cursor() as cursor:
                cursor.execute(WRITE, [min(done, self.total), self.total, stage, self.run_id])
