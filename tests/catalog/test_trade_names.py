"""A part is found by what the counter calls it."""

import pytest
from django.utils import timezone

from chejian.accounts.models import User
from chejian.catalog.models import TaxRate
from chejian.catalog.services import create_part
from chejian.catalog.trade_names import GROUPS, other_names
from chejian.desk.finding import find


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("前制动片", ["前刹车片", "前刹车皮"]),
        ("制动液", ["刹车油", "刹车液"]),
        ("机油滤清器", ["机滤", "机油格", "机油滤芯"]),
        ("蓄电池 60Ah", ["电瓶 60Ah"]),
        ("轮胎", []),
    ],
)
def test_other_names(name: str, others: list[str]) -> None:
    assert other_names(name) == others


def test_no_group_repeats_a_word() -> None:
    assert all(len(set(group)) == len(group) > 1 for group in GROUPS)


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["刹车", "前刹车片", "刹车皮", "制动片", "shache", "qscp"])
def test_the_counters_word_finds_the_makers(
    defaults: None, manager: User, said: str
) -> None:
    rate = TaxRate.objects.order_by("id").first()
    part = create_part(
        number="BR-1", name="前制动片", unit="副", tax_rate=rate, by=manager, at=timezone.now()
    )
    groups = find(said, manager, manager.assignments.get().station_id).groups
    assert [hit.url for group in groups for hit in group.hits] == [f"/parts/{part.pk}/"]
