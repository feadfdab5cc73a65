"""Phones, identity cards, credit codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.parties import identity
from chejian.parties.identity import PhoneKind, Problem


@pytest.mark.parametrize(
    ("raw", "text", "kind"),
    [
        ("13531969374", "13531969374", PhoneKind.MOBILE),
        (" 19434101039", "19434101039", PhoneKind.MOBILE),
        ("+86 13272148610", "13272148610", PhoneKind.MOBILE),
        ("0086-138-0013-8000", "13800138000", PhoneKind.MOBILE),
        ("8613800138000", "13800138000", PhoneKind.MOBILE),
        ("013800138000", "13800138000", PhoneKind.MOBILE),
        ("１４３０４９９３６１６", "14304993616", PhoneKind.MOBILE),
        ("192-2566-6054", "19225666054", PhoneKind.MOBILE),
        ("138 0013 8000", "13800138000", PhoneKind.MOBILE),
        ("13800138000.0", "13800138000", PhoneKind.MOBILE),
        ("0755-82345678", "0755-82345678", PhoneKind.LANDLINE),
        ("(010)82345678", "010-82345678", PhoneKind.LANDLINE),
        ("07711234567", "0771-1234567", PhoneKind.LANDLINE),
        ("+86 755 8234 5678", "0755-82345678", PhoneKind.LANDLINE),
        ("400-810-8888", "4008108888", PhoneKind.SERVICE),
        ("95518", "95518", PhoneKind.SERVICE),
        ("12315", "12315", PhoneKind.SERVICE),
    ],
)
def test_phones(raw: str, text: str, kind: PhoneKind) -> None:
    assert identity.parse_phone(raw) == identity.ParsedPhone(text, kind, True)


def test_extension_stands_apart() -> None:
    parsed = identity.parse_phone("0755-82345678转8012")
    assert (parsed.text, parsed.extension, parsed.valid) == ("0755-82345678", "8012", True)


def test_no_phone_is_no_problem() -> None:
    assert identity.parse_phone("  ") == identity.ParsedPhone("", PhoneKind.UNKNOWN, True)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("1.38E+10", Problem.SPREADSHEET),
        ("1.51e+10", Problem.SPREADSHEET),
        ("1E10", Problem.SPREADSHEET),
        ("1676765567", Problem.TOO_SHORT),
        ("138001380001", Problem.TOO_LONG),
        ("1380013800o", Problem.LETTERS),
        ("12001380000", Problem.FORMAT),
        ("82345678", Problem.FORMAT),
    ],
)
def test_broken_phones(raw: str, problem: Problem) -> None:
    parsed = identity.parse_phone(raw)
    assert (parsed.valid, parsed.problems) == (False, (problem,))
    assert problem in identity.PROBLEM_TEXT


@pytest.mark.parametrize(
    ("raw", "good", "answer"),
    [
        ("1441579322", "14415793221", True),
        ("1612655097", "16126550973", True),
        ("1.41E+10", "14085851729", True),
        ("1.67E+10", "16749254726", True),
        ("1.67E+10", "16755254726", False),
        ("1.41E+10", "14150851729", False),
        ("1441579322", "14415793331", False),
        ("14415793221", "14415793221", False),
        ("1441579322", "0755-82345678", False),
    ],
)
def test_a_damaged_number_may_have_been(raw: str, good: str, answer: bool) -> None:
    assert identity.could_be(identity.parse_phone(raw), good) is answer


@given(st.integers(13_000_000_000, 19_999_999_999), st.integers(0, 10))
def test_a_lost_digit_is_always_recognised(number: int, place: int) -> None:
    good = str(number)
    damaged = identity.parse_phone(good[:place] + good[place + 1 :])
    if not damaged.valid:
        assert identity.could_be(damaged, good)


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_a_mobile_survives_any_dressing(number: int) -> None:
    good = str(number)
    for raw in (f"+86 {good}", f"{good[:3]}-{good[3:7]}-{good[7:]}", f" {good} ", f"0{good}"):
        assert identity.parse_phone(raw).text == good


@given(st.text(max_size=30))
def test_any_text_is_parsed(raw: str) -> None:
    parsed = identity.parse_phone(raw)
    assert parsed.valid is not bool(parsed.problems)


def test_masks() -> None:
    assert identity.mask_phone("13800138000") == "138****8000"
    assert identity.mask_phone("0755-82345678") == "0755-****78"
    assert identity.mask_phone("95518") == "****"
    assert identity.mask_phone("") == ""
    assert identity.mask_number("11010519491231002X") == "1101**********002X"
    assert identity.mask_number("123") == "***"
    assert identity.mask_name("解超") == "解*"
    assert identity.mask_name("梁涛伟") == "梁*伟"


def test_identity_card() -> None:
    parsed = identity.parse_identity_card("11010519491231002x")
    assert parsed == identity.ParsedIdentityCard(
        "11010519491231002X", True, (), date(1949, 12, 31), False
    )


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ("110105194912310021", (Problem.CHECK_DIGIT,)),
        ("11010519491331002X", (Problem.BIRTH_DATE, Problem.CHECK_DIGIT)),
        ("1101051949123100", (Problem.TOO_SHORT,)),
        ("11010519491231002X1", (Problem.TOO_LONG,)),
        ("1101051949123100AX", (Problem.LETTERS,)),
    ],
)
def test_broken_identity_cards(raw: str, problems: tuple[Problem, ...]) -> None:
    parsed = identity.parse_identity_card(raw)
    assert (parsed.valid, parsed.problems) == (False, problems)


@pytest.mark.parametrize("raw", ["91350100M000100Y43", " 91350100m000100y43 "])
def test_credit_code(raw: str) -> None:
    assert identity.parse_credit_code(raw) == identity.ParsedCreditCode("91350100M000100Y43", True)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("91350100M000100Y34", Problem.CHECK_DIGIT),
        ("91350100M000100Y4", Problem.TOO_SHORT),
        ("91350100M000100Y4O", Problem.LETTERS),
    ],
)
def test_broken_credit_codes(raw: str, problem: Problem) -> None:
    assert identity.parse_credit_code(raw).problems == (problem,)


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_never_passes(place: int, sign: str) -> None:
    good = "91350100M000100Y43"
    changed = good[:place] + sign + good[place + 1 :]
    assert identity.parse_credit_code(changed).valid is (changed == good)
