"""A mould: the rows of one visit as text with holes, made by reading what the verbs wrote."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from django.utils import timezone

from chejian.demo.scale.tables import ROOM, Table, raw
from chejian.workorders.services.approval import chained_hash

ANSWERS = "workorders_authorisation"
LONGEST = 60 * 86_400  # seconds between the first and the last moment of a visit
YEAR_AND_MORE = 800  # days: guarantees end within
#: kinds of holes, in the order in which they are filled
KINDS = ("id", "moment", "now", "day", "number", "word", "km", "version", "uuid", "hash")

#: the meter of a car made for reading shows so much; what lies above is told from there
KM, KM_SPAN = 1_100_000, 100_000
HOLE = re.compile(
    r"(?P<id>(?<!\d)7\d{15}(?!\d))"
    r"|(?P<moment>(?<!\d)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?\+\d\d(?::\d\d)?)"
    r"|(?P<day>(?<!\d)\d{4}-\d\d-\d\d(?![\d-]))"
    r"|(?P<number>(?<![A-Z])(?P<kind>[A-Z]{2})-(?P<station>[A-Z]{2,4})-\d\d-\d{6}(?!\d))"
    r"|(?P<hash>(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f]))"
    r"|(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"|(?P<km>(?<![\d.-])11\d{5}(?![\d.-]))"
)
ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
ESCAPED = re.compile(r"\\[tnr\\]")

type Key = tuple[Any, ...]
type Span = tuple[int, int]


class MouldError(Exception):
    """A row of a visit refers to something that is neither its own nor the group's."""


def copy_out(table: Table, first: int, last: int) -> list[list[str]]:
    """Rows by id as the fields of COPY's text."""
    span = f'"{table.key}" BETWEEN {first} AND {last} ORDER BY "{table.key}"'
    query = f"COPY (SELECT {table.column_list} FROM {table.name} WHERE {span}) TO STDOUT"  # noqa: S608 - names of the catalogue
    with raw().cursor().copy(query) as copy:
        text = b"".join(copy).decode()
    return [line.split("\t") for line in text.splitlines()]


def unescape(cell: str) -> str:
    return ESCAPED.sub(lambda found: ESCAPES[found[0]], cell)


@dataclass(frozen=True)
class Source:
    """What a mould is made from: the span of new ids per table, and what stands for the car.

    ``texts`` are words of the car and the customer and what each is; ``columns`` names, for a
    table, whose columns it copies (``vehicles_vehicleevent``: ``car``) and which they are.
    """

    tables: Mapping[str, Table]
    spans: Mapping[str, Span]
    start: datetime
    texts: Mapping[str, str]
    aliases: Mapping[int, str] = field(default_factory=dict)  # marked ids of rows made before
    constants: frozenset[str] = frozenset()  # uuids that stay: the context of the history
    columns: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return timezone.localdate(self.start)


class Holes:
    """Finds the holes of texts and gives each a slot."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.slots: dict[Key, int] = {}
        self.hashes: set[str] = set()
        self.marks = {table.mark // ROOM: name for name, table in source.tables.items()
                      if table.mark >= ROOM}
        words = sorted(source.texts, key=len, reverse=True)
        self.pattern = re.compile("|".join([*map(re.escape, words), HOLE.pattern]))

    def slot(self, key: Key) -> int:
        return self.slots.setdefault(key, len(self.slots))

    def cut(self, text: str, out: list[int]) -> str:
        """The text for ``%``, with the slots of its holes appended to ``out``."""
        pieces, end = [], 0
        for found in self.pattern.finditer(text):
            key = self._key(found)
            if key is None:
                continue
            pieces += [text[end:found.start()].replace("%", "%%"), "%s"]
            out.append(self.slot(key))
            end = found.end()
        return "".join([*pieces, text[end:].replace("%", "%%")])

    def _key(self, found: "re.Match[str]") -> Key | None:
        text = found[0]
        match found.lastgroup:
            case None:
                return ("word", self.source.texts[text])
            case "id":
                return self._row(int(text))
            case "moment":
                return self._moment(text)
            case "day":
                return self._day(text)
            case "number":
                return ("number", found["kind"], found["station"], text)
            case "km":
                return ("km", int(text) - KM)
            case "hash":
                return ("hash", text) if text in self.hashes else None
        return None if text in self.source.constants else ("uuid", text)

    def _row(self, number: int) -> Key:
        if number in self.source.aliases:
            return ("word", self.source.aliases[number])
        table = self.marks[number // ROOM]
        first, last = self.source.spans.get(table, (0, -1))
        if not first <= number <= last:
            raise MouldError(f"{table} {number}")
        return ("id", table, number - first)

    def _moment(self, text: str) -> Key:
        moment = datetime.fromisoformat(text)
        separator = "T" if "T" in text else " "
        after = round((moment - self.source.start).total_seconds())
        if not -LONGEST <= after <= LONGEST:
            return ("now", separator)  # the database's own clock, in the rows of the history
        return ("moment", separator, after)

    def _day(self, text: str) -> Key | None:
        after = (date.fromisoformat(text) - self.source.day).days
        return ("day", after) if abs(after) < YEAR_AND_MORE else None


@dataclass
class Pour:
    """What fills the holes of one visit."""

    start: datetime
    day: date
    words: Mapping[str, str]
    km: int
    version: int
    take: Callable[[str, int], int]  # the first of so many new ids of a table
    number: Callable[[str, str, int], str]  # kind, station and year of a document
    uuid: Callable[[], str]


type Getter = Callable[[Sequence[Any]], Any]


class Mould:
    """Rows of one visit with holes: ``fill`` gives them as text for COPY, by table."""

    def __init__(self, source: Source) -> None:
        spans = {name: span for name, span in source.spans.items() if span[1] >= span[0]}
        read = {name: copy_out(source.tables[name], *span) for name, span in spans.items()}
        # a row that was there already has used up an id and left none behind
        self.rows = {name: rows for name, rows in read.items() if rows}
        self.counts = {name: spans[name][1] - spans[name][0] + 1 for name in self.rows}
        holes = Holes(source)
        snapshots = self._snapshots(source, holes)
        cut = {name: self._cut(source, holes, name) for name in self.counts}
        order = sorted(holes.slots, key=lambda key: (KINDS.index(key[0]), str(key[1:-1]),
                                                     self._place(key, holes)))
        rank = {holes.slots[key]: place for place, key in enumerate(order)}
        self.keys = order
        self.templates = [
            (name, text, _getter([rank[slot] for slot in slots])) for name, (text, slots)
            in cut.items()
        ]
        self.snapshots = [
            (text, _getter([rank[slot] for slot in slots]), rank[holes.slots["hash", own]])
            for text, slots, own in snapshots if ("hash", own) in holes.slots
        ]
        self._sort_keys()

    def _snapshots(self, source: Source, holes: Holes) -> list[tuple[str, list[int], str]]:
        """Customers' answers: their hashes follow from what they froze (workorders.approval)."""
        if ANSWERS not in self.rows:
            return []
        columns = source.tables[ANSWERS].columns
        frozen, own = columns.index("snapshot"), columns.index("hash")
        holes.hashes |= {row[own] for row in self.rows[ANSWERS]}
        found = []
        for row in self.rows[ANSWERS]:
            slots: list[int] = []
            found.append((holes.cut(unescape(row[frozen]), slots), slots, row[own]))
        return found

    def _cut(self, source: Source, holes: Holes, name: str) -> tuple[str, list[int]]:
        table, slots, lines = source.tables[name], [], []
        first = source.spans[name][0]
        whose, copied = source.columns.get(name, ("", frozenset()))
        for row in self.rows[name]:
            cells = []
            for column, cell in zip(table.columns, row, strict=True):
                if column == table.key:
                    slots.append(holes.slot(("id", name, int(cell) - first)))
                    cells.append("%s")
                elif column == "version" and whose:
                    slots.append(holes.slot(("version", int(cell) - 1)))
                    cells.append("%s")
                elif column in copied:
                    slots.append(holes.slot(("word", f"{whose}.{column}")))
                    cells.append("%s")
                else:
                    cells.append(holes.cut(cell, slots))
            lines.append("\t".join(cells) + "\n")
        return "".join(lines), slots

    @staticmethod
    def _place(key: Key, holes: Holes) -> Any:
        """Where a hole stands among its kind; what is drawn by chance has no order of its own."""
        return holes.slots[key] if key[0] in ("uuid", "hash") else key[-1]

    def _sort_keys(self) -> None:
        """The holes by kind, in the order of their slots."""
        by: dict[str, list[Key]] = {kind: [] for kind in KINDS}
        for key in self.keys:
            by[key[0]].append(key)
        self.ids: dict[str, list[int]] = {}
        for _, table, place in by["id"]:
            self.ids.setdefault(table, []).append(place)
        self.moments = [(timedelta(seconds=after), sep) for _, sep, after in by["moment"]]
        self.last = max((delta for delta, _sep in self.moments), default=timedelta())
        self.nows = [separator for _, separator in by["now"]]
        self.days = [timedelta(days=after) for _, after in by["day"]]
        self.numbers = [(kind, code) for _, kind, code, _text in by["number"]]
        self.words = [word for _, word in by["word"]]
        self.kms = [after for _, after in by["km"]]
        self.versions = [after for _, after in by["version"]]
        self.uuids = len(by["uuid"])
        self.hashes = len(by["hash"])

    def fill(self, pour: Pour) -> list[tuple[str, str]]:
        """The rows of one more visit: table and text."""
        values: list[Any] = []
        firsts = {table: pour.take(table, count) for table, count in self.counts.items()}
        for table, places in self.ids.items():
            first = firsts[table]
            values += [first + place for place in places]
        values += [(pour.start + delta).isoformat(sep) for delta, sep in self.moments]
        values += [(pour.start + self.last).isoformat(separator) for separator in self.nows]
        values += [(pour.day + delta).isoformat() for delta in self.days]
        values += [pour.number(kind, code, pour.day.year) for kind, code in self.numbers]
        values += [pour.words[word] for word in self.words]
        values += [pour.km + after for after in self.kms]
        values += [pour.version + after for after in self.versions]
        values += [pour.uuid() for _ in range(self.uuids)]
        values += [""] * self.hashes
        before = ""
        for text, getter, place in self.snapshots:
            before = chained_hash(before, json.loads(text % getter(values)))
            values[place] = before
        return [(name, text % getter(values)) for name, text, getter in self.templates]


def _getter(places: Sequence[int]) -> Getter:
    """The values at these places as a tuple."""
    if not places:
        return lambda _values: ()
    if len(places) == 1:
        return lambda values: (values[places[0]],)
    return itemgetter(*places)
