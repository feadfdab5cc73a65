"""Relative dates: today, last 7 days, this month. Weeks begin on Monday."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

PERIODS: Mapping[str, Text] = {
    "today": pgettext_lazy("period", "Today"),
    "yesterday": pgettext_lazy("period", "Yesterday"),
    "this_week": pgettext_lazy("period", "This week"),
    "last_week": pgettext_lazy("period", "Last week"),
    "last_7": _("Last 7 days"),
    "last_30": _("Last 30 days"),
    "last_90": _("Last 90 days"),
    "this_month": pgettext_lazy("period", "This month"),
    "last_month": pgettext_lazy("period", "Last month"),
    "this_year": pgettext_lazy("period", "This year"),
    "last_year": pgettext_lazy("period", "Last year"),
    "tomorrow": pgettext_lazy("period", "Tomorrow"),
    "next_7": pgettext_lazy("period", "Next 7 days"),
    "next_30": pgettext_lazy("period", "Next 30 days"),
}
COUNTED = re.compile(r"(last|next)_([1-9]\d{0,3})")


def period(key: str, today: date) -> tuple[date, date] | None:
    """First and last day of the span, both included; None for what is no span.

    "last_7" ends with today and has seven days; "next_7" begins with today.
    """
    counted = COUNTED.fullmatch(key)
    if counted:
        days = timedelta(days=int(counted[2]) - 1)
        return (today - days, today) if counted[1] == "last" else (today, today + days)
    return _named(today).get(key)


def _named(today: date) -> dict[str, tuple[date, date]]:
    day = timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = first - day
    return {
        "today": (today, today),
        "yesterday": (today - day, today - day),
        "tomorrow": (today + day, today + day),
        "this_week": (monday, monday + 6 * day),
        "last_week": (monday - 7 * day, monday - day),
        "this_month": (first, month_end(today)),
        "last_month": (before.replace(day=1), before),
        "this_year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
