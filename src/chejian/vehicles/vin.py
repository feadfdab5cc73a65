"""Vehicle identification numbers (GB 16735, ISO 3779): normal form, check digit, maker and year.

The check digit warns and never refuses: cars imported from Europe may not have one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from vininfo import Vin
from vininfo.exceptions import VininfoException

from chejian.core.text import squeeze
from chejian.vehicles.makers import MAKERS

LENGTH = 17
VALUES: dict[str, int] = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECK_PLACE = 8
YEAR_PLACE = 9
YEAR_SIGNS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # 1980 to 2009, then again
FIRST_YEAR = 1980
_MARKS = re.compile(r"[^0-9A-Z]")
_SLIPS = str.maketrans("OQI", "001")
UNKNOWN_MAKERS = {"UnsupportedBrand", ""}


class VinProblem(StrEnum):
    EMPTY = "empty"
    LETTERS_IOQ = "letters_ioq"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"


PROBLEM_TEXT: dict[VinProblem, Promise] = {
    VinProblem.EMPTY: _("No VIN is given."),
    VinProblem.LETTERS_IOQ: _("A VIN has no letters I, O and Q: 1 and 0 are meant."),
    VinProblem.TOO_SHORT: _("A VIN has 17 signs; some are missing."),
    VinProblem.TOO_LONG: _("A VIN has 17 signs; there are too many."),
    VinProblem.CHARACTERS: _("There are characters that do not belong in a VIN."),
    VinProblem.CHECK_DIGIT: _("The check digit does not fit: a sign may be mistyped."),
}


@dataclass(frozen=True)
class ParsedVin:
    """``mended`` is offered when letters were taken for digits; ``mend_sure`` when it then checks.

    ``maker`` and ``brand`` are Chinese where our table knows them; a maker of several brands leaves
    ``brand`` empty.
    """

    text: str
    valid: bool
    problems: tuple[VinProblem, ...] = ()
    mended: str = ""
    mend_sure: bool = False
    maker: str = ""
    brand: str = ""
    model_year: int | None = None

    @property
    def blocking(self) -> bool:
        """Not a VIN at all; a wrong check digit alone does not block."""
        return any(problem is not VinProblem.CHECK_DIGIT for problem in self.problems)


def normalise(raw: str) -> str:
    """Capitals, half width, letters and digits only."""
    return _MARKS.sub("", squeeze(raw).upper())


def check_digit(vin: str) -> str:
    """The sign that belongs at place 9: sum of value x weight mod 11, 10 is X."""
    rest = sum(VALUES[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def check_digit_fits(vin: str) -> bool:
    return (
        len(vin) == LENGTH
        and all(sign in VALUES for sign in vin)
        and check_digit(vin) == vin[CHECK_PLACE]
    )


def model_year(sign: str, this_year: int) -> int | None:
    """The later year the sign can mean that is not after next year: L in 2026 is 2020."""
    place = YEAR_SIGNS.find(sign)
    if place < 0 or not sign:
        return None
    candidates = range(FIRST_YEAR + place, this_year + 2, len(YEAR_SIGNS))
    return candidates[-1] if candidates else None


def find_maker(vin: str) -> tuple[str, str]:
    """Maker and brand by the first three signs: our own table, then vininfo's."""
    known = MAKERS.get(vin[:3])
    if known:
        return known
    try:
        name = str(Vin(vin).manufacturer or "")
    except (VininfoException, ValueError, KeyError):
        return "", ""
    return ("", "") if name in UNKNOWN_MAKERS else (name, "")


def parse_vin(raw: str, *, this_year: int) -> ParsedVin:
    """Normalise and judge a VIN; decode it where it is one (or where its mend is)."""
    folded = squeeze(raw).upper()
    text = normalise(raw)
    if not text:
        problem = VinProblem.CHARACTERS if folded else VinProblem.EMPTY
        return ParsedVin(text, False, (problem,))
    problems, mended = _judge(text)
    subject = mended or text
    if len(subject) != LENGTH:
        return ParsedVin(text, False, problems, mended)
    maker, brand = find_maker(subject)
    return ParsedVin(
        text,
        not problems,
        problems,
        mended,
        bool(mended) and check_digit_fits(mended),
        maker,
        brand,
        model_year(subject[YEAR_PLACE], this_year),
    )


def _judge(text: str) -> tuple[tuple[VinProblem, ...], str]:
    problems: list[VinProblem] = []
    mended = text.translate(_SLIPS)
    if mended != text:
        problems.append(VinProblem.LETTERS_IOQ)
    if len(text) != LENGTH:
        short = len(text) < LENGTH
        problems.append(VinProblem.TOO_SHORT if short else VinProblem.TOO_LONG)
    elif mended == text and not check_digit_fits(text):
        problems.append(VinProblem.CHECK_DIGIT)
    return tuple(problems), "" if mended == text else mended


def mask_vin(text: str) -> str:
    """LSV**********0001: the maker and the last four."""
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else text
