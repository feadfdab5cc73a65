"""What stands in cells: dates, numbers, phones, plates, VINs."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.movein import values
from chejian.movein.values import Reading, Severity

READING = Reading(date(2026, 10, 31))


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2020-10-24", date(2020, 10, 24)),
        ("2020/10/2", date(2020, 10, 2)),
        ("2020.10.02", date(2020, 10, 2)),
        ("20201024", date(2020, 10, 24)),
        ("2020年10月4日", date(2020, 10, 4)),
        ("2020年10月", date(2020, 10, 1)),
        ("2020-10", date(2020, 10, 1)),
        ("2018-05-27 00:00:00", date(2018, 5, 27)),
        ("2018/5/27 13:05", date(2018, 5, 27)),
        ("２０２０－１０－２４", date(2020, 10, 24)),
        ("42743", date(2017, 1, 8)),
        ("46356.5", date(2026, 11, 30)),
        (" 2020-10-24 ", date(2020, 10, 24)),
    ],
)
def test_dates(raw: str, day: date) -> None:
    assert values.read_date(raw, "f", READING) == values.Value(day)


@pytest.mark.parametrize(
    "raw", ["", "-", "无", "0000-00-00", "1900-01-00", "1900-01-00 00:00:00", "0"]
)
def test_no_date(raw: str) -> None:
    assert values.read_date(raw, "f", READING) == values.Value(None)


@pytest.mark.parametrize(
    ("raw", "code", "mend"),
    [
        ("2020-13-01", "date.impossible", ""),
        ("20200230", "date.impossible", ""),
        ("去年", "date.unknown", ""),
        ("123456", "date.unknown", ""),
        ("20-10-24", "date.short_year", "2020-10-24"),
        ("20-13-24", "date.impossible", ""),
    ],
)
def test_doubtful_dates(raw: str, code: str, mend: str) -> None:
    read = values.read_date(raw, "f", READING)
    assert read.value is None
    assert [(f.code, f.severity, f.mend) for f in read.findings] == [(code, Severity.WARNING, mend)]


def test_an_accepted_mend_is_taken() -> None:
    reading = Reading(READING.today, frozenset({"date.short_year", "km.ten_times"}))
    dated = values.read_date("20-10-24", "f", reading)
    driven = values.read_kilometres("1701750", "f", reading)
    assert (dated.value, dated.findings[0].severity) == (date(2020, 10, 24), Severity.MENDED)
    assert (driven.value, driven.findings[0].mend) == (170175, "170175")


def test_the_future_is_doubtful() -> None:
    read = values.read_past_date("2026-11-01", "f", READING)
    assert (read.value, read.findings[0].code) == (None, "date.future")
    assert values.read_past_date("2026-10-31", "f", READING).value == date(2026, 10, 31)


@given(st.dates(date(1951, 1, 1), date(2090, 1, 1)))
def test_every_style_means_the_same_day(day: date) -> None:
    serial = (day - values.EXCEL_EPOCH).days
    styles = [
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d} 00:00:00",
        str(serial),
    ]
    assert [values.read_date(style, "f", READING).value for style in styles] == [day] * 7


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1,234.50", "1234.50"),
        ("￥1，234.5元", "1234.5"),
        ("１２３", "123"),
        ("(12.30)", "-12.30"),
        ("（12.30）", "-12.30"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("5-", "-5"),
        ("1.2万", "12000"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("5元", "5"),
    ],
)
def test_numbers(raw: str, number: str) -> None:
    assert values.parse_number(raw) == Decimal(number)


@pytest.mark.parametrize("raw", ["", "abc", "1.2.3", "--5", "NaN", "Infinity", "十"])
def test_no_numbers(raw: str) -> None:
    assert values.parse_number(raw) is None


def test_amounts_are_rounded_once() -> None:
    assert values.read_amount("211.02000000000001", "f", READING).value == Decimal("211.02")
    assert values.read_amount("0.005", "f", READING).value == Decimal("0.01")
    assert values.read_price("48.12345", "f", READING).value == Decimal("48.1235")


@pytest.mark.parametrize(
    ("raw", "code"),
    [("abc", "number.unknown"), ("1e15", "number.too_large"), ("-3", "number.negative")],
)
def test_a_price_that_is_none_keeps_the_row_out(raw: str, code: str) -> None:
    read = values.read_price(raw, "f", READING)
    assert [(f.code, f.severity) for f in read.findings] == [(code, Severity.ERROR)]


def test_quantities() -> None:
    assert values.read_quantity("-33.42", "f", READING).value == Decimal("-33.420")
    read = values.read_quantity("4.74L", "f", READING)
    assert (read.value, read.findings[0].code) == (Decimal("4.740"), "number.unit")


@pytest.mark.parametrize(
    ("raw", "km"), [("87097", 87097), ("87,097km", 87097), ("8.7万公里", 87000), ("", None)]
)
def test_kilometres(raw: str, km: int | None) -> None:
    assert values.read_kilometres(raw, "f", READING) == values.Value(km)


@pytest.mark.parametrize(
    ("raw", "value", "code", "mend"),
    [
        ("1701750", None, "km.ten_times", "170175"),
        ("941670", None, "km.ten_times", "94167"),
        ("941671", 941671, "km.far", ""),
        ("-5", None, "km.unknown", ""),
        ("不详", None, "km.unknown", ""),
        ("99999999", None, "km.unknown", ""),
    ],
)
def test_doubtful_kilometres(raw: str, value: int | None, code: str, mend: str) -> None:
    read = values.read_kilometres(raw, "f", READING)
    assert read.value == value
    assert [(f.code, f.severity, f.mend) for f in read.findings] == [(code, Severity.WARNING, mend)]


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("+86 13272148610", "13272148610", []),
        ("1.38E+10", "", ["phone.spreadsheet"]),
        ("1676765567", "", ["phone.short"]),
        ("无", "", []),
        ("0755-82345678转8012", "0755-82345678转8012", []),
        ("hello", "", ["phone.unknown"]),
    ],
)
def test_phones(raw: str, value: str, codes: list[str]) -> None:
    read = values.read_phone(raw, "f", READING)
    assert (read.value, [f.code for f in read.findings]) == (value, codes)


@pytest.mark.parametrize(
    ("raw", "value", "found"),
    [
        ("桂a·09850", "桂A09850", []),
        ("粤B1234O", "粤B12340", [("plate.letters", Severity.MENDED)]),
        ("粤BABC12", "粤BABC12", []),
        ("没有牌子", "没有牌子", [("plate.strange", Severity.WARNING)]),
        ("无牌", "", []),
        ("", "", []),
    ],
)
def test_plates(raw: str, value: str, found: list[tuple[str, str]]) -> None:
    read = values.read_plate(raw, "f", READING)
    assert (read.value, [(f.code, f.severity) for f in read.findings]) == (value, found)


@pytest.mark.parametrize(
    ("raw", "value", "found"),
    [
        ("le4l594r8rd549344", "LE4L594R8RD549344", []),
        ("LFMHTUM7OHD709683", "LFMHTUM70HD709683", [("vin.letters", Severity.MENDED)]),
        ("LFMHTUM7OHD709684", "", [("vin.letters", Severity.WARNING)]),
        ("LC0EDAWG0RB00069", "", [("vin.short", Severity.WARNING)]),
        ("LSVNV2187E2100002", "LSVNV2187E2100002", [("vin.check_digit", Severity.WARNING)]),
        ("", "", []),
    ],
)
def test_vins(raw: str, value: str, found: list[tuple[str, str]]) -> None:
    read = values.read_vin(raw, "f", READING)
    assert (read.value, [(f.code, f.severity) for f in read.findings]) == (value, found)


def test_identities_and_kinds() -> None:
    assert values.read_identity("91350100m000100y43", "f", READING).value == "91350100M000100Y43"
    assert values.read_identity("123", "f", READING).findings[0].code == "identity.unknown"
    assert values.read_is_company("单位", "f", READING).value is True
    assert values.read_is_company("个人", "f", READING).value is False
    assert values.read_is_company("", "f", READING).value is None
    assert values.looks_like_company("东莞市顺达物流（个体）")
    assert not values.looks_like_company("解超")


def test_long_text_is_cut_and_said_so() -> None:
    read = values.read_text("长" * 600, "f", READING, 300)
    assert (len(read.value or ""), read.findings[0].code) == (300, "text.cut")
