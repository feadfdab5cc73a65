"""The odometer chain (X03) as pure rules: what the events of a car add up to.

An event is never changed. A correction takes the place of the one it corrects, at that one's date;
a meter change carries the kilometres of the old meter on: carried += old reading - new start.
The total is reading + carried (domain.md 4: 38,900, meter changed to 0, then 120 gives 39,020).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum


class Misfit(StrEnum):
    """How a reading does not fit between its neighbours. It is kept all the same."""

    BELOW_LAST = "below_last"
    ABOVE_NEXT = "above_next"


@dataclass(frozen=True)
class Link:
    """An event as the rules see it; ``old_reading`` is given by a meter change only."""

    id: int
    read_on: date
    reading: int
    old_reading: int | None = None
    corrects: int | None = None


@dataclass(frozen=True)
class Stand:
    """The chain after one of its entries. ``event`` is the event that speaks for the entry."""

    entry: int
    event: int
    read_on: date
    reading: int
    before: int | None
    carried: int

    @property
    def total_km(self) -> int:
        return max(0, self.reading + self.carried)


def entries(links: Iterable[Link]) -> list[Link]:
    """What counts, in order of date: each corrected event replaced by its newest correction."""
    counting: dict[int, Link] = {}
    root: dict[int, int] = {}
    for link in sorted(links, key=lambda one: one.id):
        if link.corrects is None:
            counting[link.id] = link
            root[link.id] = link.id
        else:
            first = root[link.corrects]
            root[link.id] = first
            counting[first] = replace(
                counting[first], reading=link.reading, old_reading=link.old_reading,
                corrects=link.id,
            )
    return [counting[key] for key in sorted(counting, key=lambda k: (counting[k].read_on, k))]


def stands(links: Iterable[Link]) -> list[Stand]:
    """The chain entry by entry, oldest first."""
    carried, found = 0, []
    for link in entries(links):
        if link.old_reading is not None:
            carried += link.old_reading - link.reading
        event = link.id if link.corrects is None else link.corrects
        found.append(
            Stand(link.id, event, link.read_on, link.reading, link.old_reading, carried)
        )
    return found


def present(links: Iterable[Link]) -> Stand | None:
    """Where the chain stands now."""
    chain = stands(links)
    return chain[-1] if chain else None


def stand_of(links: Iterable[Link], event: int) -> Stand:
    """The entry for which ``event`` speaks."""
    return next(stand for stand in stands(links) if stand.event == event)


def warning_for(chain: Sequence[Stand], event: int) -> str:
    """How the entry of ``event`` fails to fit its neighbours; empty when it fits.

    A meter change is judged by what the old meter showed last.
    """
    place = next(i for i, stand in enumerate(chain) if stand.event == event)
    here = chain[place]
    first = here.reading if here.before is None else here.before
    if place > 0 and first < chain[place - 1].reading:
        return Misfit.BELOW_LAST
    later = chain[place + 1] if place + 1 < len(chain) else None
    if later is not None and here.reading > (
        later.reading if later.before is None else later.before
    ):
        return Misfit.ABOVE_NEXT
    return ""
