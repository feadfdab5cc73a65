"""`make bench`: what the running product takes for the day's work, over HTTP.

Starts `chejian up` on demo data of the scales asked for (or asks ``--url``, a running demo), logs
in as the demo's people, and times at one client and at eight. Every part is measured at the first
scale; at the others pages and verbs, for the growth. Budgets are p95 on the server
(docs/performance.md). Figures of a busy machine are only good beside each other.
"""

import argparse
import json
import os
import time
import timeit
from pathlib import Path

from scripts.bench_figures import Result, growth_table, measure, table
from scripts.bench_house import House
from scripts.bench_http import AnswerError
from scripts.bench_limit import limit, rate
from scripts.bench_live import live_change, settlement_paper
from scripts.bench_parts import PARTS, Bench
from scripts.bench_shop import Shop

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
MARKS = ("<!-- bench -->", "<!-- /bench -->")
REST = 8.0
LIST = "/work-orders/"
OTHER_PARTS = ("starts", "live", "limit")


def starts(house: House) -> str:
    """First start with the small demo's data, restart, stop, memory at rest: one sentence each."""
    first = house.start()
    stopped = house.stop()
    again = house.start()
    time.sleep(REST)  # the worker comes last
    memory = house.memory()
    house.stop()
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(memory.items()))
    return (f"First start with demo data {first:.1f} s (budget 30), restart {again:.1f} s "
            f"(budget 4), stop {stopped:.1f} s, memory at rest {sum(memory.values()):.0f} MB "
            f"(budget 600; PSS: {parts}).")


def after_the_answer(shop: Shop) -> str:
    """Another's screen, and the paper of a settlement."""
    middle, high = live_change(shop)
    paper, slow = settlement_paper(shop)
    return (f"A change on a colleague's screen: p50 {middle:.0f} ms, p95 {high:.0f} ms (budget "
            f"2000). The PDF of a settlement list, made by the worker after the answer: p50 "
            f"{paper:.0f} ms, p95 {slow:.0f} ms from the click (budget 500).")


def beside_the_limit(house: House, shop: Shop) -> str:
    """The list of orders beside the same bytes from one bare statement, same server, same run."""
    person = shop.person("adviser")
    size = len(person.get(LIST).text.encode())
    cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    rate(house.port, LIST, cookie)
    ours = rate(house.port, LIST, cookie)
    bare = limit(house.database_url, size, house.port + 7)
    return (f"List of orders at 8 clients: {ours:.0f}/s; the same {size / 1000:.0f} kB from one "
            f"bare statement behind the same server: {bare:.0f}/s; ratio {ours / bare:.0%} "
            f"(goal 15 %, stretch 25 %).")


def yardstick() -> float:
    """How fast this machine is just now: milliseconds of a loop, the best of five."""
    return min(timeit.repeat("sum(i * i for i in range(1_000_000))", number=1, repeat=5)) * 1000


def write(text: str) -> None:
    """Put the measured text between the marks of docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(MARKS[0])
    tail = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{tail}", encoding="utf-8")


def run_scale(scale: int, options: argparse.Namespace, parts: list[str]) -> Result:
    """All parts on a house of that scale."""
    kept = options.data / str(scale) if options.data else None
    house = House(options.port, options.events_port, kept)
    result = Result(scale)
    try:
        if scale:
            result.sentences.append(house.fill(scale, options.seed))
            house.start()
        elif "starts" in parts:
            result.sentences.append(starts(house))
            house.start()
        else:
            house.start()
        _measure(house.address, house, parts, options, result)
        if options.check:
            house.stop()
            result.sentences.append(house.check())
    finally:
        house.forget()
    return result


def _measure(
    address: str, house: House | None, parts: list[str], options: argparse.Namespace,
    result: Result,
) -> None:
    shop = Shop(address)
    bench = Bench(shop, options.times)
    for operation in bench.operations([part for part in PARTS if part in parts]):
        try:
            figures = measure(operation)
        except AnswerError as error:
            bench.left_out.append(f"{operation.name}: {error}"[:160])
            continue
        result.add(figures)
        print(" | ".join(figures.row()), flush=True)
    try:
        if "live" in parts:
            result.sentences.append(after_the_answer(shop))
        if "limit" in parts and house:
            result.sentences.append(beside_the_limit(house, shop))
    except AnswerError as error:
        bench.left_out.append(f"live or limit: {error}"[:160])
    result.left_out = bench.left_out


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--url", help="a running demo instead of one of our own")
    parser.add_argument("--scale", default="0", metavar="N[,N]",
                        help="finished orders in the data; 0 is the small demo")
    parser.add_argument("--part", default=",".join((*OTHER_PARTS, *PARTS)), metavar="PART[,PART]",
                        help=f"of {', '.join((*OTHER_PARTS, *PARTS))}")
    parser.add_argument("--seed", type=int, default=8700)
    parser.add_argument("--times", type=int, default=60, help="requests per reading")
    parser.add_argument("--data", type=Path, help="keep the filled folders here, and use them")
    parser.add_argument("--port", type=int, default=18950)
    parser.add_argument("--events-port", type=int, default=18951)
    parser.add_argument("--check", action="store_true", help="add up every ledger at the end")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument("--results", type=Path, help="keep the figures of every scale here (JSON)")
    return parser.parse_args()


def measure_all(options: argparse.Namespace) -> list[Result]:
    parts = options.part.split(",")
    if options.url:
        result = Result(0)
        _measure(options.url.rstrip("/"), None, parts, options, result)
        return [result]
    scales = [int(scale) for scale in options.scale.split(",")]
    results = []
    if "starts" in parts and scales[0]:
        results.append(run_scale(0, options, ["starts"]))
    for number, scale in enumerate(scales):
        wanted = parts if number == 0 else [part for part in parts if part in PARTS]
        results.append(run_scale(scale, options, wanted))
    return results


def report(results: list[Result]) -> str:
    """Machine, sentences, the table of the first scale that has one, and the growth."""
    told = [f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, a million squares "
            f"in {yardstick():.0f} ms."]
    told += [sentence for result in results for sentence in result.sentences]
    full = next((result for result in results if result.figures), None)
    if full:
        told.append(table(full.rows()))
        told.append(growth_table([result for result in results if result.figures]))
    left_out = {line for result in results for line in result.left_out}
    if left_out:
        told.append("Not measured: " + "; ".join(sorted(left_out)) + ".")
    return "\n\n".join(text for text in told if text)


def main() -> None:
    options = options_of()
    results = measure_all(options)
    if options.results:
        kept = json.loads(options.results.read_text()) if options.results.exists() else {}
        kept |= {str(result.scale): result.plain() for result in results}
        options.results.write_text(json.dumps(kept, ensure_ascii=False, indent=1))
        results = [Result.of(int(scale), plain) for scale, plain in kept.items()]
    text = report(results)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
