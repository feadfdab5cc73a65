"""How amounts, quantities, dates and phones are written on every screen."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUS = "−"


def money(value: Decimal | int | None) -> str:
    """1,234.50, with a true minus; nothing for None."""
    if value is None:
        return ""
    text = f"{abs(Decimal(value)):,.2f}"
    return f"{MINUS}{text}" if value < 0 else text


def quantity(value: Decimal | int | None) -> str:
    """Without needless zeros: 1, 0.5, 12.125."""
    if value is None:
        return ""
    text = f"{abs(Decimal(value)):,.3f}".rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 else text


def percent(value: Decimal | None) -> str:
    """0.13 becomes 13%."""
    return "" if value is None else f"{quantity(Decimal(value) * 100)}%"


def kilometres(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def day(value: date | datetime | None) -> str:
    """2026-03-12, as in tables."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat()


def day_words(value: date | datetime | None) -> str:
    """3 月 12 日 on screen; Mar 12 in English."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if (get_language() or "").startswith("zh"):
        return f"{value.month} 月 {value.day} 日"
    return f"{value:%b} {value.day}"


def clock(value: datetime | None) -> str:
    """17:30."""
    return "" if value is None else f"{timezone.localtime(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """2026-03-12 17:30."""
    return "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def short_moment(value: datetime | None) -> str:
    """17:30 today, 03-12 17:30 this year, else the full date."""
    return short_moments()(value)


def short_moments() -> Callable[[datetime | None], str]:
    """The same for many moments: what day it is is looked up once."""
    zone = timezone.get_current_timezone()
    now = timezone.now().astimezone(zone)
    year, today = now.year, (now.month, now.day)

    def write(value: datetime | None) -> str:
        if value is None:
            return ""
        local = value.astimezone(zone)
        if local.year != year:
            return f"{local.year:04}-{local.month:02}-{local.day:02}"
        clock = f"{local.hour:02}:{local.minute:02}"
        day = (local.month, local.day)
        return clock if day == today else f"{local.month:02}-{local.day:02} {clock}"

    return write


def duration(seconds: int | None) -> str:
    """0:38 for 38 minutes, 26:05 for a day and more."""
    if seconds is None:
        return ""
    minutes = int(seconds) // 60
    return f"{minutes // 60}:{minutes % 60:02d}"


def masked_phone(value: str | None) -> str:
    """138 **** 5621; other numbers keep their first three and last two."""
    if not value:
        return ""
    if len(value) == 11:
        return f"{value[:3]} **** {value[-4:]}"
    return f"{value[:3]}****{value[-2:]}" if len(value) > 5 else "****"


def spaced_phone(value: str | None) -> str:
    """138 1234 5621."""
    if value and len(value) == 11 and value.isdigit():
        return f"{value[:3]} {value[3:7]} {value[7:]}"
    return value or ""


def yes_no(value: bool) -> str:
    return _("Yes") if value else _("No")


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "qty": quantity,
    "percent": percent,
    "km": kilometres,
    "day": day,
    "day_words": day_words,
    "clock": clock,
    "moment": moment,
    "short_moment": short_moment,
    "duration": duration,
    "masked_phone": masked_phone,
    "spaced_phone": spaced_phone,
    "yes_no": yes_no,
}
