"""Exports: every value as its own kind, nothing that runs, memory that stays flat."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from chejian.core.exports import Format, Heading, Kind, Table, answer, write_file
from chejian.core.exports.escaping import LONGEST, harmless, runs

HEADINGS = [
    Heading("name", "客户"),
    Heading("total", "金额", Kind.MONEY),
    Heading("hours", "工时", Kind.QUANTITY),
    Heading("count", "台次", Kind.NUMBER),
    Heading("rate", "税率", Kind.RATE),
    Heading("on", "日期", Kind.DATE),
    Heading("at", "时间", Kind.MOMENT),
    Heading("yes", "会员", Kind.YES_NO),
]
ROW = [
    "王芳", Decimal("1234.50"), Decimal("1.500"), 3, Decimal("0.1300"), date(2026, 3, 12),
    datetime(2026, 3, 12, 9, 30, tzinfo=UTC), True,
]


def table(rows, headings=HEADINGS, facts=()) -> Table:
    return Table("工单", headings, rows, facts=facts)


def as_csv(made: Table) -> list[list[str]]:
    file = BytesIO()
    write_file(made, Format.CSV, file)
    data = file.getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def as_book(made: Table) -> CalamineWorkbook:
    file = BytesIO()
    write_file(made, Format.XLSX, file)
    file.seek(0)
    return CalamineWorkbook.from_filelike(file)


def test_csv_writes_each_kind():
    assert as_csv(table([ROW, [None] * 8])) == [
        [str(head.label) for head in HEADINGS],
        ["王芳", "1234.50", "1.5", "3", "13%", "2026-03-12", "2026-03-12 17:30:00", "是"],
        [""] * 8,
    ]


def test_a_workbook_holds_real_figures_and_dates():
    book = as_book(table([ROW], facts=[("状态", "已结算")]))
    assert book.sheet_names == ["工单", "说明"]
    assert book.get_sheet_by_name("工单").to_python()[1] == [
        "王芳", 1234.5, 1.5, 3.0, 0.13, date(2026, 3, 12), datetime(2026, 3, 12, 17, 30), "是",  # noqa: DTZ001 - a workbook knows no zone
    ]
    assert book.get_sheet_by_name("说明").to_python() == [["状态", "已结算"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u3000=1", "＝1"]
)
def test_a_text_never_becomes_a_formula(text):
    assert runs(text)
    assert harmless(text) == f"'{text}"
    one = [Heading("a", "a")]
    assert as_csv(table([[text]], one))[1] == [f"'{text}"]
    file = BytesIO()
    write_file(table([[text]], one), Format.XLSX, file)
    assert b"<f>" not in _sheet_xml(file)
    assert b"quotePrefix" in _styles(file)


@pytest.mark.parametrize("text", ["王芳", "A-1", "3=3", "'x", "—", ""])
def test_an_ordinary_text_stays(text):
    assert harmless(text) == text


def test_a_negative_figure_stays_a_figure():
    one = [Heading("a", "a", Kind.MONEY)]
    assert as_csv(table([[Decimal("-5.00")]], one))[1] == ["-5.00"]


def test_headings_of_a_person_are_escaped_too():
    named = table([], [Heading("a", "A"), Heading("b", "B")]).named({"a": "=cmd"})
    assert as_csv(named)[0] == ["'=cmd", "B"]


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    text = as_book(table([["x" * 40_000]], [Heading("a", "a")])).get_sheet_by_index(0)
    cell = text.to_python()[1][0]
    assert len(cell) == LONGEST
    assert cell.endswith("…")


def test_the_title_may_hold_what_a_sheet_may_not():
    book = as_book(Table("a/b:[c]*?" + "长" * 40, [Heading("a", "a")], [["x"]]))
    assert len(book.sheet_names[0]) <= 31


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr("chejian.core.exports.xlsx_file.SHEET_ROWS", 3)
    book = as_book(table([[n] for n in range(7)], [Heading("a", "a", Kind.NUMBER)]))
    assert book.sheet_names == ["工单", "工单 (2)", "工单 (3)"]
    assert book.get_sheet_by_index(2).to_python() == [["a"], [6.0]]


def test_the_answer_has_a_chinese_name_and_is_kept_by_nobody():
    reply = answer(table([ROW]), Format.CSV)
    assert reply["Content-Disposition"].endswith("filename*=UTF-8''%E5%B7%A5%E5%8D%95.csv")
    assert reply["Cache-Control"] == "no-store"
    assert b"".join(reply).decode("utf-8-sig").startswith("客户,金额")


def test_progress_is_told():
    told: list[int] = []
    rows = ([n] for n in range(1200))
    one = [Heading("a", "a", Kind.NUMBER)]
    assert write_file(table(rows, one), Format.CSV, BytesIO(), told.append) == 1200
    assert told == [500, 1000]


@pytest.mark.slow
@pytest.mark.parametrize("form", [Format.XLSX, Format.CSV])
def test_memory_stays_flat(form, tmp_path):
    """Ten times the rows need no more memory."""

    def peak(rows: int) -> int:
        with (tmp_path / "out").open("wb") as file:
            tracemalloc.start()
            write_file(table(iter([ROW] * rows)), form, file)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    small, large = peak(1_000), peak(10_000)
    assert large < small + 1_500_000


def _sheet_xml(file: BytesIO) -> bytes:
    return _member(file, "xl/worksheets/sheet1.xml")


def _styles(file: BytesIO) -> bytes:
    return _member(file, "xl/styles.xml")


def _member(file: BytesIO, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(file) as book:
        return book.read(name)
