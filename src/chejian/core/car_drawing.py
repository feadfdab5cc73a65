"""The unfolded car on which marks are set at the walk-around: panels with ids, per body kind.

A mark is a panel and a place inside the panel's box, both from 0 to 1, so that it stays true when
the drawing is redrawn. Screen and paper draw from here.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

WIDTH, HEIGHT = 484, 404
KINDS = ("sedan", "suv", "van", "pickup")

KIND_NAMES: dict[str, Text] = {
    "sedan": _("Sedan"),
    "suv": _("SUV"),
    "van": _("Van"),
    "pickup": _("Pick-up"),
}
MARK_KINDS: dict[str, Text] = {
    "scratch": pgettext_lazy("mark on a car", "scratch"),
    "dent": pgettext_lazy("mark on a car", "dent"),
    "broken": pgettext_lazy("mark on a car", "broken"),
    "rust": pgettext_lazy("mark on a car", "rust"),
}
PANEL_NAMES: dict[str, Text] = {
    "front_bumper": _("Front bumper"),
    "bonnet": _("Bonnet"),
    "windscreen": _("Windscreen"),
    "roof": _("Roof"),
    "rear_window": _("Rear window"),
    "boot": _("Boot lid"),
    "bed": _("Cargo bed"),
    "rear_bumper": _("Rear bumper"),
    "left_front_wing": _("Left front wing"),
    "left_front_door": _("Left front door"),
    "left_rear_door": _("Left rear door"),
    "left_rear_wing": _("Left rear wing"),
    "left_sill": _("Left sill"),
    "left_front_window": _("Left front window"),
    "left_rear_window": _("Left rear window"),
    "left_front_wheel": _("Left front wheel"),
    "left_rear_wheel": _("Left rear wheel"),
    "left_mirror": _("Left mirror"),
    "right_front_wing": _("Right front wing"),
    "right_front_door": _("Right front door"),
    "right_rear_door": _("Right rear door"),
    "right_rear_wing": _("Right rear wing"),
    "right_sill": _("Right sill"),
    "right_front_window": _("Right front window"),
    "right_rear_window": _("Right rear window"),
    "right_front_wheel": _("Right front wheel"),
    "right_rear_wheel": _("Right rear wheel"),
    "right_mirror": _("Right mirror"),
}


@dataclass(frozen=True)
class Shape:
    """How far from the nose things are: bonnet's and glass's ends, roof's end, door gaps."""

    bonnet: int
    glass: int
    roof: int
    rear: int
    doors: tuple[int, int, int]
    bed: bool = False


SHAPES = {
    "sedan": Shape(106, 140, 236, 262, (92, 154, 232)),
    "suv": Shape(96, 128, 272, 290, (86, 150, 224)),
    "van": Shape(58, 102, 282, 296, (64, 128, 216)),
    "pickup": Shape(100, 130, 192, 204, (90, 144, 198), bed=True),
}


@dataclass(frozen=True)
class Panel:
    """One part that can carry a mark. ``box`` is x, y, width, height in the drawing."""

    id: str
    look: str
    path: str
    box: tuple[float, float, float, float]

    @property
    def name(self) -> Text:
        return PANEL_NAMES[self.id]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where in the drawing a mark at ``x``, ``y`` of this panel stands."""
        left, top, width, height = self.box
        return round(left + x * width, 1), round(top + y * height, 1)


@dataclass(frozen=True)
class Drawing:
    kind: str
    panels: tuple[Panel, ...]
    seams: tuple[str, ...]

    def panel(self, panel_id: str) -> Panel | None:
        return next((panel for panel in self.panels if panel.id == panel_id), None)


@cache
def drawing(kind: str) -> Drawing:
    """The drawing of one body kind; unknown kinds are drawn as a sedan."""
    shape = SHAPES.get(kind, SHAPES["sedan"])
    panels = (*_top(shape), *_side(shape, "left"), *_side(shape, "right"), *_ends())
    return Drawing(kind if kind in SHAPES else "sedan", panels, tuple(_seams(shape)))


def is_panel(kind: str, panel_id: str) -> bool:
    return drawing(kind).panel(panel_id) is not None


def _moved(path: str, dx: float, dy: float, mirror: bool = False) -> str:
    """A path of absolute M, L, C and Z, moved, and mirrored across the drawing's middle."""
    out: list[str] = []
    for piece in path.replace("Z", " Z").split():
        if piece == "Z":
            out.append("Z")
            continue
        letter = piece[0] if piece[0].isalpha() else ""
        x, y = (float(number) for number in piece.removeprefix(letter).split(","))
        across = WIDTH - x - dx if mirror else x + dx
        out.append(f"{letter}{across:g},{y + dy:g}")
    return " ".join(out)


def _box(path: str) -> tuple[float, float, float, float]:
    points = [piece.lstrip("MLC").split(",") for piece in path.split() if piece != "Z"]
    xs = [float(point[0]) for point in points]
    ys = [float(point[1]) for point in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _panel(panel_id: str, look: str, path: str, dx: float, dy: float, mirror: bool) -> Panel:
    placed = _moved(path, dx, dy, mirror)
    return Panel(panel_id, look, placed, _box(placed))


def _oval(cx: float, cy: float, rx: float, ry: float) -> str:
    """An ellipse as four curves, so that every panel is one kind of path."""
    kx, ky = rx * 0.5523, ry * 0.5523
    return (
        f"M{cx - rx:g},{cy:g} C{cx - rx:g},{cy - ky:g} {cx - kx:g},{cy - ry:g} {cx:g},{cy - ry:g} "
        f"C{cx + kx:g},{cy - ry:g} {cx + rx:g},{cy - ky:g} {cx + rx:g},{cy:g} "
        f"C{cx + rx:g},{cy + ky:g} {cx + kx:g},{cy + ry:g} {cx:g},{cy + ry:g} "
        f"C{cx - kx:g},{cy + ry:g} {cx - rx:g},{cy + ky:g} {cx - rx:g},{cy:g} Z"
    )


def _top(s: Shape) -> Iterator[Panel]:
    """The view from above, 180 wide and 312 long."""
    b, g, r, e = s.bonnet, s.glass, s.roof, s.rear
    tail = 296 if s.bed else e
    parts = [
        (
            "bonnet",
            "body",
            f"M20,40 C24,14 44,0 90,0 C136,0 156,14 160,40 L164,{b} L152,{b} "
            f"C132,{b - 14} 48,{b - 14} 28,{b} L16,{b} Z",
        ),
        (
            "windscreen",
            "glass",
            f"M28,{b} C48,{b - 14} 132,{b - 14} 152,{b} L140,{g} C116,{g - 8} 64,{g - 8} 40,{g} Z",
        ),
        (
            "roof",
            "body",
            f"M40,{g} C64,{g - 8} 116,{g - 8} 140,{g} L142,{r} C116,{r + 8} 64,{r + 8} 38,{r} Z",
        ),
        (
            "rear_window",
            "glass",
            f"M38,{r} C64,{r + 8} 116,{r + 8} 142,{r} L150,{e} C120,{e + 10} 60,{e + 10} 30,{e} Z",
        ),
        ("boot", "body", _boot(tail)),
        ("left_mirror", "glass", f"M6,{b + 10} L18,{b + 14} L18,{b + 26} L4,{b + 22} Z"),
        ("right_mirror", "glass", f"M174,{b + 10} L162,{b + 14} L162,{b + 26} L176,{b + 22} Z"),
    ]
    if s.bed:
        parts.insert(4, ("bed", "body", f"M24,{e + 12} L156,{e + 12} L156,290 L24,290 Z"))
    for panel_id, look, path in parts:
        yield _panel(panel_id, look, path, 152, 46, mirror=False)


def _boot(start: int) -> str:
    """The boot lid from ``start`` to the tail; short ones lie within the rounded end."""
    inset = 3 if start > 280 else 0
    bend = max(280, start + 6)
    return (
        f"M{17 + inset},{start} L30,{start} C60,{start + 10} 120,{start + 10} 150,{start} "
        f"L{163 - inset},{start} L{162 - inset},{bend} "
        f"C158,304 142,312 90,312 C38,312 22,304 {18 + inset},{bend} Z"
    )


def _side(s: Shape, side: str) -> Iterator[Panel]:
    """One flank laid flat: roof edge inwards, wheels outwards."""
    d1, d2, d3 = s.doors
    parts = [
        ("front_wing", "body", f"M70,0 C40,0 22,6 18,20 L14,60 L12,{d1} L70,{d1} Z"),
        ("front_door", "body", f"M12,{d1} L70,{d1} L70,{d2} L11,{d2} Z"),
        ("rear_door", "body", f"M11,{d2} L70,{d2} L70,{d3} L10,{d3} Z"),
        ("rear_wing", "body", f"M10,{d3} L70,{d3} L70,312 C34,312 16,306 14,290 L10,240 Z"),
        ("sill", "body", "M2,84 L12,84 L10,234 L2,234 Z"),
        (
            "front_window",
            "glass",
            f"M66,{d1 + 4} L38,{d1 + 12} L34,{d2 - 6} L66,{d2 - 4} Z",
        ),
        ("rear_window", "glass", f"M66,{d2 + 4} L34,{d2 + 2} L36,{d3 - 22} L66,{d3 - 6} Z"),
        ("front_wheel", "tyre", _oval(9, 52, 13, 26)),
        ("rear_wheel", "tyre", _oval(9, 264, 13, 26)),
    ]
    for name, look, path in parts:
        yield _panel(f"{side}_{name}", look, path, 24, 46, mirror=side == "right")


def _ends() -> Iterator[Panel]:
    front = "M4,30 C6,10 16,4 72,4 C128,4 138,10 140,30 L140,34 L4,34 Z"
    rear = "M4,2 L140,2 L140,8 C138,28 126,34 72,34 C18,34 6,28 4,8 Z"
    yield _panel("front_bumper", "body", front, 170, 4, mirror=False)
    yield _panel("rear_bumper", "body", rear, 170, 364, mirror=False)


def _outline() -> str:
    return (
        "M20,40 C24,14 44,0 90,0 C136,0 156,14 160,40 L164,100 L166,210 L162,280 "
        "C160,302 142,312 90,312 C38,312 20,302 18,280 L14,210 L16,100 Z"
    )


def _seams(s: Shape) -> Iterable[str]:
    """Lines that only help the eye: the body's outline comes first."""
    b, g, r = s.bonnet, s.glass, s.roof
    top = [
        f"M34,20 L44,{b - 12} M146,20 L136,{b - 12}",
        f"M24,{b + 12} L36,{g + 8} L36,{r - 6} L20,{r - 2} Z",
        f"M156,{b + 12} L144,{g + 8} L144,{r - 6} L160,{r - 2} Z",
    ]
    yield _moved(_outline(), 152, 46)
    yield from (_moved(path, 152, 46) for path in top)


def marks_again(text: str) -> list[dict[str, Any]]:
    """Marks of a form that was refused, as they were drawn: what cannot be read is left out."""
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return []
    return [mark for row in rows if (mark := _mark_again(row))] if isinstance(rows, list) else []


def _mark_again(row: Any) -> dict[str, Any] | None:
    try:
        x, y = float(row["x"]), float(row["y"])
        mark = {"panel": str(row["panel"]), "x": x, "y": y, "kind": str(row["kind"]),
                "note": str(row.get("note") or "")[:80]}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    known = mark["panel"] in PANEL_NAMES and mark["kind"] in MARK_KINDS
    return mark if known and 0 <= x <= 1 and 0 <= y <= 1 else None
