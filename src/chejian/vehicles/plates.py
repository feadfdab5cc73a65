"""Number plates of the People's Republic: normal form, kind, colour, display.

Sources: GA 36-2018 (formats, colours, kind codes 01 to 27), the six-sign plates of new-energy cars
of 2016 (51, 52), and the codes 31, 32, 41, 99 that traffic systems add for armed police, army, no
plate and others. Pure: nothing is refused here, everything is named.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.core.text import squeeze, tails

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


class PlateKind(TextChoices):
    """号牌种类 with the codes of the traffic administration."""

    LARGE = "01", _("Large car")
    SMALL = "02", _("Small car")
    EMBASSY = "03", _("Embassy car")
    CONSULATE = "04", _("Consulate car")
    CROSS_BORDER = "05", _("Car from abroad")
    FOREIGN = "06", _("Foreigner's car")
    MOTORCYCLE = "07", _("Motorcycle")
    MOPED = "08", _("Moped")
    EMBASSY_MOTORCYCLE = "09", _("Embassy motorcycle")
    CONSULATE_MOTORCYCLE = "10", _("Consulate motorcycle")
    CROSS_BORDER_MOTORCYCLE = "11", _("Motorcycle from abroad")
    FOREIGN_MOTORCYCLE = "12", _("Foreigner's motorcycle")
    LOW_SPEED = "13", _("Low-speed vehicle")
    TRACTOR = "14", _("Tractor")
    TRAILER = "15", _("Trailer")
    LEARNER = "16", _("Learner's car")
    LEARNER_MOTORCYCLE = "17", _("Learner's motorcycle")
    TEST = "18", _("Test car")
    TEST_MOTORCYCLE = "19", _("Test motorcycle")
    TEMPORARY_ENTRY = "20", _("Car on temporary entry")
    TEMPORARY_ENTRY_MOTORCYCLE = "21", _("Motorcycle on temporary entry")
    TEMPORARY = "22", _("Temporary plate")
    POLICE = "23", _("Police car")
    POLICE_MOTORCYCLE = "24", _("Police motorcycle")
    FARM = "25", _("Farm machine (old plate)")
    HONG_KONG = "26", _("Hong Kong cross-border car")
    MACAU = "27", _("Macau cross-border car")
    ARMED_POLICE = "31", _("Armed police")
    ARMY = "32", _("Army")
    NONE = "41", _("No plate")
    LARGE_NEV = "51", _("Large new-energy car")
    SMALL_NEV = "52", _("Small new-energy car")
    OTHER = "99", _("Other plate")


class PlateColour(TextChoices):
    BLUE = "blue", _("Blue")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    YELLOW_GREEN = "yellow_green", _("Yellow and green")
    WHITE = "white", _("White")
    BLACK = "black", _("Black")
    NONE = "none", _("None")


class PlateProblem(StrEnum):
    EMPTY = "empty"
    PROVINCE = "province"
    LETTER_IO = "letter_io"
    MANY_LETTERS = "many_letters"
    LENGTH = "length"
    FORMAT = "format"


PROBLEM_TEXT: dict[PlateProblem, Promise] = {
    PlateProblem.EMPTY: _("No plate is given."),
    PlateProblem.PROVINCE: _("The plate does not begin with a province."),
    PlateProblem.LETTER_IO: _("Plates have no letters I and O: 1 and 0 are meant."),
    PlateProblem.MANY_LETTERS: _("There are more than two letters in the serial."),
    PlateProblem.LENGTH: _("The plate has too few or too many signs."),
    PlateProblem.FORMAT: _("This is not a known form of plate."),
}

_YELLOW = {"01", "07", "13", "14", "15", "16", "17", "25"}
_BLACK = {"03", "04", "05", "06", "09", "10", "11", "12", "26", "27"}
_WHITE = {"20", "21", "22", "23", "24", "31", "32", "18", "19"}


def colour_of(kind: str) -> PlateColour:
    """The colour that a kind of plate has."""
    if kind in {PlateKind.SMALL, PlateKind.MOPED}:
        return PlateColour.BLUE
    if kind == PlateKind.SMALL_NEV:
        return PlateColour.GREEN
    if kind == PlateKind.LARGE_NEV:
        return PlateColour.YELLOW_GREEN
    for codes, colour in (
        (_YELLOW, PlateColour.YELLOW),
        (_BLACK, PlateColour.BLACK),
        (_WHITE, PlateColour.WHITE),
    ):
        if kind in codes:
            return colour
    return PlateColour.NONE


@dataclass(frozen=True)
class ParsedPlate:
    """A plate in its normal form: capitals, half width, no marks.

    ``free`` says that the text was taken as it is, because its kind has no checked form.
    ``mended`` is what was probably meant, when a small slip explains the problem.
    """

    text: str
    kind: PlateKind
    colour: PlateColour
    province: str
    authority: str
    valid: bool
    problems: tuple[PlateProblem, ...] = ()
    free: bool = False
    mended: str = ""

    @property
    def unplated(self) -> bool:
        return self.kind is PlateKind.NONE


_MARKS = re.compile(r"[\s·•・‧∙⋅.。．,，\-‐-―−_/|*'’‘`]")
_HEAD = f"[{PROVINCES}][A-HJ-Z]"  # an O was the police's until 2016
_SIGN = "[0-9A-HJ-NP-Z]"
_NEV = "[A-HJK]"
_FORMS: list[tuple[re.Pattern[str], PlateKind, bool]] = [
    (re.compile(pattern), kind, free)
    for pattern, kind, free in (
        (rf"{_HEAD}{_SIGN}{{5}}", PlateKind.SMALL, False),
        (rf"{_HEAD}{_NEV}{_SIGN}\d{{4}}", PlateKind.SMALL_NEV, False),
        (rf"{_HEAD}\d{{5}}{_NEV}", PlateKind.LARGE_NEV, False),
        (rf"{_HEAD}{_SIGN}{{4}}警", PlateKind.POLICE, False),
        (rf"{_HEAD}{_SIGN}{{4}}学", PlateKind.LEARNER, False),
        (rf"{_HEAD}{_SIGN}{{4}}挂", PlateKind.TRAILER, False),
        (rf"粤Z{_SIGN}{{4}}港", PlateKind.HONG_KONG, False),
        (rf"粤Z{_SIGN}{{4}}澳", PlateKind.MACAU, False),
        (r"\d{6}使|使\d{6}", PlateKind.EMBASSY, False),
        (rf"[{PROVINCES}][A-Z]?\d{{4,6}}领|领[A-Z]?\d{{3,6}}", PlateKind.CONSULATE, True),
        (rf"WJ[{PROVINCES}]?\d{{1,5}}{_SIGN}?", PlateKind.ARMED_POLICE, True),
        (r"[军空海北沈兰济南广成][A-Z]\d{5}|[A-HJ-Z][A-HJ-Z]\d{5}", PlateKind.ARMY, True),
        (rf"(?=.*临)[{PROVINCES}A-Z0-9临]{{5,10}}", PlateKind.TEMPORARY, True),
        (rf"(?=.*试)[{PROVINCES}A-Z0-9试]{{5,10}}", PlateKind.TEST, True),
        (rf"(?=.*超)[{PROVINCES}A-Z0-9超]{{5,10}}", PlateKind.OTHER, True),
        (r"无牌照?|未上牌|无号牌|无车牌|新车|暂无|没有?牌", PlateKind.NONE, True),
    )
]
_IO = str.maketrans("IO", "10")
_SERIAL_LETTERS = 2
_LENGTHS = {7, 8}
UNPLATED = "无牌"
_CODES = frozenset(PlateKind.values)


def normalise(raw: str) -> str:
    """Half width, capitals, without spaces, dots and dashes: 桂a·12 345 is 桂A12345."""
    return _MARKS.sub("", squeeze(raw).upper())


def parse_plate(raw: str, kind: str = "") -> ParsedPlate:
    """Recognise a plate by its form. ``kind`` (a code) wins where the form leaves it open.

    Five signs may be a small blue or a large yellow plate: blue is taken unless said otherwise.
    """
    text = normalise(raw)
    if not text:
        return _problem("", PlateProblem.EMPTY)
    found = _recognise(text)
    if found is None:
        return _explain(text)
    recognised, free = found
    if recognised is PlateKind.NONE:
        text = UNPLATED
    province, authority = _origin(text)
    chosen = PlateKind(kind) if kind in _CODES else recognised
    problems = _letters_problem(text) if recognised is PlateKind.SMALL else ()
    return ParsedPlate(
        text, chosen, colour_of(chosen), province, authority, not problems, problems, free
    )


def _recognise(text: str) -> tuple[PlateKind, bool] | None:
    return next((found[1:] for found in _FORMS if found[0].fullmatch(text)), None)


def _origin(text: str) -> tuple[str, str]:
    if text[0] not in PROVINCES:
        return "", ""
    second = text[1:2]
    return text[0], second if second.isascii() and second.isalpha() else ""


def _letters_problem(text: str) -> tuple[PlateProblem, ...]:
    many = sum(sign.isalpha() for sign in text[2:]) > _SERIAL_LETTERS
    return (PlateProblem.MANY_LETTERS,) if many else ()


def _explain(text: str) -> ParsedPlate:
    """Why the text is no plate, and what a slip of O or I would make of it."""
    mended = text[:2] + text[2:].translate(_IO)
    if mended != text and _recognise(mended):
        return _problem(text, PlateProblem.LETTER_IO, mended)
    if text[0] not in PROVINCES:
        return _problem(text, PlateProblem.PROVINCE)
    if len(text) not in _LENGTHS:
        return _problem(text, PlateProblem.LENGTH)
    return _problem(text, PlateProblem.FORMAT)


def _problem(text: str, problem: PlateProblem, mended: str = "") -> ParsedPlate:
    province, authority = _origin(text) if text else ("", "")
    return ParsedPlate(
        text,
        PlateKind.OTHER,
        PlateColour.NONE,
        province,
        authority,
        False,
        (problem,),
        True,
        mended,
    )


def display(text: str) -> str:
    """With the dot, as it is stamped: 粤BD12345 becomes 粤B·D12345."""
    if len(text) > 2 and text[0] in PROVINCES and text[1].isascii() and text[1].isalpha():
        return f"{text[:2]}·{text[2:]}"
    return text


def search_keys(text: str) -> list[str]:
    """Every tail of the plate, so that its last four signs find it."""
    return [] if text == UNPLATED else tails(text)


def mask_plate(text: str) -> str:
    """粤B·D1***5, for a screen in the waiting room."""
    shown = display(text)
    return f"{shown[:-4]}***{shown[-1]}" if len(text) > 6 else shown
