"""Figures of the benchmark: timing many acts, and the tables of what they took."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.bench_http import Answer, percentile, together
from scripts.bench_parts import Operation

MANY = 8
HEADS = ["operation", "p50 ms", "p95 ms", "p95 ms, server", "budget", "cpu ms", "per s, 1 client",
         f"per s, {MANY} clients", "statements"]
GROWTH_LIMIT = 1.5


@dataclass(frozen=True)
class Figures:
    """What many acts of one operation took; an act is one request, or two in a row."""

    name: str
    budget_ms: float
    p50: float
    p95: float
    server: float | None  # p95; None when the server does not tell
    cpu: float | None
    alone: float
    crowd: float
    statements: int

    def row(self) -> list[str]:
        over = self.server is not None and self.server > self.budget_ms
        server = "–" if self.server is None else f"{self.server:.1f}"
        return [
            self.name, f"{self.p50:.1f}", f"{self.p95:.1f}", f"**{server}**" if over else server,
            f"{self.budget_ms:.0f}", "–" if self.cpu is None else f"{self.cpu:.1f}",
            f"{self.alone:.0f}", f"{self.crowd:.0f}", str(self.statements),
        ]


def measure(operation: Operation) -> Figures:
    """At one client, then at many with as many acts in all; the first act does not count."""
    act = operation.client(operation.times + 1)
    act()
    acts, alone = together([act], operation.times)
    each = max(operation.times // MANY, 2)
    crowd = [operation.client(each) for _ in range(MANY)]
    _, crowded = together(crowd, each)
    return figures(operation, acts, alone, crowded)


def figures(
    operation: Operation, acts: Sequence[list[Answer]], alone: float, crowded: float
) -> Figures:
    waited = [sum(answer.seconds for answer in act) * 1000 for act in acts]
    server = [sum(answer.server_ms for answer in act) for act in acts]
    worked = [sum(answer.cpu_ms for answer in act) for act in acts]
    told = any(server)
    return Figures(
        operation.name, operation.budget_ms, percentile(waited, 50), percentile(waited, 95),
        percentile(server, 95) if told else None, percentile(worked, 50) if told else None,
        alone, crowded, max(sum(answer.statements for answer in act) for act in acts),
    )


@dataclass
class Result:
    """Everything measured at one scale."""

    scale: int
    figures: list[Figures] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, found: Figures) -> None:
        self.figures.append(found)

    def rows(self) -> list[list[str]]:
        return [found.row() for found in self.figures]

    def plain(self) -> dict[str, Any]:
        return {"figures": [vars(found) for found in self.figures], "sentences": self.sentences,
                "left_out": self.left_out}

    @classmethod
    def of(cls, scale: int, plain: dict[str, Any]) -> "Result":
        return cls(scale, [Figures(**row) for row in plain["figures"]], plain["sentences"],
                   plain["left_out"])


def table(rows: list[list[str]], heads: Sequence[str] = HEADS) -> str:
    lines = [list(heads), ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def growth_table(results: Sequence[Result]) -> str:
    """By scale: the median wait at one client, and how much slower the last is than the first."""
    scales = sorted((result for result in results if result.scale), key=lambda one: one.scale)
    if len(scales) < 2:
        return ""
    by = [{found.name: found for found in result.figures} for result in scales]
    names = [name for name in by[0] if all(name in one for one in by)]
    rows = []
    for name in names:
        waits = [one[name].p50 for one in by]
        factor = waits[-1] / waits[0]
        told = f"{factor:.2f}"
        rows.append([name, *(f"{wait:.1f}" for wait in waits),
                     f"**{told}**" if factor > GROWTH_LIMIT else told])
    heads = ["p50 ms at one client", *(f"{result.scale:,} orders" for result in scales), "factor"]
    return table(rows, heads)
