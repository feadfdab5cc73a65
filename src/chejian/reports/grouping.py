"""Groups in the database, in words, and as conditions that lead to the rows behind them."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, F, Value
from django.db.models.functions import Coalesce, Trunc
from django.utils.translation import gettext as _

from chejian.core.lists.address import offers
from chejian.core.lists.spec import CHOSEN, Kind, Viewer
from chejian.reports.question import Group
from chejian.reports.subjects.subject import Subject

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def expressions(group: Group, subject: Subject) -> tuple[Any, Any]:
    """The value of a group, and what tells it from others of the same name (None: itself)."""
    column = group.column
    if group.unit:
        # Trunc takes the active time zone: a moment falls on the day of the shop's clock
        return Trunc(F(column.source), group.unit, output_field=DateField()), None
    identity = _identity(group, subject)
    if identity:
        return F(column.source), F(identity)
    if column.kind in (Kind.TEXT, Kind.CODE):
        return Coalesce(F(column.source), Value("")), None
    return F(column.source), None


def _identity(group: Group, subject: Subject) -> str:
    """The path of the id behind a name: a person's, a customer's."""
    column = group.column
    other = subject.identities.get(column.key)
    if other:
        return next(one for one in subject.spec.columns if one.key == other).filtered_by
    return column.filtered_by if column.filtered_by != column.source else ""


@dataclass(frozen=True)
class Words:
    """How the values of one group are written, and asked for again."""

    group: Group
    subject: Subject
    choices: Mapping[str, tuple[Any, Any]]

    @classmethod
    def of(cls, group: Group, subject: Subject, viewer: Viewer) -> "Words":
        return cls(group, subject, offers(group.column, viewer))

    def label(self, value: Any) -> str:
        """The value for people; what is empty says so."""
        if value is None or value == "":
            return _("(empty)")
        if self.group.unit:
            return day_label(value, self.group.unit)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if self.group.column.kind in CHOSEN and str(value) in self.choices:
            return str(self.choices[str(value)][1])
        return str(value)

    def condition(self, value: Any, identity: Any) -> str | None:
        """The condition of the list that keeps only this group; None where none can say it."""
        key, kind = self.group.column.key, self.group.column.kind
        if (value is None or value == "") and identity is None:
            return f"{key}.empty."
        if self.group.unit:
            return f"{key}.between.{value}..{last_day(value, self.group.unit)}"
        if kind is Kind.BOOL:
            return f"{key}.is.{int(value)}"
        if kind in CHOSEN:
            return f"{key}.in.{value if identity is None else identity}"
        if identity is not None:
            return f"{self.subject.identities[key]}.is.{identity}"
        text = str(value)
        return f"{key}.is.{text}" if text == text.strip() and len(text) <= 200 else None


def day_label(first: date, unit: str) -> str:
    """2026-03-12, week 11 of 2026, 2026-03, quarter 1 of 2026, 2026."""
    if unit == "day":
        return first.isoformat()
    if unit == "week":
        year, week, _day = first.isocalendar()
        return _("%(year)s week %(week)s") % {"year": year, "week": f"{week:02d}"}
    if unit == "month":
        return f"{first:%Y-%m}"
    if unit == "quarter":
        return _("%(year)s Q%(quarter)s") % {
            "year": first.year, "quarter": (first.month - 1) // 3 + 1
        }
    return str(first.year)


def last_day(first: date, unit: str) -> date:
    """The last day of the span that begins with ``first``."""
    return next_first(first, unit) - timedelta(days=1)


def next_first(first: date, unit: str) -> date:
    """The first day of the next span."""
    if unit in ("day", "week"):
        return first + timedelta(days=7 if unit == "week" else 1)
    months = first.year * 12 + first.month - 1 + MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
