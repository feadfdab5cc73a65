"""A table into a file or an answer."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpResponse

from chejian.core.exports.csv_file import csv_pieces
from chejian.core.exports.table import Format, Table
from chejian.core.exports.xlsx_file import write_xlsx

CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
TELL_EVERY = 500
IN_MEMORY = 2 * 1024 * 1024
type Tell = Callable[[int], None]


def write_file(table: Table, form: str, file: BinaryIO, tell: Tell | None = None) -> int:
    """Write ``table`` to an open file; ``tell`` hears now and then how many rows are written.

    Returns how many there were.
    """
    counted = _Counted(table.rows, tell)
    if form == Format.XLSX:
        write_xlsx(table, file, counted)
    else:
        file.writelines(csv_pieces(table, counted))
    return counted.done


class _Counted:
    """Rows on their way into the file, counted."""

    def __init__(self, rows: Any, tell: Tell | None) -> None:
        self._rows, self._tell, self.done = rows, tell, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            yield row
            self.done += 1
            if self._tell is not None and self.done % TELL_EVERY == 0:
                self._tell(self.done)


def answer(table: Table, form: str) -> HttpResponse:
    """The table as a download. It is whole before it is sent: an error is still a page."""
    file: Any = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when sent
    write_file(table, form, file)
    file.seek(0)
    return file_answer(file, table.title, form)


def file_answer(file: BinaryIO, title: str, form: str) -> HttpResponse:
    """An open file as a download under a title; nothing on the way keeps a copy."""
    reply = FileResponse(file, content_type=CONTENT_TYPES[Format(form)])
    reply["Content-Disposition"] = disposition(title, form)
    reply["Cache-Control"] = "no-store"
    return reply  # type: ignore[return-value]  # a streamed answer is one as well


def disposition(title: str, form: str) -> str:
    """The file's name for the browser, Chinese included (RFC 6266)."""
    return f"attachment; filename=\"export.{form}\"; filename*=UTF-8''{quote(title)}.{form}"
