"""What stands in a cell, as a value of ours, with what was wrong and the mend offered.

Pure. A finding has a severity: an ``ERROR`` keeps the row out, a ``WARNING`` lets it in with the
value left out or doubtful, ``MENDED`` says that we took what was surely meant.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from chejian.core.text import fold, squeeze, tidy
from chejian.parties.identity import (
    PhoneKind,
    Problem,
    parse_credit_code,
    parse_identity_card,
    parse_phone,
)
from chejian.vehicles.plates import PlateProblem, parse_plate
from chejian.vehicles.vin import LENGTH as VIN_LENGTH
from chejian.vehicles.vin import VinProblem, parse_vin


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    MENDED = "mended"


@dataclass(frozen=True)
class Finding:
    """One thing found in one cell. ``code`` names it (``findings.TEXT`` has the sentence).

    ``mend`` is what we took (``MENDED``) or what we offer; ``data`` fills the sentence.
    """

    field: str
    code: str
    severity: Severity
    raw: str = ""
    mend: str = ""
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Value[T]:
    """A cell's value, None where nothing usable stands there."""

    value: T | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How cells are read: today's date, and the codes whose offered mends were accepted."""

    today: date
    accepted: frozenset[str] = frozenset()


type Reader[T] = Callable[[str, str, Reading], Value[T]]

NOTHING = {
    "",
    "-",
    "--",
    "/",
    "\\",
    "无",
    "暂无",
    "没有",
    "null",
    "none",
    "n/a",
    "na",
    "nan",
    "#n/a",
}
TEXT_LIMIT = 500


def is_nothing(raw: str) -> bool:
    return squeeze(raw).lower() in NOTHING


def read_text(raw: str, field: str, reading: Reading, limit: int = TEXT_LIMIT) -> Value[str]:
    """Trimmed text; longer than the column it is cut, and said so."""
    text = tidy(raw)
    if len(text) <= limit:
        return Value(text)
    return Value(text[:limit], (Finding(field, "text.cut", Severity.WARNING, text[:80]),))


def read_code(raw: str, field: str, reading: Reading) -> Value[str]:
    """An old number or a part number: half width, without outer spaces, case kept."""
    text = fold(raw)
    return (
        Value(text[:40])
        if len(text) <= 40
        else Value(text[:40], (Finding(field, "text.cut", Severity.WARNING, text[:80]),))
    )


# --- dates -----------------------------------------------------------------------------------
_YMD = re.compile(
    r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_YEAR = re.compile(r"(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(18_264, 73_415)  # 1950 to 2100
NO_DATE = {"0", "19000100", "19000101", "00000000", "0000-00-00", "1900-01-00", "1900-01-01"}


def read_date(raw: str, field: str, reading: Reading) -> Value[date]:
    """2020-10-24, 2020/10/2, 2020.10.2, 20201024, 2020年10月4日, with a time, or Excel's serial.

    A serial counts the days from 1899-12-30, so that 42743 is 2017-01-08.
    """
    text = fold(raw).removesuffix("月").strip() if fold(raw).endswith("月") else fold(raw)
    text = text.replace("年 ", "年").replace("月 ", "月")
    if is_nothing(text) or text.split(" ")[0] in NO_DATE:
        return Value(None)
    match = _YMD.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _date_or_finding(match, field, raw)
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in SERIALS:
        return Value(EXCEL_EPOCH + timedelta(days=int(serial[1])))
    short = _SHORT_YEAR.fullmatch(text)
    if short:
        return _offer_century(short, field, raw, reading)
    return Value(None, (Finding(field, "date.unknown", Severity.WARNING, raw),))


def _date_or_finding(match: re.Match[str], field: str, raw: str) -> Value[date]:
    try:
        found = date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return Value(None, (Finding(field, "date.impossible", Severity.WARNING, raw),))
    return Value(found)


def _offer_century(match: re.Match[str], field: str, raw: str, reading: Reading) -> Value[date]:
    try:
        offered = date(2000 + int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return Value(None, (Finding(field, "date.impossible", Severity.WARNING, raw),))
    if "date.short_year" in reading.accepted:
        return _mended(offered, field, "date.short_year", raw, offered.isoformat())
    finding = Finding(field, "date.short_year", Severity.WARNING, raw, offered.isoformat())
    return Value(None, (finding,))


def read_past_date(raw: str, field: str, reading: Reading) -> Value[date]:
    """A date that cannot lie in the future (registration, last visit)."""
    read = read_date(raw, field, reading)
    if read.value is not None and read.value > reading.today:
        return Value(None, (*read.findings, Finding(field, "date.future", Severity.WARNING, raw)))
    return read


def _mended[T](value: T, field: str, code: str, raw: str, mend: str) -> Value[T]:
    return Value(value, (Finding(field, code, Severity.MENDED, raw, mend),))


# --- numbers ---------------------------------------------------------------------------------
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?")
_BRACKETS = re.compile(r"\((.+)\)")
_MONEY_MARKS = re.compile(r"[¥￥$,，'\s]|rmb|cny|元整?$")
_MINUS = str.maketrans("−－—–", "----")
TEN_THOUSAND = Decimal(10_000)


def parse_number(raw: str) -> Decimal | None:
    """1,234.50, ¥12, (3.20), 1.2万, half or full width; None where it is no number."""
    text = _MONEY_MARKS.sub("", squeeze(raw).translate(_MINUS).lower())
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed:
        text = f"-{bracketed[1]}"
    factor = TEN_THOUSAND if text.endswith("万") else Decimal(1)
    text = text.removesuffix("万")
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text) * factor
    except InvalidOperation:
        return None


def _read_number(raw: str, field: str, limit: Decimal, places: Decimal) -> Value[Decimal]:
    if is_nothing(raw):
        return Value(None)
    number = parse_number(raw)
    if number is None:
        return Value(None, (Finding(field, "number.unknown", Severity.ERROR, raw),))
    if abs(number) >= limit:
        return Value(None, (Finding(field, "number.too_large", Severity.ERROR, raw),))
    return Value(_rounded(number, places))


def _rounded(number: Decimal, places: Decimal) -> Decimal:
    """Half up; a spreadsheet's 211.02000000000001 loses its tail."""
    return number.quantize(places, "ROUND_HALF_UP")


def read_amount(raw: str, field: str, reading: Reading) -> Value[Decimal]:
    return _read_number(raw, field, Decimal(10) ** 12, Decimal("0.01"))


def read_price(raw: str, field: str, reading: Reading) -> Value[Decimal]:
    """A unit price with four places. Below zero it is refused."""
    read = _read_number(raw, field, Decimal(10) ** 10, Decimal("0.0001"))
    if read.value is not None and read.value < 0:
        return Value(None, (Finding(field, "number.negative", Severity.ERROR, raw),))
    return read


_UNIT = re.compile(r"([+\-−－]?[\d.,]+)\s*([a-zA-Z\u3400-\u9fff]{1,4})")


def read_quantity(raw: str, field: str, reading: Reading) -> Value[Decimal]:
    """A quantity with three places; a unit written behind it is dropped and said so."""
    limit, places = Decimal(10) ** 9, Decimal("0.001")
    unit = _UNIT.fullmatch(fold(raw))
    if unit and unit[2] != "万":
        read = _read_number(unit[1], field, limit, places)
        mended = Finding(field, "number.unit", Severity.MENDED, raw, unit[1])
        return Value(read.value, (*read.findings, mended))
    return _read_number(raw, field, limit, places)


_KM_UNITS = re.compile(r"(?:km|公里|千米)s?$", re.IGNORECASE)
FAR = 600_000  # more than a taxi of eight years; a tenth of it was probably meant
TOO_FAR = 9_999_999


def read_kilometres(raw: str, field: str, reading: Reading) -> Value[int]:
    """An odometer reading. Past 600,000 km a zero too many is suspected, and a tenth offered."""
    if is_nothing(raw):
        return Value(None)
    number = parse_number(_KM_UNITS.sub("", squeeze(raw)))
    if number is None or number < 0:
        return Value(None, (Finding(field, "km.unknown", Severity.WARNING, raw),))
    kilometres = int(number)
    if kilometres <= FAR:
        return Value(kilometres)
    if kilometres % 10 == 0 and kilometres // 10 <= FAR:
        tenth = kilometres // 10
        if "km.ten_times" in reading.accepted:
            return _mended(tenth, field, "km.ten_times", raw, str(tenth))
        return Value(None, (Finding(field, "km.ten_times", Severity.WARNING, raw, str(tenth)),))
    if kilometres > TOO_FAR:
        return Value(None, (Finding(field, "km.unknown", Severity.WARNING, raw),))
    return Value(kilometres, (Finding(field, "km.far", Severity.WARNING, raw),))


# --- phones, plates, VINs --------------------------------------------------------------------
_PHONE_CODES = {
    Problem.SPREADSHEET: "phone.spreadsheet",
    Problem.TOO_SHORT: "phone.short",
    Problem.TOO_LONG: "phone.long",
}


def read_phone(raw: str, field: str, reading: Reading) -> Value[str]:
    """The normal form; an unusable number is left out with a warning (others may mend it)."""
    if is_nothing(raw):
        return Value("")
    parsed = parse_phone(raw)
    if parsed.valid:
        extension = f"转{parsed.extension}" if parsed.extension else ""
        return Value(parsed.text + extension)
    code = _PHONE_CODES.get(parsed.problems[0], "phone.unknown")
    return Value("", (Finding(field, code, Severity.WARNING, raw),))


def read_plate(raw: str, field: str, reading: Reading) -> Value[str]:
    """The normal form. O and I in the serial are mended; a strange form is taken as it is."""
    if is_nothing(raw):
        return Value("")
    parsed = parse_plate(raw)
    if parsed.unplated:
        return Value("")
    if parsed.mended:
        return _mended(parsed.mended, field, "plate.letters", raw, parsed.mended)
    if parsed.valid or PlateProblem.MANY_LETTERS in parsed.problems:
        return Value(parsed.text)
    return Value(parsed.text[:20], (Finding(field, "plate.strange", Severity.WARNING, raw),))


def read_vin(raw: str, field: str, reading: Reading) -> Value[str]:
    """Seventeen signs or nothing. O, Q, I are mended for sure when the check digit then fits."""
    if is_nothing(raw):
        return Value("")
    parsed = parse_vin(raw, this_year=reading.today.year)
    if parsed.mended and len(parsed.mended) == VIN_LENGTH:
        if parsed.mend_sure or "vin.letters" in reading.accepted:
            return _mended(parsed.mended, field, "vin.letters", raw, parsed.mended)
        return Value("", (Finding(field, "vin.letters", Severity.WARNING, raw, parsed.mended),))
    if parsed.blocking:
        code = {VinProblem.TOO_SHORT: "vin.short", VinProblem.TOO_LONG: "vin.long"}.get(
            parsed.problems[-1], "vin.unknown"
        )
        return Value("", (Finding(field, code, Severity.WARNING, raw),))
    if parsed.problems:
        return Value(parsed.text, (Finding(field, "vin.check_digit", Severity.WARNING, raw),))
    return Value(parsed.text)


def read_identity(raw: str, field: str, reading: Reading) -> Value[str]:
    """An identity card or a company's credit code, whichever it is."""
    if is_nothing(raw):
        return Value("")
    card, company = parse_identity_card(raw), parse_credit_code(raw)
    if card.valid or company.valid:
        return Value(card.text)
    return Value("", (Finding(field, "identity.unknown", Severity.WARNING, raw),))


_COMPANY_WORDS = ("单位", "公司", "企业", "对公", "集团", "company", "corporate")
_PERSON_WORDS = ("个人", "私人", "自然人", "散客", "person", "private")
_COMPANY_NAME = re.compile(r"公司|集团|厂$|中心|合作社|学校|医院|（个体）|\(个体\)|个体工商户")


def read_is_company(raw: str, field: str, reading: Reading) -> Value[bool]:
    text = squeeze(raw).lower()
    if not text:
        return Value(None)
    if any(word in text for word in _COMPANY_WORDS):
        return Value(True)
    if any(word in text for word in _PERSON_WORDS):
        return Value(False)
    return Value(None, (Finding(field, "kind.unknown", Severity.WARNING, raw),))


def looks_like_company(name: str) -> bool:
    return _COMPANY_NAME.search(name) is not None


def is_phone(text: str) -> bool:
    """Whether a free text is a phone; used to tell two columns apart."""
    parsed = parse_phone(text)
    return parsed.valid and parsed.kind is not PhoneKind.UNKNOWN
