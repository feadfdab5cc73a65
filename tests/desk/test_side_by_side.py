"""Two people change one thing at a time: nobody's change is lost, on every form of a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse

from chejian.accounts.models import Team, User
from chejian.accounts.services.places import create_bay, create_team
from chejian.books.models import Account
from chejian.catalog.models import LabourClass, RepairType
from tests.desk.filling import open_form, opened
from tests.factories import catalog, parties, vehicles
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


@dataclass(frozen=True)
class Case:
    """A row, the address of its form, and two fields with two values each, as they are typed."""

    row: Any
    address: str
    one: tuple[str, str, str]
    other: tuple[str, str, str] | None
    by: tuple[User, User]


def party(shop: make.Shop) -> Case:
    row = parties.make_party("王建华")
    return Case(row, f"/customers/{row.pk}/edit/", ("name", "王建国", "王建设"),
                ("address", "深圳", "广州"), two(shop, "service_adviser"))


def vehicle(shop: make.Shop) -> Case:
    row = vehicles.make_vehicle()
    return Case(row, f"/vehicles/{row.pk}/edit/", ("colour", "白", "黑"),
                ("remarks", "右后门有伤", "VIP"), two(shop, "service_adviser"))


def part(shop: make.Shop) -> Case:
    row = catalog.make_part()
    return Case(row, f"/parts/{row.pk}/edit/", ("name", "前刹车片", "后刹车片"),
                ("brand", "博世", "菲罗多"), two(shop, "station_manager"))


def operation(shop: make.Shop) -> Case:
    row = catalog.make_operation()
    return Case(row, f"/labour/{row.pk}/", ("name", "换刹车油", "换防冻液"),
                ("flat_hours", "1.5", "2"), two(shop, "station_manager"))


def head(shop: make.Shop) -> Case:
    row = make.make_order(shop)
    return Case(row, f"/work-orders/{row.pk}/head/", ("remarks", "客户等候", "明天取车"),
                ("contact_name", "王先生", "李先生"), two(shop, "service_adviser"))


def warehouse(shop: make.Shop) -> Case:
    row = shop.warehouse
    return Case(row, f"/stock/warehouses/{row.pk}/", ("name", "主仓", "大仓"), ("code", "B", "C"),
                two(shop, "station_manager"))


def station(shop: make.Shop) -> Case:
    return Case(shop.station, f"/settings/stations/{shop.station.pk}/",
                ("phone", "0755-1", "0755-2"), ("address", "福田", "罗湖"),
                two(shop, "administrator"))


def team(shop: make.Shop) -> Case:
    row: Team = create_team(station=shop.station, name="机修一组", by=shop.manager,
                            at=make.timezone.now(), leader=None, members=[])
    return Case(row, f"/settings/teams/{row.pk}/", ("name", "机修二组", "钣金组"), None,
                two(shop, "station_manager"))


def bay(shop: make.Shop) -> Case:
    row = create_bay(station=shop.station, name="1 号工位", kind="", by=shop.manager,
                     at=make.timezone.now())
    return Case(row, f"/settings/bays/{row.pk}/", ("name", "2 号工位", "3 号工位"),
                ("kind", "举升机", "四轮定位"), two(shop, "station_manager"))


def labour_class(shop: make.Shop) -> Case:
    row = LabourClass.objects.order_by("pk")[0]
    return Case(row, f"/settings/catalogue/labour-classes/{row.pk}/", ("name", "甲", "乙"),
                ("rate", "130", "140"), two(shop, "station_manager"))


def repair_type(shop: make.Shop) -> Case:
    row = RepairType.objects.order_by("pk")[0]
    return Case(row, f"/settings/catalogue/repair-types/{row.pk}/", ("name", "大修", "中修"),
                ("position", "7", "9"), two(shop, "station_manager"))


def account(shop: make.Shop) -> Case:
    row = Account.objects.get(code="1001")
    return Case(row, "/books/accounts/1001/", ("name", "现金", "备用金"), None,
                two(shop, "station_manager"))


def told(answer: HttpResponse) -> list[str]:
    """What a refused page says."""
    return re.findall(r'(?s)role="alert">(.*?)</', answer.content.decode())


def two(shop: make.Shop, role: str) -> tuple[User, User]:
    return make_user(role, shop.station), make_user(role, shop.station)


CASES: list[Callable[[make.Shop], Case]] = [
    party, vehicle, part, operation, head, warehouse, station, team, bay, labour_class,
    repair_type, account,
]


@pytest.fixture(params=CASES, ids=lambda function: function.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param(make.Shop())
    return made


def value(case: Case, field: str) -> str:
    case.row.refresh_from_db()
    return str(getattr(case.row, field))


def test_what_only_one_touched_is_kept_beside_the_others(case: Case) -> None:
    if case.other is None:  # nothing to touch beside it
        return
    mine, theirs = (client_of(person) for person in case.by)
    mine_form, their_form = open_form(mine, case.address), open_form(theirs, case.address)

    sent = theirs.post(case.address, their_form | {case.one[0]: case.one[1]})
    assert sent.status_code == 302, told(sent)
    sent = mine.post(case.address, mine_form | {case.other[0]: case.other[1]})
    assert sent.status_code == 302, told(sent)

    assert value(case, case.one[0]) == case.one[1]
    assert value(case, case.other[0]).startswith(case.other[1])


@pytest.mark.parametrize("choice", ["theirs", "mine"])
def test_what_both_touched_is_shown_side_by_side_and_chosen(case: Case, choice: str) -> None:
    field, first, second = case.one
    mine, theirs = (client_of(person) for person in case.by)
    mine_form, their_form = open_form(mine, case.address), open_form(theirs, case.address)
    sent = theirs.post(case.address, their_form | {field: first})
    assert sent.status_code == 302, told(sent)

    answer = mine.post(case.address, mine_form | {field: second})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert first in page
    assert second in page
    assert value(case, field) == first
    again = opened(answer)
    assert again[f"take_{field}"] == ["mine"]
    assert again[field] == [second]
    sent = mine.post(case.address, again | {f"take_{field}": choice})
    assert sent.status_code == 302, told(sent)
    assert value(case, field) == (first if choice == "theirs" else second)


def test_a_third_change_while_choosing_is_shown_again(case: Case) -> None:
    field, first, second = case.one
    mine, theirs = (client_of(person) for person in case.by)
    mine_form, their_form = open_form(mine, case.address), open_form(theirs, case.address)
    theirs.post(case.address, their_form | {field: first})
    again = opened(mine.post(case.address, mine_form | {field: second}))
    third = first + "3" if field not in ("rate", "position") else "33"
    theirs.post(case.address, open_form(theirs, case.address) | {field: third})

    answer = mine.post(case.address, again | {f"take_{field}": "mine"})

    assert answer.status_code == 409
    assert value(case, field) == third
