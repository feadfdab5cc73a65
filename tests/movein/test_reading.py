"""Files in every encoding, Excel, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.utils.translation import override

from chejian.movein import reading
from chejian.movein.reading import UnreadableFile

FILES = Path(__file__).parent.parent / "data" / "move-in"
TEXT = "客户名称,手机,车牌号\r\n解超,13531969374,粤U6Z907\r\n"


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8 BOM"),
        ("gbk", b"", "GBK"),
        ("utf-16-le", b"\xff\xfe", "UTF-16 LE"),
        ("utf-16-be", b"\xfe\xff", "UTF-16 BE"),
        ("utf-16-le", b"", "UTF-16 LE"),
        ("utf-16-be", b"", "UTF-16 BE"),
    ],
)
def test_every_encoding_gives_the_same_rows(codec: str, mark: bytes, name: str) -> None:
    document = reading.read(mark + TEXT.encode(codec))
    assert document.encoding == name
    assert [row.cells for row in document.tables[0].rows] == [
        ("客户名称", "手机", "车牌号"),
        ("解超", "13531969374", "粤U6Z907"),
    ]


def test_a_rare_character_needs_gb18030() -> None:
    data = "客户名称,手机\n𠮷田,13531969374\n".encode("gb18030")
    document = reading.read(data)
    assert document.encoding == "GB18030"
    assert document.tables[0].rows[1].cells[0] == "𠮷田"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "某店 客户表\n" + TEXT.replace(",", delimiter)
    document = reading.read(text.encode())
    assert document.delimiter == delimiter
    assert len(document.tables[0].rows[1].cells) == 3


def test_quotes_keep_commas_and_line_ends() -> None:
    document = reading.read('名称,备注\n"甲,乙","一\n二"\n丙,\n'.encode())
    assert [row.cells for row in document.tables[0].rows][1:] == [("甲,乙", "一\n二"), ("丙", "")]
    assert [row.number for row in document.tables[0].rows] == [1, 2, 3]


def test_the_real_files() -> None:
    cars = reading.read((FILES / "客户车辆.csv").read_bytes())
    parts = reading.read((FILES / "配件库存.xlsx").read_bytes())
    controls = reading.read((FILES / "对账控制数.csv").read_bytes())
    assert (cars.encoding, cars.row_count) == ("GBK", 3552)
    assert [(table.name, len(table.rows)) for table in parts.tables] == [("库存", 826), ("说明", 1)]
    assert parts.tables[0].rows[3].cells[:7] == (
        "B9705472", "发动机盖", "2019款 1.5T", "长安CS75", "玲珑", "块", "767",
    )  # fmt: skip
    assert (controls.encoding, controls.row_count) == ("UTF-8 BOM", 12)


def _excel(*cells: tuple[int, int, object]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for row, column, value in cells:
        sheet.write(row, column, value)
    book.close()
    return buffer.getvalue()


def test_excel_numbers_become_what_was_typed() -> None:
    table = reading.read(_excel((0, 0, 13531969374), (0, 1, 23.78), (0, 2, True), (2, 0, "x")))
    assert [row.cells for row in table.tables[0].rows] == [
        ("13531969374", "23.78", "1"),
        ("", "", ""),
        ("x", "", ""),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"PK\x03\x04 not an archive at all", "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x01" * 600, "damaged"),
        (b"\x81\xff\x81\xff" * 10, "encoding"),
        (b"\xef\xbb\xbf\xff\xff", "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        reading.read(data)
    with override("en"):
        assert words in str(caught.value.message)


def test_size_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(UnreadableFile):
        reading.read(TEXT.encode())


def test_row_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 1)
    with pytest.raises(UnreadableFile):
        reading.read(TEXT.encode())


def test_a_zip_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(UnreadableFile) as caught:
        reading.read(buffer.getvalue())
    with override("en"):
        assert "unpack" in str(caught.value.message)


@pytest.mark.parametrize(("row", "column"), [(250_000, 0), (0, 16_000)])
def test_a_cell_far_outside_is_refused(row: int, column: int) -> None:
    with pytest.raises(UnreadableFile):
        reading.read(_excel((0, 0, "a"), (row, column, "b")))
