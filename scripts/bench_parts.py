"""What the benchmark measures, part by part: each operation with its budget and its client."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import quote

from scripts.bench_api import ApiClient
from scripts.bench_http import Answer, AnswerError, Person
from scripts.bench_shop import Shop

LIST, PAGE = 40, 80
A_DOZEN = 12
type Act = Callable[[], list[Answer]]


@dataclass(frozen=True)
class Operation:
    """``client`` makes a client ready for so many acts; only the acts are timed."""

    name: str
    budget_ms: float
    times: int
    client: Callable[[int], Act]


#: address and who opens it; what a shop has most of, first
LISTS = (
    ("/work-orders/", "adviser"), ("/work-orders/?state=all", "adviser"),
    ("/work-orders/?state=all&sort=number", "adviser"),
    ("/work-orders/?state=all&q=" + quote("粤B"), "adviser"),
    ("/work-orders/jobs/", "manager"), ("/work-orders/parts/", "manager"),
    ("/customers/", "adviser"), ("/vehicles/", "adviser"), ("/parts/", "adviser"),
    ("/labour/", "adviser"), ("/job-templates/", "adviser"), ("/tags/", "manager"),
    ("/stock/", "keeper"), ("/stock/moves/", "keeper"), ("/stock/receipts/", "keeper"),
    ("/stock/receipts/lines/", "keeper"), ("/settlements/", "cashier"), ("/payments/", "cashier"),
    ("/receivables/", "cashier"), ("/books/entries/", "manager"), ("/approvals/", "manager"),
    ("/audit/", "admin"), ("/settings/people/", "admin"), ("/exports/", "manager"),
    ("/imports/", "admin"),
)
PAGES = (
    ("/", "adviser"), ("/", "manager"), ("/reception/", "adviser"), ("/cashier/", "cashier"),
    ("/stores/", "keeper"), ("/my-jobs/", "technician"), ("/books/", "manager"),
    ("/stock/report/", "manager"), ("/queries/", "manager"), ("/notices/", "adviser"),
    ("/settings/", "admin"), ("/help/", "adviser"),
)
#: what is typed: part of a plate, the end of a phone, a name, initials, a number, a slip
SEARCHES = ("粤B", "7919", "陈志", "czq", "WO-NS-25-0001", "刹车", "粤BA79I9")
#: questions over the last year, of one station and of all: subject,
#: what it is grouped by, its figures, and the day that the year is asked of
YEARS = (
    ("orders", "opened:month", "count sum:total", "opened"),
    ("orders", "make", "count sum:total sum:cost", "opened"),
    ("orders", "customer", "count sum:total", "opened"),
    ("jobs", "job", "count sum:payable", "opened"),
    ("technicians", "technician finished:month", "sum:hours sum:payable", "finished"),
    ("parts", "brand opened:month", "sum:quantity sum:payable sum:cost", "opened"),
    ("settlements", "settled_on:month payer", "sum:net sum:tax", "settled_on"),
    ("payments", "paid_on:month method", "sum:amount", "paid_on"),
    ("stock-moves", "occurred_on:month kind", "sum:quantity", "occurred_on"),
)
VIEWED = (r'href="(/customers/\d+/)"', "/customers/", "customer"), (
    r'href="(/vehicles/\d+/)"', "/vehicles/", "car"), (r'href="(/parts/\d+/)"', "/parts/", "part")


@dataclass
class Bench:
    """The parts by name, for one running product."""

    shop: Shop
    times: int
    left_out: list[str] = field(default_factory=list)

    def operations(self, parts: list[str]) -> Iterator[Operation]:
        for part in parts:
            yield from getattr(self, part)()

    def lists(self) -> Iterator[Operation]:
        yield from self._paths("list", LISTS, LIST)

    def pages(self) -> Iterator[Operation]:
        yield from self._paths("page", PAGES, PAGE)
        for pattern, where, name in VIEWED:
            found = self._links(pattern, where)
            if found:
                yield self._reading(f"page of a {name}", found, "adviser", PAGE)

    def reports(self) -> Iterator[Operation]:
        books = self.shop.person("manager").get("/books/").text  # it shows the present station's
        here = re.search(r"station=(\d+)", books)
        station = f"&f=station.in.{here[1]}" if here else ""
        for whose, where, budget in (("one station", station, 300), ("all", "", 1000)):
            for subject, by, figures, day in YEARS:
                path = f"/queries/{subject}/?f={day}.period.last_365{where}"
                path += "".join(f"&by={one}" for one in by.split())
                path += "".join(f"&fig={one}" for one in figures.split())
                name = f"a year of {whose}: {subject} by {by.replace(' ', ', ')}"
                yield self._reading(name, path, "head", budget)

    def cockpit(self) -> Iterator[Operation]:
        fresh = self.shop.create(self.shop.person("adviser")).location
        yield self._reading("a new work order, all panels", fresh, "adviser", 120)
        old = self._links(r'href="(/work-orders/\d+/)"', "/work-orders/?state=all&sort=number")
        if old:
            yield self._reading("a finished work order, all panels", old, "adviser", 120)

    def search(self) -> Iterator[Operation]:
        for typed in SEARCHES:
            path = f"/search/?q={quote(typed)}"
            yield self._reading(f"search {typed}", path, "adviser", 25, fragment=True)

    def create(self) -> Iterator[Operation]:
        def client(_times: int) -> Act:
            person = self.shop.person("adviser")
            return lambda: [self.shop.create(person)]

        yield Operation("create an order with 5 lines", 60, self._some(4), client)

    def issue(self) -> Iterator[Operation]:
        def issuing(*, fragment: bool) -> Callable[[int], Act]:
            def client(_times: int) -> Act:
                person, counter, line = self.shop.ready_to_issue()
                return lambda: [self.shop.issue(person, counter, line, fragment=fragment)]

            return client

        def returning(_times: int) -> Act:
            person, place, issue = self.shop.ready_to_return()
            return lambda: [self.shop.give_back(person, place, issue)]

        yield Operation("issue a part", 40, self._some(4), issuing(fragment=False))
        yield Operation("issue a part, the counter anew", 120, self._some(4),
                        issuing(fragment=True))
        yield Operation("return a part", 40, self._some(4), returning)

    def settle(self) -> Iterator[Operation]:
        def client(times: int) -> Act:
            person = self.shop.person("cashier")
            waiting = iter([self.shop.completed() for _ in range(times)])
            return lambda: self.shop.settle(person, *next(waiting))

        yield Operation("settle and collect", 80, self._some(12), client)

    def api(self) -> Iterator[Operation]:
        try:
            api = ApiClient(self.shop)
        except AnswerError as error:
            self.left_out.append(f"api: {error}")
            return
        for name, budget, times, act in (
            ("API: list 25 orders", 20, self.times, api.list_orders),
            ("API: one order with lines", 25, self.times, api.one_order),
            ("API: create an order", 40, self._some(4), api.create),
        ):
            yield Operation(name, budget, times, _calling(act, api))

    def _some(self, part: int) -> int:
        return max(self.times // part, 3)

    def _paths(
        self, word: str, paths: tuple[tuple[str, str], ...], budget: float
    ) -> Iterator[Operation]:
        for path, role in paths:
            try:
                self.shop.person(role).get(path)
            except AnswerError as error:
                self.left_out.append(str(error)[:120])
                continue
            whose = f" ({role})" if path == "/" else ""
            yield self._reading(f"{word} {path}{whose}", path, role, budget)

    def _links(self, pattern: str, where: str) -> list[str]:
        """Some of what a list links to. One car has many visits and the next has one: a dozen of
        them, read in turn, compare from scale to scale."""
        page = self.shop.person("adviser").get(where).text
        return list(dict.fromkeys(re.findall(pattern, page)))[:A_DOZEN]

    def _reading(
        self, name: str, path: str | list[str], role: str, budget: float, *,
        fragment: bool = False,
    ) -> Operation:
        paths = [path] if isinstance(path, str) else path

        def client(_times: int) -> Act:
            person, turn = self.shop.person(role), cycle(paths)
            return lambda: [person.get(next(turn), fragment=fragment)]

        return Operation(name, budget, self.times, client)


def _calling(act: Callable[[Person], Act], api: ApiClient) -> Callable[[int], Act]:
    return lambda _times: act(api.twin())


#: all parts, in the order in which they are measured; the growth is told of each of them
PARTS = ["lists", "pages", "reports", "cockpit", "search", "create", "issue", "settle", "api"]
