"""Old systems' files as tables of text: CSV in any usual encoding, Excel old and new.

Pure: bytes go in, rows of text with their numbers as a spreadsheet shows them come out. Sizes are
capped before anything is unpacked, because a small archive may hold a very large sheet.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from chejian.core.errors import DomainError

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 250
MAX_MEMBERS = 5_000
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELL = 4_000
DELIMITERS = ",\t;|"
PROBE_LINES = 40

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BOMS: list[tuple[bytes, str, str]] = [
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16 LE"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16 BE"),
]
_FULL_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/])?>')


class UnreadableFile(DomainError):
    """The file cannot be taken as a table; the message says why and what to do."""

    code = "unreadable_file"


@dataclass(frozen=True)
class Row:
    """One row: ``number`` is what the spreadsheet shows at its left."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """One sheet, or the whole of a text file."""

    name: str
    rows: tuple[Row, ...]
    visible: bool = True


@dataclass(frozen=True)
class Document:
    """A file that was read. ``encoding`` and ``delimiter`` are empty for Excel."""

    tables: tuple[Table, ...]
    encoding: str = ""
    delimiter: str = ""

    @property
    def row_count(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def read(data: bytes) -> Document:
    """Read a file by what is in it; its name is not asked. Raises ``UnreadableFile``."""
    if not data.strip():
        raise UnreadableFile(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 50 MB."), limit=MAX_BYTES)
    if data.startswith(_ZIP):
        _check_archive(data)
        return _read_excel(data)
    if data.startswith(_OLE):
        return _read_excel(data)
    return _read_text(data)


# --- Excel -----------------------------------------------------------------------------------
def _check_archive(data: bytes) -> None:
    """Refuse what would unpack too large, and sheets with cells far outside (zip bombs)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            whole = sum(member.file_size for member in members)
            packed = max(1, sum(member.compress_size for member in members))
            if len(members) > MAX_MEMBERS or whole > MAX_UNPACKED or whole > packed * MAX_RATIO:
                raise UnreadableFile(_("The file would unpack to more than is allowed."))
            for member in members:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename):
                    _check_extent(archive, member)
    except zipfile.BadZipFile as error:
        raise UnreadableFile(_("The Excel file is damaged.")) from error


def _check_extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as stream:
        text = stream.read(member.file_size + 1)
    for cell in _FULL_CELL.finditer(text):
        if int(cell[2]) > MAX_ROWS:
            raise UnreadableFile(_("There are more than 200,000 rows."), limit=MAX_ROWS)
        if _column_number(cell[1]) > MAX_COLUMNS:
            raise UnreadableFile(_("There are more than 300 columns."), limit=MAX_COLUMNS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read_excel(data: bytes) -> Document:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = []
        for sheet in book.sheets_metadata:
            values = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            rows = (tuple(map(_as_text, row)) for row in values)
            visible = sheet.visible == SheetVisibleEnum.Visible
            tables.append(Table(sheet.name, tuple(_numbered(rows)), visible))
    except CalamineError as error:
        raise UnreadableFile(_("The Excel file is damaged or protected.")) from error
    return Document(tuple(tables))


def _as_text(value: object) -> str:
    """A cell as a person would type it: 20.0 is 20, a midnight is a date."""
    if isinstance(value, str):
        return value[:MAX_CELL]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat()
    if isinstance(value, (date, datetime, time, timedelta)):
        return str(value)
    return "" if value is None else str(value)


def _numbered(rows: Iterator[tuple[str, ...]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise UnreadableFile(_("There are more than 200,000 rows."), limit=MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFile(_("There are more than 300 columns."), limit=MAX_COLUMNS)
        yield Row(number, cells)


# --- text ------------------------------------------------------------------------------------
def _read_text(data: bytes) -> Document:
    text, encoding = decode(data)
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text[:200], re.IGNORECASE):
        raise UnreadableFile(
            _("This is a web page under the name of a table. Open it and save it as .xlsx.")
        )
    delimiter = find_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = tuple(_numbered(tuple(cell[:MAX_CELL] for cell in cells) for cells in reader))
    except csv.Error as error:
        raise UnreadableFile(_("The rows of the file cannot be told apart.")) from error
    return Document((Table("", rows),), encoding, delimiter)


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: by its mark, else UTF-16, UTF-8, GBK, GB18030 in turn."""
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data, codec), name
    blank = data[:4000].count(0)
    if blank > len(data[:4000]) // 10:
        even = data[0:4000:2].count(0)
        codec, name = (
            ("utf-16-be", "UTF-16 BE") if even > blank // 2 else ("utf-16-le", "UTF-16 LE")
        )
        return _strictly(data, codec), name
    for codec, name in (("utf-8", "UTF-8"), ("gbk", "GBK"), ("gb18030", "GB18030")):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(_("The characters of the file are in no known encoding."))


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise UnreadableFile(_("The characters of the file are damaged.")) from error


def find_delimiter(text: str) -> str:
    """The sign that parts most of the first rows into the same number of columns."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:PROBE_LINES]

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        if not widths:
            return (0, 0)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (rows, width)

    return max(DELIMITERS, key=regularity)
