"""Printed papers: a typst template, data that stays data, fonts that travel with the program.

A paper is made by ``compile_paper`` and nowhere else. Text of people reaches the template only
as JSON in ``sys.inputs``, never as markup; the fonts are the two beside this module, so the same
data print the same on every machine. A character the fonts lack prints as 〓 and is logged: a
strange name must never keep a customer from his paper.
"""

import json
import logging
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypedDict

import typst
from django.utils import translation
from django.utils.functional import Promise

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "core" / "papers" / "fonts"
MISSING = "〓"

type Json = str | int | bool | list[Json] | dict[str, Json] | None


class StationHead(TypedDict, total=False):
    """What stands at the head of every paper. ``name`` is the shop's registered name."""

    name: str
    address: str
    phone: str
    contact: str
    uscc: str
    filing_no: str
    logo: bytes


class PaperFailed(RuntimeError):
    """The template could not be set: a fault of the template or of its data, not of a person."""

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(f"{template}: {reason}")
        self.template = template
        self.reason = reason


@cache
def known_characters() -> frozenset[str]:
    """Every character both fonts can print (made together with them by scripts/make_fonts.py)."""
    return frozenset((FONTS / "characters.txt").read_text(encoding="utf-8"))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def font_families() -> list[str]:
    """The families a template may name."""
    return list(_fonts().families())


def printable(text: str, missing: set[str]) -> str:
    """Text as the fonts can print it: composed, without control signs, 〓 for what is missing.

    The replaced characters are added to ``missing``.
    """
    known = known_characters()
    signs = []
    for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")):
        if sign in known:
            signs.append(sign)
        elif unicodedata.category(sign) not in {"Cc", "Cf", "Mn"}:
            missing.add(sign)
            signs.append(MISSING)
    return "".join(signs)


def _json(value: object, missing: set[str]) -> Json:
    """Data for the template. Amounts and dates come as text: how they look is settled before."""
    match value:
        case str() | Promise():
            return printable(str(value), missing)
        case None | bool() | int():
            return value
        case bytes():
            return list(value)
        case Mapping():
            return {str(key): _json(item, missing) for key, item in value.items()}
        case list() | tuple():
            return [_json(item, missing) for item in value]
    raise TypeError(f"a paper takes text, not {type(value).__name__}: {value!r}")


def _inside(template: str | Path) -> Path:
    path = (ROOT / template).resolve()
    if not path.is_relative_to(ROOT) or path.suffix != ".typ":
        raise PaperFailed(str(template), "not a template of this program")
    return path


def compile_paper(
    template: str | Path,
    data: Mapping[str, object],
    *,
    station: StationHead,
    at: datetime | None = None,
) -> bytes:
    """Set one paper and return it as PDF.

    ``template`` is a path below the package, such as ``billing/papers/settlement_list.typ``;
    ``data`` comes from the app's ``paper_data``; ``at`` is the PDF's own time stamp (now, if
    left out). Raises ``PaperFailed``; a missing character is logged, never raised.
    """
    path = _inside(template)
    name = path.relative_to(ROOT).as_posix()
    missing: set[str] = set()
    with translation.override("zh-hans"):  # the law's papers are Chinese, whoever prints them
        plain = _json({"data": data, "station": station}, missing)
    inputs = json.dumps(plain, ensure_ascii=False)
    if missing:
        codes = " ".join(f"U+{ord(sign):04X}" for sign in sorted(missing))
        log.warning("%s: no glyph for %s", name, codes)
    return _set(path, name, inputs, int(at.timestamp()) if at else None)


def _set(path: Path, name: str, inputs: str, seconds: int | None) -> bytes:
    """Run typst; what it warns of (an unknown font) is logged."""
    try:
        compiler = typst.Compiler(path, root=ROOT, font_paths=_fonts(), ignore_system_fonts=True)
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", sys_inputs={"paper": inputs}, timestamp=seconds
        )
    except RuntimeError as error:  # typst's own errors are runtime errors too
        raise PaperFailed(name, getattr(error, "diagnostic", "") or str(error)) from error
    for warning in warnings:
        log.warning("%s: %s", name, warning.message)
    if not isinstance(pdf, bytes):
        raise PaperFailed(name, "no PDF came out")
    return pdf
