"""Who comes when, with which car, for what: drawn once from the seed, a few bytes a visit."""

import random
from array import array
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Protocol

from chejian.demo.scale.calendar import days_until, share_out, weight

OPENING, LAST_HOUR = 8 * 60, 21 * 60  # minutes of the day: doors open, everybody has gone home
VISITS_PER_CAR = 5
EARLY = 0.7  # most cars come for the first time in the first years
REST_DAYS = 21  # between two visits of a car
TRIES = 12
COMPANY_SHARE, SECOND_CAR, FLEET_GROWS = 0.03, 0.15, 0.8


class Kind(Protocol):
    """What the plan asks of a mould."""

    @property
    def electric(self) -> bool: ...

    @property
    def company(self) -> bool: ...

    @property
    def minutes(self) -> int:
        """From the opening to its last moment of the same day."""

    def weight_in(self, month: int) -> float: ...


@dataclass
class Plan:
    """One entry per visit, by time; and the cars by number with their owners."""

    days: list[date]
    day: array[int] = field(default_factory=lambda: array("H"))
    minute: array[int] = field(default_factory=lambda: array("H"))
    kind: array[int] = field(default_factory=lambda: array("H"))
    car: array[int] = field(default_factory=lambda: array("L"))
    owner: array[int] = field(default_factory=lambda: array("L"))  # of each car
    electric: bytearray = field(default_factory=bytearray)  # each car
    company: bytearray = field(default_factory=bytearray)  # each owner

    def __len__(self) -> int:
        return len(self.day)


def draw(count: int, until: date, kinds: Sequence[Kind], dice: random.Random) -> Plan:
    """Plan ``count`` visits up to ``until``."""
    plan = Plan(days_until(until))
    counts = share_out(count, [weight(day, plan.days[0]) for day in plan.days])
    chances = {month: list(accumulate(kind.weight_in(month) for kind in kinds))
               for month in range(1, 13)}
    fleet = _Fleet(plan, max(count // VISITS_PER_CAR, 10), count, dice)
    for number, (day, visits) in enumerate(zip(plan.days, counts, strict=True)):
        chance = chances[day.month]
        chosen = [bisect(chance, dice.random() * chance[-1]) for _ in range(visits)]
        times = sorted((dice.randint(OPENING, LAST_HOUR - kinds[kind].minutes), kind)
                       for kind in chosen)
        for minute, kind in times:
            plan.day.append(number)
            plan.minute.append(minute)
            plan.kind.append(kind)
            plan.car.append(fleet.find(kinds[kind], (day - plan.days[0]).days))
    return plan


class _Fleet:
    """The cars known so far. A new one is met when there are too few, or none that fits."""

    def __init__(self, plan: Plan, size: int, visits: int, dice: random.Random) -> None:
        self.plan, self.size, self.visits, self.dice = plan, size, visits, dice
        self.last_day: array[int] = array("l")

    def find(self, kind: Kind, day: int) -> int:
        met = len(self.last_day)
        if met >= self.size * ((len(self.plan) / self.visits) ** EARLY):
            for _ in range(TRIES):
                number = self.dice.randrange(met)
                if self._fits(number, kind) and day - self.last_day[number] >= REST_DAYS:
                    self.last_day[number] = day
                    return number
        return self._meet(kind, day)

    def _fits(self, number: int, kind: Kind) -> bool:
        plan = self.plan
        if plan.electric[number] != kind.electric:
            return False
        return not kind.company or bool(plan.company[plan.owner[number]])

    def _meet(self, kind: Kind, day: int) -> int:
        plan = self.plan
        plan.electric.append(kind.electric)
        plan.owner.append(self._owner(kind.company))
        self.last_day.append(day)
        return len(self.last_day) - 1

    def _owner(self, company: bool) -> int:
        """The last customer's next car, or a new customer."""
        plan, dice = self.plan, self.dice
        last = len(plan.company) - 1
        if last >= 0:
            more = FLEET_GROWS if plan.company[last] else SECOND_CAR
            if dice.random() < more and (plan.company[last] or not company):
                return last
        plan.company.append(company or dice.random() < COMPANY_SHARE)
        return last + 1
