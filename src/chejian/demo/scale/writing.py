"""COPY in a thread of its own: the database takes one batch while the next is made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Queue
from threading import Lock, Thread

from chejian.demo.scale.tables import Table, raw

type Batch = tuple[str, list[bytes]]
WAITING = 2  # batches made and not yet taken
COPY_IN = "COPY {table.name} ({table.column_list}) FROM STDIN WITH (FREEZE)"


class Writer(Thread):
    """Writes batches in their order. While it lives nobody else may use the connection, except
    while it rests."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__(name="copy", daemon=True)
        self._tables, self._driver = tables, raw()
        self._batches: Queue[Batch | None] = Queue(WAITING)
        self._failed: BaseException | None = None
        self._at_work = Lock()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """The connection is free inside: what is waiting is written afterwards."""
        with self._at_work:
            self._raise()
            yield

    def put(self, table: str, lines: list[bytes]) -> None:
        """Hand over rows; waits while two batches wait. Raises what an earlier one raised."""
        self._raise()
        self._batches.put((table, lines))

    def end(self) -> None:
        """Wait until all is written. Raises what a batch raised."""
        self._batches.put(None)
        self.join()
        self._raise()

    def run(self) -> None:
        while (batch := self._batches.get()) is not None:
            if self._failed is None:
                try:
                    with self._at_work:
                        self._write(*batch)
                except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                    self._failed = error

    def _write(self, table: str, lines: list[bytes]) -> None:
        with self._driver.cursor().copy(COPY_IN.format(table=self._tables[table])) as copy:
            copy.write(b"".join(lines))

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed


@contextmanager
def writing(tables: Mapping[str, Table]) -> Iterator[Writer]:
    writer = Writer(tables)
    writer.start()
    try:
        yield writer
    finally:
        writer.end()
