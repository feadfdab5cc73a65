"""Order history beside the old system's totals, every difference down to rows. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chejian.movein.history import HeadDraft, LineDraft, amount
from chejian.movein.reconcile import Line, Reason, figure_line
from chejian.movein.rows import ParsedRow


def _numbers(rows: Sequence[ParsedRow]) -> tuple[int, ...]:
    return tuple(row.number for row in rows)


def of_heads(
    rows: Sequence[ParsedRow], drafts: Sequence[HeadDraft], controls: Mapping[str, Decimal]
) -> list[Line]:
    """Orders, what was due and what was received."""
    kept = {id(draft.row) for draft in drafts}
    out = [row for row in rows if id(row) not in kept]
    lines = [
        figure_line(
            "history_orders", controls, len(rows), len(drafts),
            [Reason("rows_left_out", Decimal(-len(out)), _numbers(out))],
        )
    ]
    for metric, key in (("history_due", "due"), ("history_received", "received")):
        lost = sum((amount(row, key) for row in out), Decimal(0))
        lines.append(
            figure_line(
                metric, controls, sum((amount(row, key) for row in rows), Decimal(0)),
                sum((amount(draft.row, key) for draft in drafts), Decimal(0)),
                [Reason("rows_left_out", -lost, _numbers(out) if lost else ())],
            )
        )
    return lines


def of_lines(
    read: int,
    rows: Sequence[ParsedRow],
    drafts: Sequence[LineDraft],
    controls: Mapping[str, Decimal],
) -> list[Line]:
    """How many lines; ``rows`` are those in which something was found."""
    out = [row for row in rows if row.blocked]
    return [
        figure_line(
            "history_lines", controls, read, len(drafts),
            [Reason("rows_left_out", Decimal(-len(out)), _numbers(out))],
        )
    ]
