"""VINs: check digit, slips of hand, maker and year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vininfo import Vin

from chejian.vehicles import vin
from chejian.vehicles.vin import VinProblem

GOOD = "LSVNV2187E2100001"


def parse(raw: str) -> vin.ParsedVin:
    return vin.parse_vin(raw, this_year=2026)


@pytest.mark.parametrize(
    ("raw", "maker", "brand", "year"),
    [
        (GOOD, "上汽大众", "大众", 2014),
        ("le4l594r8rd549344", "北京奔驰", "奔驰", 2024),
        ("LVGGXBBB1HG719830", "广汽丰田", "丰田", 2017),
        (" LFV208B76HE737549 ", "一汽-大众", "", 2017),
        ("ＬＲＷＹ６ＢＲＭ７ＫＢ８３７２２３", "特斯拉上海", "特斯拉", 2019),
        ("LSG-9JP4D-7RF597687", "上汽通用", "", 2024),
    ],
)
def test_good_vins(raw: str, maker: str, brand: str, year: int) -> None:
    parsed = parse(raw)
    assert (parsed.valid, parsed.problems, parsed.mended) == (True, (), "")
    assert (parsed.maker, parsed.brand, parsed.model_year) == (maker, brand, year)


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("LFMHTUM7OHD709683", "LFMHTUM70HD709683"),
        ("LVVWU8P8XN24934O6", "LVVWU8P8XN2493406"),
        ("LCO38YB23P1616322", "LC038YB23P1616322"),
    ],
)
def test_letters_for_digits_are_mended_when_the_check_digit_agrees(raw: str, mended: str) -> None:
    parsed = parse(raw)
    assert parsed.problems == (VinProblem.LETTERS_IOQ,)
    assert (parsed.mended, parsed.mend_sure, parsed.valid) == (mended, True, False)
    assert parsed.maker


def test_a_mend_that_does_not_check_is_only_offered() -> None:
    parsed = parse("LFMHTUM7OHD709684")
    assert (parsed.mended, parsed.mend_sure) == ("LFMHTUM70HD709684", False)


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ("", (VinProblem.EMPTY,)),
        ("车架号", (VinProblem.CHARACTERS,)),
        ("LC0EDAWG0RB00069", (VinProblem.TOO_SHORT,)),
        (GOOD + "1", (VinProblem.TOO_LONG,)),
        ("LSVNV2187E2100002", (VinProblem.CHECK_DIGIT,)),
        ("LSVNV2187E21OO", (VinProblem.LETTERS_IOQ, VinProblem.TOO_SHORT)),
    ],
)
def test_broken_vins(raw: str, problems: tuple[VinProblem, ...]) -> None:
    parsed = parse(raw)
    assert (parsed.valid, parsed.problems) == (False, problems)
    assert parsed.blocking is (problems != (VinProblem.CHECK_DIGIT,))
    assert all(problem in vin.PROBLEM_TEXT for problem in problems)


@pytest.mark.parametrize(
    ("sign", "this_year", "year"),
    [
        ("A", 2026, 2010),
        ("H", 2026, 2017),
        ("J", 2026, 2018),
        ("K", 2026, 2019),
        ("S", 2026, 2025),
        ("T", 2026, 2026),
        ("V", 2026, 2027),
        ("W", 2026, 1998),
        ("Y", 2026, 2000),
        ("1", 2026, 2001),
        ("9", 2026, 2009),
        ("1", 2030, 2031),
        ("A", 2008, 1980),
        ("A", 2009, 2010),
        ("I", 2026, None),
        ("0", 2026, None),
        ("U", 2026, None),
        ("Z", 2026, None),
        ("", 2026, None),
    ],
)
def test_model_year(sign: str, this_year: int, year: int | None) -> None:
    assert vin.model_year(sign, this_year) == year


def test_makers_outside_the_table_come_from_vininfo() -> None:
    assert vin.find_maker("JDAXXXXXXXXXXXXXX")[0]
    assert vin.find_maker("ZZZ00000000000000") == ("", "")


def test_mask() -> None:
    assert vin.mask_vin(GOOD) == "LSV**********0001"


@given(st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=17, max_size=17))
def test_the_check_digit_agrees_with_vininfo(text: str) -> None:
    assert vin.check_digit_fits(text) is bool(Vin(text).verify_checksum(check_year=False))


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_seen(place: int, sign: str) -> None:
    """Except where two signs have the same value, or the place is the check digit itself."""
    changed = GOOD[:place] + sign + GOOD[place + 1 :]
    same = vin.VALUES[sign] == vin.VALUES[GOOD[place]] and place != vin.CHECK_PLACE
    assert vin.check_digit_fits(changed) is (changed == GOOD or same)


@given(st.text(max_size=30))
def test_any_text_is_parsed(raw: str) -> None:
    parsed = parse(raw)
    assert parsed.valid is not bool(parsed.problems)
