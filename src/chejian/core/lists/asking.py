"""The panels above a list: the form of filters and the form of columns, and what they send.

Both are forms of the method GET: they work without a script. What is sent becomes a short address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chejian.core.lists.address import (
    GROUPS,
    PASSING,
    Asked,
    Condition,
    address,
    offers,
)
from chejian.core.lists.operators import Operator, joined, operator, operators
from chejian.core.lists.periods import PERIODS
from chejian.core.lists.spec import CHOSEN, DAYS, NUMBERS, Column, Kind

MOST_DRAFTS = 24
FORM_KEYS = frozenset({"apply", "add", "more", "up", "down", "drop", *GROUPS, "m", "cols"})


@dataclass(frozen=True)
class Draft:
    """One row of the filter form, perhaps not filled in yet."""

    number: int
    group: int
    column: Column
    operator: Operator
    values: tuple[str, ...]
    choices: Sequence[tuple[str, str]] = ()

    @property
    def operators(self) -> tuple[Operator, ...]:
        return operators(self.column)

    @property
    def shape(self) -> str:
        """Which boxes the form shows: choices, days, figures, yesno or text."""
        kind = self.column.kind
        if kind in CHOSEN:
            return "choices"
        if kind in DAYS:
            return "days"
        if kind in NUMBERS:
            return "figures"
        return "yesno" if kind is Kind.BOOL else "text"

    @property
    def first(self) -> str:
        """The first typed value; a period stands in a box of its own."""
        return self.values[0] if self.values and self.operator.key != "period" else ""

    @property
    def second(self) -> str:
        return self.values[1] if len(self.values) > 1 else ""

    @property
    def period(self) -> str:
        return self.values[0] if self.values and self.operator.key == "period" else ""

    @property
    def text(self) -> str:
        return "、".join(self.values)

    @property
    def pair(self) -> tuple[str, str] | None:
        """The key and value of the address; None for a row not filled in."""
        text = joined(self.values, self.operator)
        if self.operator.values and not text.replace("..", ""):
            return None
        if self.operator.values == 2 and len([one for one in self.values if one.strip()]) < 2:
            return None
        return GROUPS[self.group], f"{self.column.key}.{self.operator.key}.{text}"


def drafts(asked: Asked) -> list[Draft]:
    """What the form shows: what was sent, else what is in force; then the column just added."""
    sent = _sent(asked)
    shown = sent if sent or "more" in asked.query else [
        _of_condition(asked, number, one) for number, one in enumerate(asked.conditions)
    ]
    added = _named(asked, asked.query.get("add", ""))
    if added is not None:
        shown.append(_draft(asked, len(shown), 0, added, operators(added)[0], ()))
    return shown[:MOST_DRAFTS]


def _draft(
    asked: Asked, number: int, group: int, column: Column, asking: Operator,
    values: tuple[str, ...],
) -> Draft:
    choices = [(key, str(label)) for key, (_v, label) in offers(column, asked.viewer).items()]
    return Draft(number, group, column, asking, values, choices)


def _of_condition(asked: Asked, number: int, condition: Condition) -> Draft:
    text, asking = condition.text, condition.operator
    values = {2: lambda: tuple(text.split("..")), -1: lambda: tuple(text.split(","))}.get(
        asking.values, lambda: (text,)
    )()
    return _draft(asked, number, condition.group, condition.column, asking, values)


def _named(asked: Asked, key: str) -> Column | None:
    return next((one for one in asked.filterable if one.key == key), None)


def _sent(asked: Asked) -> list[Draft]:
    query = asked.query
    found: list[Draft] = []
    dropped = query.get("drop", "")
    for number in range(MOST_DRAFTS):
        column = _named(asked, query.get(f"c{number}", ""))
        asking = operator(column, query.get(f"o{number}", "")) if column else None
        if column is None or asking is None or dropped == str(number):
            continue
        group = query.get(f"g{number}", "0")
        values = query.getlist(f"p{number}" if asking.key == "period" else f"v{number}")
        found.append(_draft(
            asked, len(found), int(group) if group in ("1", "2", "3") else 0, column, asking,
            tuple(values[:200]),
        ))
    return found


def kept(asked: Asked) -> list[tuple[str, str]]:
    """What a form carries along unchanged."""
    return [
        (key, value) for key, values in asked.query.lists() for value in values
        if key not in PASSING and key not in FORM_KEYS and not _of_row(key)
    ]


def _of_row(key: str) -> bool:
    return key[:1] in "cgovp" and key[1:].isdecimal()


def sent_to(asked: Asked) -> str | None:
    """The short address of what a panel's form asks for; None when no form was sent."""
    query = asked.query
    if query.get("apply") == "filters" and "more" not in query and "drop" not in query:
        pairs = [pair for draft in _sent(asked) if (pair := draft.pair) is not None]
        match = [("m", "all")] if query.get("m") == "all" else []
        columns = [("cols", query.get("cols", ""))] if query.get("cols") else []
        return address([*kept(asked), *columns, *match, *pairs])
    if query.get("apply") == "columns":
        return address([*kept(asked), *_filters(asked), *_columns(asked)])
    return None


def _filters(asked: Asked) -> list[tuple[str, str]]:
    names = (*GROUPS, "m")
    return [(name, value) for name in names for value in asked.query.getlist(name)]


def _columns(asked: Asked) -> list[tuple[str, str]]:
    """The chosen columns in their new order. A button moved one: then the panel stays open."""
    known = {one.key for one in asked.available if not one.only_asked}
    chosen = [key for key in dict.fromkeys(asked.query.getlist("cols")) if key in known]
    moved = [("panel", "columns")]
    for name, step in (("up", -1), ("down", 1)):
        key = asked.query.get(name, "")
        if key in chosen:
            at = chosen.index(key)
            to = min(max(at + step, 0), len(chosen) - 1)
            chosen.insert(to, chosen.pop(at))
            return [("cols", ",".join(chosen)), *moved]
    usual = [one.key for one in asked.available if not one.hidden and not one.only_asked]
    return [("cols", ",".join(chosen))] if chosen and chosen != usual else []


def column_rows(asked: Asked) -> list[tuple[Column, bool]]:
    """Every column with whether it is shown: the shown ones first, in their order."""
    shown = list(asked.columns)
    return [(one, True) for one in shown] + [
        (one, False) for one in asked.available if one not in shown and not one.only_asked
    ]


def periods() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in PERIODS.items()]
