"""How far an export is, told through a second connection while its reading goes on."""

import time
from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

EVERY_SECONDS = 0.5
WRITE = "UPDATE accounts_exportjob SET done = %s, total = greatest(total, %s) WHERE id = %s"


class Telling:
    """Call it with the rows done; it writes now and then."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._written = time.monotonic()
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._written < EVERY_SECONDS:
            return
        self._written = now
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute(WRITE, [done, done, self._job_id])
