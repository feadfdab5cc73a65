"""CSV as Excel in Chinese reads it: UTF-8 with a mark, CRLF, a row at a time."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chejian.core.exports.escaping import harmless
from chejian.core.exports.table import Heading, Kind, Table
from chejian.core.formats import yes_no

MARK = "\ufeff"
PIECE = 200
FIGURES = frozenset({Kind.MONEY, Kind.QUANTITY, Kind.NUMBER, Kind.RATE})


def csv_pieces(table: Table, rows: Iterable[Sequence[Any]] | None = None) -> Iterator[bytes]:
    """The file in pieces of some rows; ``rows`` may stand for the table's own (to count them)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(MARK)
    writer.writerow([harmless(str(head.label)) for head in table.headings])
    waiting = 0
    for row in table.rows if rows is None else rows:
        writer.writerow(
            [_text(value, head) for value, head in zip(row, table.headings, strict=True)]
        )
        waiting += 1
        if waiting == PIECE:
            yield _taken(buffer)
            waiting = 0
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def _text(value: Any, head: Heading) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if head.kind in FIGURES and isinstance(value, int | Decimal):
        return _figure(Decimal(value), head.kind)
    return harmless(str(value))


def _figure(value: Decimal, kind: str) -> str:
    if kind == Kind.MONEY:
        return f"{value:.2f}"
    if kind == Kind.RATE:
        return f"{value * 100:.4f}".rstrip("0").rstrip(".") + "%"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
