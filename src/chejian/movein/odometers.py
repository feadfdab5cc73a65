"""Which readings of a car cannot be true, judged by the other readings of its chain. Pure.

The longest run of readings that never falls is believed. What does not fit into it is doubtful: a
zero too many where it is far above what followed and a tenth fits between its neighbours, else
simply out of order.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PER_DAY = 1_500
"""Nobody drives more in a day; a week's grace is added for days of rest before."""
GRACE_DAYS = 7
FAR = 600_000
"""Past this a zero too many is suspected without any neighbour (values.read_kilometres)."""


class Doubt(StrEnum):
    TEN_TIMES = "km.ten_times"
    OUT_OF_ORDER = "km.out_of_order"


@dataclass(frozen=True)
class Seen:
    """A reading of a day; ``key`` names it to the asker, None for one that is in the chain."""

    on: date
    km: int
    key: int | None = None


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a reading, and the reading probably meant (None: nobody knows)."""

    doubt: Doubt
    meant: int | None = None


def judge(readings: Sequence[Seen]) -> dict[int, Judgement]:
    """The doubtful ones of one car's readings, by their key."""
    ordered = sorted(readings, key=lambda seen: (seen.on, seen.km))
    believed = _without_leaps(ordered, _longest_run([seen.km for seen in ordered]))
    found = {}
    for place, seen in enumerate(ordered):
        if place not in believed and seen.key is not None:
            found[seen.key] = _judgement(ordered, believed, place)
    return found


def _longest_run(values: Sequence[int]) -> set[int]:
    """The places of a longest run that never falls; of equal ones that of the smaller values."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for place, value in enumerate(values):
        at = bisect_right(tails, value)
        before.append(places[at - 1] if at else None)
        tails[at:at + 1] = [value]
        places[at:at + 1] = [place]
    run: set[int] = set()
    step = places[-1] if places else None
    while step is not None:
        run.add(step)
        step = before[step]
    return run


def _without_leaps(ordered: Sequence[Seen], run: set[int]) -> set[int]:
    """Readings at the end that leap further than can be driven are not believed, nor is a first
    one beyond all measure."""
    kept: list[int] = []
    for place in sorted(run):
        seen = ordered[place]
        last = ordered[kept[-1]] if kept else None
        if _tenth(seen.km) is not None and _leaps(last, seen):
            continue
        kept.append(place)
    return set(kept)


def _leaps(last: Seen | None, seen: Seen) -> bool:
    if last is None:
        return seen.km > FAR
    tenth = _tenth(seen.km)
    days = (seen.on - last.on).days + GRACE_DAYS
    return seen.km - last.km > days * PER_DAY and tenth is not None and tenth >= last.km


def _tenth(km: int) -> int | None:
    return km // 10 if km and km % 10 == 0 else None


def _judgement(ordered: Sequence[Seen], believed: set[int], place: int) -> Judgement:
    tenth = _tenth(ordered[place].km)
    low = max((ordered[at].km for at in believed if at < place), default=0)
    high = min((ordered[at].km for at in believed if at > place), default=None)
    far = high is None or 2 * ordered[place].km >= 3 * high
    if tenth is not None and far and low <= tenth and (high is None or tenth <= high):
        return Judgement(Doubt.TEN_TIMES, tenth)
    return Judgement(Doubt.OUT_OF_ORDER)
