"""How facts become text on paper."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chejian.core.paper_text import (
    Figure,
    Money,
    OptionalFigure,
    OptionalMoney,
    OptionalWhole,
    fields_of,
    in_words,
)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1127.08", "壹仟壹佰贰拾柒元零捌分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.00", "零元整"),
        ("0.08", "捌分"),
        ("0.50", "伍角"),
        ("10.00", "壹拾元整"),
        ("110.00", "壹佰壹拾元整"),
        ("20000", "贰万元整"),
        ("1000500.00", "壹佰万零伍佰元整"),
        ("99999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("-1127.00", "负壹仟壹佰贰拾柒元整"),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words


@dataclass(frozen=True)
class Line:
    hours: Figure
    amount: Money


@dataclass(frozen=True)
class Sheet:
    lines: list[Line]
    on: date
    at: datetime
    rate: OptionalMoney = None
    count: OptionalFigure = None
    km: OptionalWhole = None
    image: bytes | None = None
    agreed: bool | None = None


def test_every_field_is_printed_as_its_type_says() -> None:
    sheet = Sheet(
        lines=[Line(Decimal("1.500"), Decimal("-1162.5"))],
        on=date(2026, 3, 12),
        at=datetime(2026, 3, 12, 1, 5, tzinfo=UTC),
        km=46820,
        image=b"png",
        agreed=True,
    )
    assert fields_of(sheet) == {
        "lines": [{"hours": "1.5", "amount": "−1,162.50"}],
        "on": "2026-03-12",
        "at": "2026-03-12 09:05",
        "rate": "",
        "count": "",
        "km": "46,820",
        "image": b"png",
        "agreed": True,
    }
