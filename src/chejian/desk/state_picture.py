"""A state machine drawn from its transition table: boxes, arrows and where they run.

The longest way from the first state runs down the middle; what branches off stands at the right;
ways back bend at the left. Nothing here is drawn by hand, so the picture cannot be out of date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chejian.core.states import Transition, TransitionTable

BOX_WIDTH, BOX_HEIGHT, STEP = 116, 36, 84
MIDDLE, RIGHT = 120, 300
TOP = 8
BUS = 30  # from the right column's boxes to the line that gathers many arrows


@dataclass(frozen=True)
class Box:
    """A state: its code and the upper left corner."""

    state: str
    x: int
    y: int
    first: bool = False

    @property
    def centre(self) -> int:
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Arrow:
    """A way: an SVG path, where its words stand, and how they are set against that point."""

    path: str
    actions: tuple[str, ...]
    x: int
    y: int
    anchor: str = "start"


@dataclass
class Picture:
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    width: int = 0
    height: int = 0
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def spine(table: TransitionTable) -> list[str]:
    """The longest way from the first state that visits nothing twice."""

    def longest(state: str, seen: tuple[str, ...]) -> tuple[str, ...]:
        ways = [
            longest(arrow.target, (*seen, arrow.target))
            for arrow in table.leaving(state) if arrow.target not in seen
        ]
        return max(ways, key=len, default=seen)

    return list(longest(table.initial, (table.initial,)))


def draw(table: TransitionTable) -> Picture:
    """Place every state and route every arrow of the table."""
    main = spine(table)
    boxes = {
        state: Box(state, MIDDLE, TOP + index * STEP, first=index == 0)
        for index, state in enumerate(main)
    }
    gathering = {state for state in table.states if _sources(table, state) > 2} - set(main)
    beside = [state for state in table.states if state not in boxes and state not in gathering]
    for state in beside:
        neighbour = next(arrow.source for arrow in table if arrow.target == state)
        boxes[state] = Box(state, RIGHT, boxes[neighbour].y)
    for index, state in enumerate(sorted(gathering)):
        boxes[state] = Box(state, RIGHT, TOP + (len(main) - 1 - index) * STEP)
    picture = Picture(boxes=list(boxes.values()))
    picture.arrows = _arrows(table, main, boxes, gathering)
    picture.width = RIGHT + BOX_WIDTH + BUS + 8
    picture.height = TOP * 2 + (len(main) - 1) * STEP + BOX_HEIGHT
    return picture


def _sources(table: TransitionTable, state: str) -> int:
    return len({arrow.source for arrow in table if arrow.target == state})


def _arrows(
    table: TransitionTable, main: Sequence[str], boxes: dict[str, Box], gathering: set[str]
) -> list[Arrow]:
    found = [_gathered(table, state, boxes) for state in gathering]
    pairs: dict[tuple[str, str], list[Transition]] = {}
    for arrow in table:
        if arrow.target not in gathering:
            pairs.setdefault((arrow.source, arrow.target), []).append(arrow)
    for (source, target), arrows in pairs.items():
        actions = tuple(dict.fromkeys(arrow.action for arrow in arrows))
        found.append(_route(boxes[source], boxes[target], actions, (target, source) in pairs, main))
    return found


def _route(
    source: Box, target: Box, actions: tuple[str, ...], both_ways: bool, main: Sequence[str]
) -> Arrow:
    if source.x == target.x == MIDDLE:
        steps = main.index(target.state) - main.index(source.state)
        return _down(source, target, actions) if steps == 1 else _bend(
            source, target, actions, steps
        )
    if source.y == target.y:
        return _across(source, target, actions, both_ways)
    return _slant(source, target, actions)


def _down(source: Box, target: Box, actions: tuple[str, ...]) -> Arrow:
    x = MIDDLE + BOX_WIDTH // 2
    path = f"M{x} {source.y + BOX_HEIGHT}V{target.y - 1}"
    return Arrow(path, actions, x + 8, (source.y + BOX_HEIGHT + target.y) // 2 + 4)


def _bend(source: Box, target: Box, actions: tuple[str, ...], steps: int) -> Arrow:
    """A way back or past a state, out at the left; the farther it goes, the wider it bends."""
    out = MIDDLE - 22 * abs(steps) - 8
    leave, enter = (source.centre - 8, target.centre + 8) if steps < 0 else (
        source.centre + 8, target.centre - 8)
    path = f"M{MIDDLE} {leave}C{out} {leave} {out} {enter} {MIDDLE - 1} {enter}"
    return Arrow(path, actions, (MIDDLE + 3 * out) // 4 - 4, (leave + enter) // 2 + 4, "end")


def _across(source: Box, target: Box, actions: tuple[str, ...], both_ways: bool) -> Arrow:
    right = target.x > source.x
    y = source.centre + (0 if not both_ways else -8 if right else 8)
    start, end = (MIDDLE + BOX_WIDTH, RIGHT - 1) if right else (RIGHT, MIDDLE + BOX_WIDTH + 1)
    below = both_ways and not right
    return Arrow(f"M{start} {y}H{end}", actions, (start + end) // 2, y + (22 if below else -5),
                 "middle")


def _slant(source: Box, target: Box, actions: tuple[str, ...]) -> Arrow:
    right = target.x > source.x
    start, end = (MIDDLE + BOX_WIDTH, RIGHT - 1) if right else (RIGHT, MIDDLE + BOX_WIDTH + 1)
    middle = (start + end) // 2
    path = f"M{start} {source.centre}H{middle}V{target.centre}H{end}"
    return Arrow(path, actions, middle + 4, (source.centre + target.centre) // 2, "start")


def _gathered(table: TransitionTable, state: str, boxes: dict[str, Box]) -> Arrow:
    """One way from many states, such as void: they meet in a line at the right edge."""
    target = boxes[state]
    line = RIGHT + BOX_WIDTH + BUS // 2
    arrows = [arrow for arrow in table if arrow.target == state]
    parts = []
    for source in {arrow.source for arrow in arrows}:
        box = boxes[source]
        if box.x == RIGHT:
            parts.append(f"M{RIGHT + BOX_WIDTH} {box.centre}H{line}")
        else:
            low = box.y + BOX_HEIGHT - 6
            parts.append(f"M{MIDDLE + BOX_WIDTH} {low}H{line}")
    top = min(boxes[arrow.source].y for arrow in arrows) + BOX_HEIGHT - 6
    parts.append(f"M{line} {top}V{target.centre}H{target.x + BOX_WIDTH + 1}")
    actions = tuple(dict.fromkeys(arrow.action for arrow in arrows))
    return Arrow("".join(sorted(parts[:-1])) + parts[-1], actions, target.x + BOX_WIDTH // 2,
                 target.y - 6, "middle")
