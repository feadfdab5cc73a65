"""Pouring: the plan's visits one after the other as text, written by COPY in batches."""

import random
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from chejian.demo.scale import fleet
from chejian.demo.scale.making import Moulds
from chejian.demo.scale.mould import Mould, Pour
from chejian.demo.scale.plan import Plan
from chejian.demo.scale.supply import Wanted
from chejian.parties.models import Party

BATCH = 1000  # visits between two words about them
#: bytes of a table that wait for their COPY: each COPY leaves up to 64 pages behind it empty
FULL = 12_000_000
SUPPLIED_AT = time(7, 15)
A_MOMENT = timedelta(minutes=7)  # from the record of a car to the order
KM_A_DAY = (18, 55)
NULL = "\\N"
CARS = "vehicles_vehicle"
#: of a car: what the first visit does not know yet
UNKNOWN = {"odometer": NULL, "total_km": NULL, "last_visit_on": NULL, "version": "1"}


@dataclass
class Car:
    """What changes of a car, by number."""

    km: array[int]
    version: array[int]
    met: array[int]  # seconds since the epoch
    last: array[int]  # ordinal of the day of its last visit


class Sink:
    """Rows waiting for their COPY, and the ids and numbers given so far."""

    def __init__(self, write: Callable[[str, list[bytes]], None], last: Mapping[str, int],
                 numbers: Mapping[tuple[str, str, int], int]) -> None:
        self.write = write
        self.last = dict(last)
        self.first = dict(last)
        self.numbers = defaultdict(int, numbers)
        self.rows: dict[str, list[bytes]] = defaultdict(list)
        self.sizes: dict[str, int] = defaultdict(int)

    def take(self, table: str, count: int) -> int:
        first = self.last[table] + 1
        self.last[table] += count
        return first

    def number(self, kind: str, station: str, year: int) -> str:
        self.numbers[kind, station, year] += 1
        return f"{kind}-{station}-{year % 100:02d}-{self.numbers[kind, station, year]:06d}"

    def put(self, rows: list[tuple[str, str]]) -> None:
        for table, text in rows:
            line = text.encode()
            self.rows[table].append(line)
            self.sizes[table] += len(line)
            if self.sizes[table] > FULL:
                self._write(table)

    def flush(self) -> None:
        for table in list(self.rows):
            self._write(table)

    def _write(self, table: str) -> None:
        self.write(table, self.rows.pop(table))
        del self.sizes[table]


class Pourer:
    """Pours a plan."""

    def __init__(self, plan: Plan, moulds: Moulds, sink: Sink, seed: int, until: date) -> None:
        self.plan, self.moulds, self.sink, self.seed, self.until = plan, moulds, sink, seed, until
        self.dice = random.Random(f"{seed}/pour")
        self.zone = timezone.get_current_timezone()
        size = len(plan.electric)
        self.cars = Car(*(array(kind, bytes(array(kind).itemsize * size)) for kind in "LLqL"))
        self.first_car = sink.last[CARS] + 1
        self.first_owner = sink.last["parties_party"] + 1
        self.payers = {name: str(pk) for pk, name in Party.objects.filter(
            Q(is_maker=True) | Q(is_insurer=True)).values_list("pk", "name")}
        self.met = 0
        self.met_owners = 0

    def run(self, tell: Callable[[int], None]) -> None:
        for start, end in self._weeks():
            self._supply(start, end)
            for number in range(start, end):
                self._visit(number)
                if number % BATCH == BATCH - 1:
                    tell(number + 1)
        self.sink.flush()
        self._write_cars()

    def _weeks(self) -> Iterator[tuple[int, int]]:
        """Spans of visits that lie in one calendar week."""
        days, day = self.plan.days, self.plan.day
        start = 0
        for number in range(1, len(day) + 1):
            if number == len(day) or _week(days[day[number]]) != _week(days[day[start]]):
                yield start, number
                start = number

    def _supply(self, start: int, end: int) -> None:
        """What this week takes arrives before its first car, in every warehouse."""
        used: dict[int, dict[tuple[int, int], list[Decimal]]] = {}
        visits: dict[int, int] = defaultdict(int)
        for kind in self.plan.kind[start:end]:
            visits[kind] += 1
        for kind, times in sorted(visits.items()):
            for (house, part, bin_), (quantity, value) in self.moulds.visits[kind].used.items():
                sums = used.setdefault(house, {}).setdefault((part, bin_), [Decimal(0)] * 2)
                sums[0] += quantity * times
                sums[1] += value * times
        day = self.plan.days[self.plan.day[start]]
        for house, parts in sorted(used.items()):
            lines = [Wanted(part, bin_, quantity, value)
                     for (part, bin_), (quantity, value) in sorted(parts.items())]
            pour = self._pour(self._moment(day, SUPPLIED_AT), day, {}, 0, 0)
            self.sink.put(self.moulds.supply[house].fill(pour, lines))

    def _visit(self, number: int) -> None:
        plan, cars = self.plan, self.cars
        car, day = plan.car[number], plan.days[plan.day[number]]
        visit = self.moulds.visits[plan.kind[number]]
        hour, minute = divmod(plan.minute[number], 60)
        start = self._moment(day, time(hour, minute, self.dice.randrange(60)))
        words = self._words(car)
        if car == self.met:
            self._meet(car, start - A_MOMENT, day, words)
            cars.km[car] = fleet.first_reading(self.seed, car)
        else:
            cars.km[car] += (day.toordinal() - cars.last[car]) * self.dice.randint(*KM_A_DAY)
        words["car.created_at"] = _text(datetime.fromtimestamp(cars.met[car], UTC))
        mould = visit.mould
        base = cars.km[car] - min(mould.kms, default=0)
        self.sink.put(mould.fill(self._pour(start, day, words, base, cars.version[car])))
        cars.km[car] = base + visit.leaves_at
        cars.version[car] += max(mould.versions, default=0)
        cars.last[car] = day.toordinal()

    def _meet(self, car: int, at: datetime, day: date, words: dict[str, str]) -> None:
        owner = self.plan.owner[car]
        new = owner == self.met_owners
        self.cars.met[car] = int(at.timestamp())
        self.cars.version[car] = 1
        more = {"car.created_at": _text(at)} | {f"car.{key}": value
                                                 for key, value in UNKNOWN.items()}
        if new:
            columns = self._owner(owner).columns()
            more |= {f"owner.{name}": text for name, text in columns.items()}
        rows = self.moulds.met[new].fill(self._pour(at, day, words | more, 0, 1))
        self.sink.put([row for row in rows if row[0] != CARS])  # the car itself comes last
        self.met += 1
        self.met_owners += new

    def _write_cars(self) -> None:
        """Each car as its last visit left it."""
        mould = self.moulds.met[False]
        text, getter = next((text, getter) for name, text, getter in mould.templates
                            if name == CARS)
        only = _Only(mould, CARS, text, getter)
        for car in range(self.met):
            words = self._words(car) | {
                "car.created_at": _text(datetime.fromtimestamp(self.cars.met[car], UTC)),
                "car.odometer": str(self.cars.km[car]), "car.total_km": str(self.cars.km[car]),
                "car.last_visit_on": date.fromordinal(self.cars.last[car]).isoformat(),
                "car.version": str(self.cars.version[car]),
            }
            self.sink.put([(CARS, only.fill(self.first_car + car, words))])
        self.sink.flush()

    def _words(self, car: int) -> dict[str, str]:
        plan, number = self.plan, self.plan.owner[car]
        columns = fleet.car(self.seed, car, electric=bool(plan.electric[car]), today=self.until)
        return {
            **columns, **self._owner(number).texts, "vehicle": str(self.first_car + car),
            "customer": str(self.first_owner + number),
            "payer.make": self.payers[columns["make"]],
            "payer.insurer_name": self.payers[columns["insurer_name"]],
            **{f"car.{name}": text for name, text in columns.items()},
        }

    def _owner(self, number: int) -> fleet.Owner:
        return fleet.owner(self.seed, number, company=bool(self.plan.company[number]))

    def _pour(self, start: datetime, day: date, words: Mapping[str, str], km: int,
              version: int) -> Pour:
        return Pour(start, day, words, km, version, self.sink.take, self.sink.number, self._uuid)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _uuid(self) -> str:
        text = f"{self.dice.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class _Only:
    """One table of a mould, filled by words alone."""

    def __init__(self, mould: Mould, table: str, text: str,
                 getter: Callable[[list[Any]], Any]) -> None:
        self.keys, self.table, self.text, self.getter = mould.keys, table, text, getter

    def fill(self, number: int, words: Mapping[str, str]) -> str:
        values = [self._value(key, number, words) for key in self.keys]
        return str(self.text % self.getter(values))

    def _value(self, key: tuple[Any, ...], number: int, words: Mapping[str, str]) -> object:
        if key[0] == "id" and key[1] == self.table:
            return number
        if key[0] == "version":
            return words["car.version"]
        return words[key[1]] if key[0] == "word" else ""


def _week(day: date) -> tuple[int, int, int]:
    """The ISO week within a calendar year: a receipt's number is of the year of its visits."""
    iso = day.isocalendar()
    return (day.year, iso.year, iso.week)


def _text(moment: datetime) -> str:
    return moment.isoformat(" ")
