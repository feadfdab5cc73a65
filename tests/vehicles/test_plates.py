"""Every format of plate, and what goes wrong in old files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.vehicles import plates
from chejian.vehicles.plates import PlateColour, PlateKind, PlateProblem


@pytest.mark.parametrize(
    ("raw", "text", "kind", "colour"),
    [
        ("粤B12345", "粤B12345", PlateKind.SMALL, PlateColour.BLUE),
        ("沪C084KM", "沪C084KM", PlateKind.SMALL, PlateColour.BLUE),
        ("京AA0001", "京AA0001", PlateKind.SMALL, PlateColour.BLUE),
        ("京O12345", "京O12345", PlateKind.SMALL, PlateColour.BLUE),
        ("粤BD12345", "粤BD12345", PlateKind.SMALL_NEV, PlateColour.GREEN),
        ("湘ADR9895", "湘ADR9895", PlateKind.SMALL_NEV, PlateColour.GREEN),
        ("粤BK12345", "粤BK12345", PlateKind.SMALL_NEV, PlateColour.GREEN),
        ("粤B12345D", "粤B12345D", PlateKind.LARGE_NEV, PlateColour.YELLOW_GREEN),
        ("粤B12345F", "粤B12345F", PlateKind.LARGE_NEV, PlateColour.YELLOW_GREEN),
        ("粤B1234警", "粤B1234警", PlateKind.POLICE, PlateColour.WHITE),
        ("粤B123A学", "粤B123A学", PlateKind.LEARNER, PlateColour.YELLOW),
        ("粤B1234挂", "粤B1234挂", PlateKind.TRAILER, PlateColour.YELLOW),
        ("粤Z1234港", "粤Z1234港", PlateKind.HONG_KONG, PlateColour.BLACK),
        ("粤ZA12B澳", "粤ZA12B澳", PlateKind.MACAU, PlateColour.BLACK),
        ("114578使", "114578使", PlateKind.EMBASSY, PlateColour.BLACK),
        ("使114578", "使114578", PlateKind.EMBASSY, PlateColour.BLACK),
        ("粤A0123领", "粤A0123领", PlateKind.CONSULATE, PlateColour.BLACK),
        ("沪00123领", "沪00123领", PlateKind.CONSULATE, PlateColour.BLACK),
        ("WJ粤1234X", "WJ粤1234X", PlateKind.ARMED_POLICE, PlateColour.WHITE),
        ("WJ31002", "WJ31002", PlateKind.ARMED_POLICE, PlateColour.WHITE),
        ("军A12345", "军A12345", PlateKind.ARMY, PlateColour.WHITE),
        ("VA12345", "VA12345", PlateKind.ARMY, PlateColour.WHITE),
        ("粤B12345临", "粤B12345临", PlateKind.TEMPORARY, PlateColour.WHITE),
        ("临粤B12345", "临粤B12345", PlateKind.TEMPORARY, PlateColour.WHITE),
        ("粤B1234试", "粤B1234试", PlateKind.TEST, PlateColour.WHITE),
        ("粤B1234超", "粤B1234超", PlateKind.OTHER, PlateColour.NONE),
        ("无牌照", "无牌", PlateKind.NONE, PlateColour.NONE),
        ("未上牌", "无牌", PlateKind.NONE, PlateColour.NONE),
    ],
)
def test_every_format(raw: str, text: str, kind: PlateKind, colour: PlateColour) -> None:
    parsed = plates.parse_plate(raw)
    assert (parsed.text, parsed.kind, parsed.colour) == (text, kind, colour)
    assert parsed.valid
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "raw", ["粤B·12345", "粤B 12345", "粤b12345", "粤Ｂ－１２３４５", " 粤B.123-45 ", "粤B•12345"]
)
def test_all_dressings_are_one_plate(raw: str) -> None:
    parsed = plates.parse_plate(raw)
    assert (parsed.text, parsed.province, parsed.authority) == ("粤B12345", "粤", "B")


@pytest.mark.parametrize(
    ("raw", "problem", "mended"),
    [
        ("", PlateProblem.EMPTY, ""),
        ("粤B1234O", PlateProblem.LETTER_IO, "粤B12340"),
        ("粤BDI2345", PlateProblem.LETTER_IO, "粤BD12345"),
        ("B12345", PlateProblem.PROVINCE, ""),
        ("粤B1234", PlateProblem.LENGTH, ""),
        ("粤B1234567", PlateProblem.LENGTH, ""),
        ("粤BM12345", PlateProblem.FORMAT, ""),
        ("粤I12345", PlateProblem.FORMAT, ""),
        ("某某某某某某某", PlateProblem.PROVINCE, ""),
    ],
)
def test_what_is_wrong(raw: str, problem: PlateProblem, mended: str) -> None:
    parsed = plates.parse_plate(raw)
    assert (parsed.valid, parsed.problems, parsed.mended) == (False, (problem,), mended)
    assert problem in plates.PROBLEM_TEXT


def test_three_letters_are_a_warning_only() -> None:
    parsed = plates.parse_plate("粤BABC12")
    assert (parsed.kind, parsed.problems) == (PlateKind.SMALL, (PlateProblem.MANY_LETTERS,))


def test_a_given_kind_wins() -> None:
    parsed = plates.parse_plate("粤B12345", kind="01")
    assert (parsed.kind, parsed.colour) == (PlateKind.LARGE, PlateColour.YELLOW)
    assert plates.parse_plate("粤B12345", kind="77").kind is PlateKind.SMALL


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("粤BD12345", "粤B·D12345"),
        ("粤Z1234港", "粤Z·1234港"),
        ("114578使", "114578使"),
        ("WJ31002", "WJ31002"),
        ("无牌", "无牌"),
        ("", ""),
    ],
)
def test_display(text: str, shown: str) -> None:
    assert plates.display(text) == shown


def test_search_keys() -> None:
    assert plates.search_keys("粤BD1234") == ["粤bd1234", "bd1234", "d1234", "1234", "234", "34"]
    assert plates.search_keys("无牌") == []


def test_mask() -> None:
    assert plates.mask_plate("粤BD12345") == "粤B·D1***5"
    assert plates.mask_plate("无牌") == "无牌"


SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@given(
    st.sampled_from(plates.PROVINCES),
    st.sampled_from("ABCDEFGH"),
    st.text(SIGNS, min_size=5, max_size=5),
)
def test_parsing_twice_changes_nothing(province: str, authority: str, serial: str) -> None:
    once = plates.parse_plate(plates.display(province + authority + serial))
    assert plates.parse_plate(once.text) == once
    assert once.kind is PlateKind.SMALL


@given(st.text(max_size=20))
def test_any_text_is_parsed(raw: str) -> None:
    parsed = plates.parse_plate(raw)
    assert parsed.valid is not bool(parsed.problems)
    assert plates.display(parsed.text).replace("·", "") == parsed.text
