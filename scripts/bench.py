"""`make bench`: what the running product takes for the day's work, over HTTP.

Starts `chejian up` with demo data on a folder that is thrown away (or asks ``--url``, a running
demo), logs in as the demo's people, and times at one client and at eight. Budgets are p95 on the
server (docs/performance.md). Figures of a busy machine are only good beside each other.
"""

import argparse
import os
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.bench_house import House
from scripts.bench_http import Answer, percentile, together
from scripts.bench_shop import Shop

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
MARKS = ("<!-- bench -->", "<!-- /bench -->")
MANY = 8
REST = 8.0
HEADS = ["operation", "p50 ms", "p95 ms", "p95 ms, server", "budget", "cpu ms", "per s, 1 client",
         f"per s, {MANY} clients", "statements"]

type Act = Callable[[], list[Answer]]


@dataclass(frozen=True)
class Operation:
    """``client`` makes a client ready for so many acts; only the acts are timed."""

    name: str
    budget_ms: float
    times: int
    client: Callable[[int], Act]


@dataclass(frozen=True)
class Figures:
    """What many acts of one operation took; an act is one request, or two in a row."""

    operation: Operation
    acts: list[list[Answer]]
    rates: tuple[float, float]

    def row(self) -> list[str]:
        waited = [sum(answer.seconds for answer in act) * 1000 for act in self.acts]
        server = [sum(answer.server_ms for answer in act) for act in self.acts]
        worked = [sum(answer.cpu_ms for answer in act) for act in self.acts]
        statements = max(sum(answer.statements for answer in act) for act in self.acts)
        told = any(server)
        return [
            self.operation.name,
            f"{percentile(waited, 50):.1f}", f"{percentile(waited, 95):.1f}",
            f"{percentile(server, 95):.1f}" if told else "–", f"{self.operation.budget_ms:.0f}",
            f"{percentile(worked, 50):.1f}" if told else "–",
            *(f"{rate:.1f}" for rate in self.rates), str(statements) if told else "–",
        ]


def operations(shop: Shop, times: int) -> list[Operation]:
    order = shop.create(shop.person("adviser")).location
    writes, chains = max(times // 4, 5), max(times // 12, 3)
    return [
        Operation("list of open work orders", 40, times, _reading(shop, "/work-orders/")),
        Operation("list of all work orders", 40, times,
                  _reading(shop, "/work-orders/?state=all")),
        Operation("one work order, all panels", 120, times, _reading(shop, order)),
        Operation("search as one types", 25, times,
                  _reading(shop, "/search/?q=%E7%B2%A4B", fragment=True)),
        Operation("create an order with 5 lines", 60, writes, _creating(shop)),
        Operation("issue a part", 40, writes, _issuing(shop, fragment=False)),
        Operation("issue a part, the counter anew", 120, writes, _issuing(shop, fragment=True)),
        Operation("settle and collect", 80, chains, _settling(shop)),
    ]


def _reading(shop: Shop, path: str, *, fragment: bool = False) -> Callable[[int], Act]:
    def client(_times: int) -> Act:
        person = shop.person("adviser")
        return lambda: [person.get(path, fragment=fragment)]

    return client


def _creating(shop: Shop) -> Callable[[int], Act]:
    def client(_times: int) -> Act:
        person = shop.person("adviser")
        return lambda: [shop.create(person)]

    return client


def _issuing(shop: Shop, *, fragment: bool) -> Callable[[int], Act]:
    def client(_times: int) -> Act:
        person, counter, line = shop.ready_to_issue()
        return lambda: [shop.issue(person, counter, line, fragment=fragment)]

    return client


def _settling(shop: Shop) -> Callable[[int], Act]:
    def client(times: int) -> Act:
        person = shop.person("cashier")
        waiting = iter([shop.completed() for _ in range(times)])
        return lambda: shop.settle(person, *next(waiting))

    return client


def measure(operation: Operation) -> Figures:
    """At one client, then at many with as many acts in all; the first act does not count."""
    act = operation.client(operation.times + 1)
    act()
    acts, alone = together([act], operation.times)
    each = max(operation.times // MANY, 2)
    crowd = [operation.client(each) for _ in range(MANY)]
    _, crowded = together(crowd, each)
    return Figures(operation, acts, (alone, crowded))


def table(rows: list[list[str]]) -> str:
    lines = [HEADS, ["---", *["---:"] * (len(HEADS) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def starts(house: House) -> str:
    """First start with demo data, restart, stop, memory at rest: one sentence each."""
    first = house.start()
    stopped = house.stop()
    again = house.start()
    time.sleep(REST)  # the worker comes last
    memory = house.memory()
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(memory.items()))
    return (f"First start with demo data {first:.1f} s (budget 30), restart {again:.1f} s "
            f"(budget 4), stop {stopped:.1f} s, memory at rest {sum(memory.values()):.0f} MB "
            f"(budget 600; PSS: {parts}).")


def yardstick() -> float:
    """How fast this machine is just now: milliseconds of a loop, the best of five."""
    return min(timeit.repeat("sum(i * i for i in range(1_000_000))", number=1, repeat=5)) * 1000


def write(text: str) -> None:
    """Put the measured text between the marks of docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(MARKS[0])
    tail = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--url", help="a running demo instead of one of our own")
    parser.add_argument("--times", type=int, default=100, help="requests per reading")
    parser.add_argument("--port", type=int, default=18950)
    parser.add_argument("--events-port", type=int, default=18951)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    house = None if options.url else House(options.port, options.events_port)
    try:
        begun = starts(house) if house else ""
        shop = Shop(options.url or (house.address if house else ""))
        rows = [measure(one).row() for one in operations(shop, options.times)]
    finally:
        if house:
            house.forget()
    busy = (f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, a million squares "
            f"in {yardstick():.0f} ms.")
    text = "\n\n".join(part for part in (busy, begun, table(rows)) if part)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
