"""Numbers by which people and companies are known: phones, identity cards, credit codes.

Pure rules: what was typed goes in, the normal form with what is wrong with it comes out. Nothing
here refuses; the forms and the move-in decide what a problem means.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.core.text import fold, squeeze


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """What can be wrong with a number of this page."""

    SPREADSHEET = "spreadsheet"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LETTERS = "letters"
    FORMAT = "format"
    CHECK_DIGIT = "check_digit"
    BIRTH_DATE = "birth_date"


PROBLEM_TEXT: dict[Problem, Promise] = {
    Problem.SPREADSHEET: _("The number was lost by a spreadsheet (1.38E+10)."),
    Problem.TOO_SHORT: _("A digit is missing."),
    Problem.TOO_LONG: _("There are too many digits."),
    Problem.LETTERS: _("There are characters that do not belong here."),
    Problem.FORMAT: _("This is not a known form of number."),
    Problem.CHECK_DIGIT: _("The check digit does not fit."),
    Problem.BIRTH_DATE: _("The date of birth inside is not a date."),
}

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})(?:(?:转|x|ext)(\d{1,6}))?")
_SERVICE = re.compile(r"(?:400\d{7}|800\d{7}|95\d{3,4}|1[02]\d{3}|12\d{3})")
_SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)e\+?(\d+)")
_PHONE_MARKS = re.compile(r"[\s\-‐-―−.()·_/]")
MOBILE_DIGITS = 11


@dataclass(frozen=True)
class ParsedPhone:
    """A phone in the form it is stored and searched; ``extension`` without its mark.

    ``known_digits`` are the leading digits that a spreadsheet left (1.38E+10 gives 138).
    """

    text: str
    kind: PhoneKind
    valid: bool
    problems: tuple[Problem, ...] = ()
    extension: str = ""
    known_digits: str = ""


def parse_phone(raw: str) -> ParsedPhone:
    """Normalise a mobile, landline (with area code) or service number (domain.md 3.4).

    Drops +86, 0086, spaces, dashes, dots and full width; a landline keeps one dash after the area
    code. An empty text is valid and empty.
    """
    folded = squeeze(raw).lower()
    lost = _SCIENTIFIC.fullmatch(folded)
    if lost:
        digits = lost[1].replace(".", "")
        return ParsedPhone(
            fold(raw), PhoneKind.UNKNOWN, False, (Problem.SPREADSHEET,), known_digits=digits
        )
    digits = _without_country(_PHONE_MARKS.sub("", folded.removesuffix(".0")))
    if not digits:
        return ParsedPhone("", PhoneKind.UNKNOWN, True)
    return _recognise_phone(digits)


def _without_country(digits: str) -> str:
    for prefix in ("+86", "0086"):
        if digits.startswith(prefix):
            return _trunk_zero(digits.removeprefix(prefix))
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        return digits[2:]
    return digits[1:] if _MOBILE.fullmatch(digits[1:]) and digits[0] == "0" else digits


def _trunk_zero(digits: str) -> str:
    """After +86 an area code stands without its zero: +86 755 8234 5678."""
    if digits.startswith(("0", "400", "800")) or _MOBILE.fullmatch(digits):
        return digits
    return f"0{digits}" if _LANDLINE.fullmatch(f"0{digits}") else digits


def _recognise_phone(digits: str) -> ParsedPhone:
    if _MOBILE.fullmatch(digits):
        return ParsedPhone(digits, PhoneKind.MOBILE, True)
    landline = _LANDLINE.fullmatch(digits)
    if landline:
        number = f"{landline[1]}-{landline[2]}"
        return ParsedPhone(number, PhoneKind.LANDLINE, True, extension=landline[3] or "")
    if _SERVICE.fullmatch(digits):
        return ParsedPhone(digits, PhoneKind.SERVICE, True)
    return ParsedPhone(digits, PhoneKind.UNKNOWN, False, (_phone_problem(digits),))


def _phone_problem(digits: str) -> Problem:
    if not digits.isdigit():
        return Problem.LETTERS
    if re.match(r"1[3-9]", digits):
        return Problem.TOO_SHORT if len(digits) < MOBILE_DIGITS else Problem.TOO_LONG
    return Problem.FORMAT


def is_mobile(value: str) -> bool:
    return _MOBILE.fullmatch(value) is not None


def could_be(damaged: ParsedPhone, good: str) -> bool:
    """Whether a damaged number may once have been ``good``.

    Either it rounds to what the spreadsheet left, or one digit dropped out of it.
    """
    if damaged.valid or not is_mobile(good):
        return False
    if damaged.known_digits:
        lost = 10 ** (MOBILE_DIGITS - len(damaged.known_digits))
        return str((int(good) + lost // 2) // lost) == damaged.known_digits
    if len(damaged.text) != MOBILE_DIGITS - 1:
        return False
    return any(good[:i] + good[i + 1 :] == damaged.text for i in range(MOBILE_DIGITS))


def mask_phone(value: str) -> str:
    """138****8000; a landline keeps its area code and last two digits."""
    if is_mobile(value):
        return f"{value[:3]}****{value[-4:]}"
    if "-" in value:
        area, number = value.split("-", 1)
        return f"{area}-****{number[-2:]}"
    return f"{value[:3]}****{value[-2:]}" if len(value) > 5 else "****" if value else ""


def mask_number(value: str, *, head: int = 4, tail: int = 4) -> str:
    """Identity cards, bank accounts: the first and last four, a star for each other sign."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return f"{value[:head]}{'*' * (len(value) - head - tail)}{value[-tail:]}"


def mask_name(value: str) -> str:
    """解*, 梁*伟, for a person's name on a screen that others can see."""
    if len(value) < 2:
        return value
    return f"{value[0]}*" if len(value) == 2 else f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"


# --- identity card (GB 11643-1999) -----------------------------------------------------------
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
ID_LENGTH = 18


@dataclass(frozen=True)
class ParsedIdentityCard:
    text: str
    valid: bool
    problems: tuple[Problem, ...] = ()
    birth_date: date | None = None
    male: bool | None = None


def parse_identity_card(raw: str) -> ParsedIdentityCard:
    """An 18-digit identity number: weights and check digit of GB 11643, digit 17 odd = male.

    Written in capitals without spaces. The old 15-digit numbers ended in 2013 and are refused.
    """
    text = squeeze(raw).upper().replace("-", "")
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return ParsedIdentityCard(text, False, (_length_problem(text, ID_LENGTH),))
    born = _date_in(text[6:14])
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    problems = []
    if born is None:
        problems.append(Problem.BIRTH_DATE)
    if _ID_CHECK[total % 11] != text[17]:
        problems.append(Problem.CHECK_DIGIT)
    male = int(text[16]) % 2 == 1
    return ParsedIdentityCard(text, not problems, tuple(problems), born, male)


def _date_in(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _length_problem(text: str, length: int) -> Problem:
    if len(text) == length:
        return Problem.LETTERS
    return Problem.TOO_SHORT if len(text) < length else Problem.TOO_LONG


# --- unified social credit code (GB 32100-2015) ----------------------------------------------
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_LENGTH = 18


@dataclass(frozen=True)
class ParsedCreditCode:
    text: str
    valid: bool
    problems: tuple[Problem, ...] = ()


def parse_credit_code(raw: str) -> ParsedCreditCode:
    """A company's 18-sign code (统一社会信用代码), also its tax number: no I, O, S, V, Z.

    Check sign: (31 - sum(value x 3^i mod 31) mod 31) mod 31.
    """
    text = squeeze(raw).upper().replace("-", "")
    if len(text) != _USCC_LENGTH or any(sign not in _USCC_SIGNS for sign in text):
        return ParsedCreditCode(text, False, (_length_problem(text, _USCC_LENGTH),))
    total = sum(_USCC_SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(text[:17]))
    if _USCC_SIGNS[-total % 31] != text[17]:
        return ParsedCreditCode(text, False, (Problem.CHECK_DIGIT,))
    return ParsedCreditCode(text, True)
