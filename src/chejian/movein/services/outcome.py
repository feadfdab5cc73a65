"""What a file of each kind comes to: the one place where the kinds are told apart.

A kind is added here: how it is planned, and in which order the kinds go in together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.movein import reconcile
from chejian.movein.columns import FileKind
from chejian.movein.models import ImportRun
from chejian.movein.recognise import Sheet
from chejian.movein.rows import ParsedRow
from chejian.movein.services import balances, cars, history, history_lines, parts
from chejian.movein.services.recording import Recorder
from chejian.movein.values import Reading

type Report = Callable[[str, int], None]
type CarryOut = Callable[[User, datetime, Report, Recorder], None]
type Measured = Callable[[], Mapping[str, Decimal]]


@dataclass(frozen=True)
class Asked:
    """A file to be planned: its run, its sheets, how cells are read, the old system's totals."""

    run: ImportRun
    sheets: Sequence[Sheet]
    reading: Reading
    controls: Mapping[str, Decimal]
    report: Report


def _nothing() -> dict[str, Decimal]:
    return {}


@dataclass
class Outcome:
    """What a file comes to: figures, lines beside the old system's, and how to carry it out.

    ``measured`` counts in the database, after it was carried out, what the lines promise.
    """

    rows: Sequence[ParsedRow]
    counts: dict[str, int]
    lines: list[reconcile.Line]
    carry_out: CarryOut
    measured: Measured = field(default=_nothing)

    def prove(self) -> None:
        """Put what the database holds in the place of what was planned: they must be the same."""
        figures = self.measured()
        self.lines = [reconcile.proven(line, figures.get(line.metric)) for line in self.lines]


def _of_cars(asked: Asked) -> Outcome:
    run, controls = asked.run, asked.controls
    plan = cars.plan(asked.sheets, asked.reading, asked.report)
    held = balances.plan(plan, station_id=run.station_id)

    def carry_out(by: User, at: datetime, report: Report, recorder: Recorder) -> None:
        cars.carry_out(plan, by=by, at=at, report=report, recorder=recorder)
        balances.carry_out(
            held, plan, station=run.station, run_id=run.pk, note=run.file_name[:200], by=by,
            at=at, report=report,
        )

    return Outcome(
        plan.rows,
        {**cars.counts(plan), **balances.counts(held)},
        [
            *cars.reconciliation(plan, controls),
            *balances.reconciliation(held, plan, controls),
        ],
        carry_out,
        lambda: {
            **cars.measured(plan), **balances.measured(held, plan, station_id=run.station_id)
        },
    )


def _of_parts(asked: Asked) -> Outcome:
    run = asked.run
    plan = parts.plan(
        asked.sheets, asked.reading, asked.report, station_id=run.station_id, choices=run.choices
    )
    return Outcome(
        plan.rows, parts.counts(plan), parts.reconciliation(plan, asked.controls),
        lambda by, at, report, recorder: parts.carry_out(
            plan, note=run.file_name[:60], by=by, at=at, report=report, recorder=recorder
        ),
        lambda: parts.measured(plan),
    )


def _of_history(asked: Asked) -> Outcome:
    run = asked.run
    plan = history.plan(asked.sheets, asked.reading, asked.report, station_id=run.station_id)
    return Outcome(
        plan.rows, history.counts(plan), history.reconciliation(plan, asked.controls),
        lambda by, at, report, recorder: history.carry_out(
            plan, station=run.station, run_id=run.pk, by=by, at=at, report=report,
            recorder=recorder,
        ),
        lambda: history.measured(plan, station_id=run.station_id),
    )


def _of_history_lines(asked: Asked) -> Outcome:
    run = asked.run
    plan = history_lines.plan(
        asked.sheets, asked.reading, asked.report, station_id=run.station_id
    )
    return Outcome(
        plan.rows, history_lines.counts(plan), history_lines.reconciliation(plan, asked.controls),
        lambda _by, _at, report, _recorder: history_lines.carry_out(
            plan, station=run.station, run_id=run.pk, report=report
        ),
        lambda: history_lines.measured(plan),
    )


PLANNERS: dict[str, Callable[[Asked], Outcome]] = {
    FileKind.CARS: _of_cars,
    FileKind.PARTS: _of_parts,
    FileKind.HISTORY_HEADS: _of_history,
    FileKind.HISTORY_LINES: _of_history_lines,
}
"""By kind, in the order in which files taken together go in."""


def place(kind: str) -> int:
    """Where a kind stands in the order."""
    return list(PLANNERS).index(kind)
