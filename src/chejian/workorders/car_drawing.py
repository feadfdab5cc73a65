"""The car drawings: four bodies, unfolded, made of named panels.

The SVG files under ``drawings/`` serve screen and paper alike. Every panel carries its name
(``data-panel``) and its box (``data-box``: x, y, width, height in the drawing's own units). A mark
is kept as a panel and a place relative to that panel's box, so it survives a new drawing.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).resolve().parent / "drawings"
BODIES = ("sedan", "suv", "van", "pickup")
DEFAULT_BODY = "sedan"


@dataclass(frozen=True)
class Box:
    """A panel's rectangle in the drawing's units."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


@dataclass(frozen=True)
class Drawing:
    """One body: the size of the sheet and the boxes of its panels."""

    width: Decimal
    height: Decimal
    panels: dict[str, Box]


def svg(body: str) -> str:
    """The drawing's text, safe to put into a page: it holds no script and no style."""
    return _file(body).read_text(encoding="utf-8")


def _file(body: str) -> Path:
    return FOLDER / f"{body if body in BODIES else DEFAULT_BODY}.svg"


@cache
def drawing(body: str) -> Drawing:
    """The geometry of a body; an unknown body is drawn as a sedan."""
    root = ElementTree.fromstring(svg(body))
    _, _, width, height = root.attrib["viewBox"].split()
    panels = {
        item.attrib["data-panel"]: Box(*map(Decimal, item.attrib["data-box"].split()))
        for item in root.iter()
        if "data-panel" in item.attrib
    }
    return Drawing(Decimal(width), Decimal(height), panels)


def place(body: str, panel: str, x: Decimal, y: Decimal) -> tuple[Decimal, Decimal] | None:
    """Where a mark stands, as a share of the drawing's width and height.

    None if this body has no such panel (the body was changed after the mark was set).
    """
    sheet = drawing(body)
    box = sheet.panels.get(panel)
    if box is None:
        return None
    return (
        ((box.x + box.width * x) / sheet.width).quantize(Decimal("0.0001")),
        ((box.y + box.height * y) / sheet.height).quantize(Decimal("0.0001")),
    )
