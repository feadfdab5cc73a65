"""A chart drawn on the server: shapes in a box of a given width, for screen and paper alike.

Geometry needs binary fractions; the figures themselves stay exact in the table below the chart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chejian.reports.grouping import day_label, next_first
from chejian.reports.running import Result, is_count

#: about the pixels that the picture has on a desk and on a phone, so that words keep their size
WIDE, NARROW = 1120, 340
MOST_SERIES, MOST_BARS, MOST_POINTS, MOST_SLICES = 6, 20, 400, 8
type Numbers = Sequence[Decimal]


@dataclass(frozen=True)
class Shape:
    """One thing to draw: a rectangle, a line, a path or a text, with its class and its words."""

    kind: str
    cls: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    d: str = ""
    text: str = ""
    anchor: str = "start"


@dataclass
class Picture:
    width: int
    height: int
    shapes: list[Shape] = field(default_factory=list)

    def rect(self, cls: str, x: float, y: float, width: float, height: float, text: str) -> None:
        self.shapes.append(Shape("rect", cls, _r(x), _r(y), _r(width), _r(height), text=text))

    def line(self, cls: str, x: float, y: float, to_x: float, to_y: float) -> None:
        self.shapes.append(Shape("path", cls, d=f"M{_r(x)} {_r(y)}L{_r(to_x)} {_r(to_y)}"))

    def path(self, cls: str, d: str, text: str = "") -> None:
        self.shapes.append(Shape("path", cls, d=d, text=text))

    def word(self, text: str, x: float, y: float, anchor: str = "start", cls: str = "") -> None:
        self.shapes.append(Shape("text", cls, _r(x), _r(y), text=text, anchor=anchor))


@dataclass(frozen=True)
class Data:
    """Labels along the axis, series by name, all as long as the labels."""

    labels: Sequence[str]
    series: Sequence[tuple[str, Numbers]]
    dates: bool
    write: Callable[[Decimal], str]
    title: str
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """The same chart for a wide and for a narrow screen, with the legend beside it."""

    wide: Picture
    narrow: Picture
    legend: Sequence[tuple[str, str, str]]
    title: str
    note: str = ""


def _r(number: float) -> float:
    return round(number, 1)


def draw(result: Result) -> Chart | None:
    """The chart that the question wants; None where there is nothing to draw."""
    way = result.question.chart
    if not way or not result.lines or not result.question.groups:
        return None
    data = _data(result)
    if way == "pie":
        return _pie(data)
    over = [(name, f"s{place % 8 + 1}", "") for place, (name, _n) in enumerate(data.series)]
    legend = over if len(data.series) > 1 else []
    if way == "line" or data.dates:
        pictures = (_upright(data, WIDE, way == "line"), _upright(data, NARROW, way == "line"))
    else:
        pictures = (_lying(data, WIDE), _lying(data, NARROW))
    return Chart(*pictures, legend, data.title, data.note)


# --- from lines to series ----------------------------------------------------------------------


def _data(result: Result) -> Data:
    question = result.question
    group = question.groups[0]
    labels: dict[object, str] = {}
    names: dict[object, str] = {}
    cells: dict[tuple[object, object], Decimal] = {}
    for line in result.lines:
        place: object = (line.values[0], line.identities[0])
        name: object = tuple(zip(line.values[1:], line.identities[1:], strict=True))
        labels.setdefault(place, line.labels[0])
        names.setdefault(name, " · ".join(line.labels[1:]))
        cells[place, name] = cells.get((place, name), Decimal(0)) + Decimal(line.figures[0] or 0)
    places, note = list(labels), ""
    if group.unit:
        places = _without_gaps(places, labels, group.unit)
    elif len(places) > MOST_BARS:
        places = places[:MOST_BARS]
        note = _("The first %(n)s are drawn; the table has them all.") % {"n": MOST_BARS}
    series = _series(places, names, cells)
    kind = question.figures[0]
    return Data(
        [labels[place] for place in places], series, bool(group.unit),
        _whole if is_count(kind) else short, f"{kind.label} / {group.label}", note,
    )


def _without_gaps(
    places: list[object], labels: dict[object, str], unit: str
) -> list[object]:
    """Every span between the first and the last, also those in which nothing happened."""
    days = sorted(place[0] for place in places if isinstance(place, tuple) and place[0])
    if not days:
        return places
    whole: list[object] = []
    day: date = days[0]
    while day <= days[-1] and len(whole) < MOST_POINTS:
        whole.append((day, None))
        labels.setdefault((day, None), day_label(day, unit))
        day = next_first(day, unit)
    return whole


def _series(
    places: Sequence[object], names: dict[object, str],
    cells: dict[tuple[object, object], Decimal],
) -> list[tuple[str, Numbers]]:
    """The largest series by themselves, what is left together."""
    zero = Decimal(0)

    def weight(name: object) -> Decimal:
        return sum((abs(cells.get((place, name), zero)) for place in places), zero)

    largest = sorted(names, key=lambda name: (-weight(name), names[name]))
    shown, rest = largest[:MOST_SERIES], largest[MOST_SERIES:]
    series: list[tuple[str, Numbers]] = [
        (names[name], [cells.get((place, name), zero) for place in places]) for name in shown
    ]
    if rest:
        others = [sum((cells.get((place, name), zero) for name in rest), zero) for place in places]
        series.append((_("Others"), others))
    return series


# --- bars and lines ----------------------------------------------------------------------------


def _upright(data: Data, width: int, line: bool) -> Picture:
    """Time runs to the right."""
    height = 280 if width == WIDE else 240
    picture = Picture(width, height)
    stacked = not line and all(number >= 0 for _n, row in data.series for number in row)
    low, high, step = _scale(_extent(data, stacked))
    left = 16 + 8 * max(len(data.write(Decimal(str(tick)))) for tick in _ticks(low, high, step))
    top, bottom, right = 12, height - 28, width - 8

    def at(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    for tick in _ticks(low, high, step):
        picture.line("axis" if tick == 0 else "grid", left, at(tick), right, at(tick))
        picture.word(data.write(Decimal(str(tick))), left - 6, at(tick) + 4, "end")
    room = (right - left) / len(data.labels)
    _date_words(picture, data, left, room, height)
    if line:
        _lines(picture, data, left, room, at)
    else:
        _columns(picture, data, left, room, at, stacked)
    return picture


def _date_words(picture: Picture, data: Data, left: float, room: float, height: int) -> None:
    """Labels below the axis from the last one backwards, as many as have room."""
    free = float(picture.width)
    for place in reversed(range(len(data.labels))):
        half = _breadth(data.labels[place]) / 2
        middle = max(min(left + room * (place + 0.5), picture.width - 4 - half), half)
        if middle + half <= free:
            picture.word(data.labels[place], middle, height - 8, "middle")
            free = middle - half - 12


def _columns(
    picture: Picture, data: Data, left: float, room: float, at: Callable[[float], float],
    stacked: bool,
) -> None:
    wide = min(room * 0.72, 56)
    each = wide if stacked else wide / len(data.series)
    for place, label in enumerate(data.labels):
        below = 0.0
        for number, (name, row) in enumerate(data.series):
            value = float(row[place])
            if not value:
                continue
            x = left + room * place + (room - wide) / 2 + (0 if stacked else each * number)
            first, last = (at(below), at(below + value)) if stacked else (at(0), at(value))
            picture.rect(f"s{number % 8 + 1}", x, min(first, last), max(each - 1, 1),
                         max(abs(first - last), 0.5), _said(data, name, label, row[place]))
            below += value


def _lines(
    picture: Picture, data: Data, left: float, room: float, at: Callable[[float], float]
) -> None:
    for number, (name, row) in enumerate(data.series):
        points = [
            (_r(left + room * (place + 0.5)), _r(at(float(value))))
            for place, value in enumerate(row)
        ]
        cls = f"s{number % 8 + 1}"
        picture.path(f"stroke {cls}", "M" + "L".join(f"{x} {y}" for x, y in points))
        if len(points) <= 62:
            for (x, y), label, value in zip(points, data.labels, row, strict=True):
                picture.rect(f"point {cls}", x - 2.5, y - 2.5, 5, 5,
                             _said(data, name, label, value))


def _lying(data: Data, width: int) -> Picture:
    """Names stand at the left, bars lie beside them."""
    row_height = 26
    picture = Picture(width, row_height * len(data.labels) + 8)
    room_for_words = min(max(_breadth(label) for label in data.labels) + 12, width * 0.36)
    low, high = _extent(data, stacked=True)
    numbers = 78 if width == WIDE else 64
    right = width - numbers
    whole = (high - low) or 1

    def at(value: float) -> float:
        return room_for_words + (value - low) / whole * (right - room_for_words)

    for place, label in enumerate(data.labels):
        y = row_height * place + 4
        picture.word(_cut(label, room_for_words - 12), room_for_words - 8, y + 15, "end")
        past, before = 0.0, 0.0
        for number, (name, row) in enumerate(data.series):
            value = float(row[place])
            start = past if value >= 0 else before
            edges = sorted((at(start), at(start + value)))
            if value:
                picture.rect(f"s{number % 8 + 1}", edges[0], y + 2, max(edges[1] - edges[0], 0.5),
                             row_height - 8, _said(data, name, label, row[place]))
            past, before = past + max(value, 0), before + min(value, 0)
        total = sum((row[place] for _n, row in data.series), Decimal(0))
        picture.word(data.write(total), at(past) + 6, y + 15)
    picture.line("axis", at(0), 2, at(0), picture.height - 2)
    return picture


# --- shares ------------------------------------------------------------------------------------


def _pie(data: Data) -> Chart | None:
    """Shares of the whole; None where something is below zero or nothing is there."""
    zero = Decimal(0)
    sums = [
        (label, sum((row[place] for _n, row in data.series), zero))
        for place, label in enumerate(data.labels)
    ]
    total = sum((number for _label, number in sums), zero)
    if total <= 0 or any(number < 0 for _label, number in sums):
        return None
    sums.sort(key=lambda pair: -pair[1])
    if len(sums) > MOST_SLICES:
        rest = sum((number for _label, number in sums[MOST_SLICES - 1:]), zero)
        sums = [*sums[: MOST_SLICES - 1], (_("Others"), rest)]
    picture = Picture(240, 240)
    turned, legend = 0.0, []
    for place, (label, number) in enumerate(sums):
        share = float(number / total)
        words = f"{data.write(number)} · {number / total * 100:.1f}%"
        if share > 0:
            picture.path(f"s{place + 1}", _slice(turned, turned + share), f"{label}: {words}")
        legend.append((label, f"s{place + 1}", words))
        turned += share
    return Chart(picture, picture, legend, data.title, data.note)


def _slice(begin: float, end: float) -> str:
    """A part of a ring round (120, 120); the whole ring in two halves."""
    end = min(end, begin + 0.9999)
    large = int(end - begin > 0.5)

    def point(turn: float, radius: float) -> str:
        angle = turn * 2 * math.pi - math.pi / 2
        return f"{_r(120 + radius * math.cos(angle))} {_r(120 + radius * math.sin(angle))}"

    return (
        f"M{point(begin, 110)}A110 110 0 {large} 1 {point(end, 110)}"
        f"L{point(end, 62)}A62 62 0 {large} 0 {point(begin, 62)}Z"
    )


# --- scales and words ----------------------------------------------------------------------------


def _extent(data: Data, stacked: bool) -> tuple[float, float]:
    low = high = 0.0
    for place in range(len(data.labels)):
        column = [float(row[place]) for _name, row in data.series]
        if stacked:
            low = min(low, sum(value for value in column if value < 0))
            high = max(high, sum(value for value in column if value > 0))
        else:
            low, high = min(low, *column), max(high, *column)
    return low, high


def _scale(extent: tuple[float, float]) -> tuple[float, float, float]:
    """Round ends and a round step of 1, 2 or 5 of some power of ten: about five lines."""
    low, high = extent
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(power * one for one in (1, 2, 5, 10) if span / (power * one) <= 5)
    return math.floor(low / step) * step, (math.ceil(high / step) or 1) * step, step


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [round(low + step * n, 6) for n in range(round((high - low) / step) + 1)]


def _whole(value: Decimal) -> str:
    return short(value) if abs(value) >= 10_000 or value != int(value) else f"{int(value)}"


def short(value: Decimal) -> str:
    """12.3 万, 1.2 亿; 12.3k, 1.2M in English."""
    chinese = (get_language() or "zh").startswith("zh")
    steps = ((10**8, "亿"), (10**4, "万")) if chinese else ((10**6, "M"), (10**3, "k"))
    for size, word in steps:
        if abs(value) >= size:
            text = f"{value / size:.2f}".rstrip("0").rstrip(".")
            return f"{text} {word}" if chinese else f"{text}{word}"
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def _breadth(label: str) -> float:
    """About how wide a label is at 12 px."""
    return sum(12 if ord(sign) > 0x2E7F else 6.8 for sign in label)


def _cut(label: str, room: float) -> str:
    while label and _breadth(label) > room:
        label = label.removesuffix("…")[:-1] + "…" if len(label) > 2 else ""
    return label


def _said(data: Data, name: str, label: str, value: Decimal) -> str:
    whole = f"{label} {name}".strip()
    return f"{whole}: {value:,.2f}".removesuffix(".00")
