"""Two people change one thing at a time: nobody's change is lost, on every form of a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from chejian.accounts.models import Skill, Team, User
from chejian.accounts.services.places import create_bay, create_team
from chejian.accounts.services.staff_file import create_skill, update_staff
from chejian.books.models import Account
from chejian.catalog.models import LabourClass, RepairType
from chejian.catalog.services import TemplateJob, save_template
from chejian.parties.services import add_contact
from chejian.quality.models import InspectionTemplate
from chejian.workorders.services import add_concern
from tests.desk.filling import open_form, opened
from tests.factories import accounts, catalog, parties, vehicles
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_user
from tests.walk.table import NO_METHOD, TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


@dataclass(frozen=True)
class Case:
    """A row, the address of its form, and two fields with two values each, as they are typed."""

    row: Any
    address: str
    one: tuple[str, str, str]
    other: tuple[str, str, str] | None
    by: tuple[User, User]
    #: where the form is sent, if not to its own page
    to: str = ""


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


def organisation(shop: make.Shop) -> Case:
    row = shop.station.region.organisation
    return Case(row, "/settings/stations/", ("name", "万里集团", "顺达集团"),
                ("language", "en", "en"), (everywhere(), everywhere()))


def region(shop: make.Shop) -> Case:
    row = shop.station.region
    return Case(row, f"/settings/regions/{row.pk}/", ("name", "华南", "珠三角"), None,
                (everywhere(), everywhere()))


def person(shop: make.Shop) -> Case:
    row = shop.technician
    return Case(row, f"/settings/people/{row.pk}/", ("name", "王强", "王刚"),
                ("phone", "13811110000", "13822220000"), two(shop, "administrator"))


def staff_file(shop: make.Shop) -> Case:
    skill = create_skill(name="钣金", by=None, at=make.timezone.now())
    who = shop.technician
    row = update_staff(person=who, skills={skill: 1}, by=None, at=make.timezone.now(), number="9",
                       job="机修工", certificate="", hired_on=None, left_on=None)
    return Case(row, f"/settings/people/{who.pk}/", ("job", "钣金工", "漆工"),
                ("certificate", "高级技师", "技师"), two(shop, "administrator"),
                f"/settings/people/{who.pk}/staff-file/")


def contact(shop: make.Shop) -> Case:
    row = add_contact(party=parties.make_party("王建华"), name="李娜", phone="13900001111",
                      job="会计", by=None, at=make.timezone.now())
    n = f"contact{row.pk}"
    return Case(row, f"/customers/{row.party_id}/", (f"{n}-name", "李丽", "李莉"),
                (f"{n}-job", "出纳", "经理"), two(shop, "service_adviser"),
                f"/customers/{row.party_id}/contacts/{row.pk}/")


def concern(shop: make.Shop) -> Case:
    order = make.make_order(shop)
    row = add_concern(order=order, text="异响", by=shop.adviser, at=make.timezone.now())
    return Case(row, f"/work-orders/{order.pk}/concerns/{row.pk}/", ("text", "刹车异响", "抖动"),
                ("diagnosis", "制动片磨损", "制动盘变形"), two(shop, "service_adviser"))


def template(shop: make.Shop) -> Case:
    row = save_template(name="小保养", jobs=[TemplateJob(catalog.make_operation())],
                        by=None, at=make.timezone.now())
    return Case(row, f"/job-templates/{row.pk}/", ("name", "常规保养", "基础保养"),
                ("position", "3", "4"), two(shop, "station_manager"))


def told(answer: HttpResponse) -> list[str]:
    """What a refused page says."""
    return re.findall(r'(?s)role="alert">(.*?)</', answer.content.decode())


def two(shop: make.Shop, role: str) -> tuple[User, User]:
    return make_user(role, shop.station), make_user(role, shop.station)


def inspection_item(shop: make.Shop) -> Case:
    row = InspectionTemplate.objects.create(name="制动")
    return Case(row, f"/settings/inspection-items/{row.pk}/", ("name", "制动踏板", "驻车制动"),
                ("position", "3", "4"), two(shop, "station_manager"))


def everywhere() -> User:
    made = make_user(None)
    accounts.assign(made, "administrator", None)
    return made


CASES: list[Callable[[make.Shop], Case]] = [
    party, vehicle, part, operation, head, warehouse, station, team, bay, labour_class,
    repair_type, account, organisation, region, person, staff_file, contact, concern,
    template, inspection_item,
]


@pytest.fixture(params=CASES, ids=lambda function: function.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param(make.Shop())
    return made


def value(case: Case, field: str) -> str:
    case.row.refresh_from_db()
    return str(getattr(case.row, plain(field)))


def plain(field: str) -> str:
    """Without the prefix by which several forms of a page are told apart."""
    return field.rpartition("-")[2]


@dataclass
class Editor:
    """One of the two people, with the form as he opened it."""

    case: Case
    client: Client
    form: dict[str, Any] = field(default_factory=dict)

    def open(self) -> None:
        self.form = open_form(self.client, self.case.address, self.case.one[0])

    def send(self, **changes: object) -> HttpResponse:
        answer = self.client.post(self.case.to or self.case.address, self.form | changes)
        if answer.status_code != 302:
            self.form = opened(answer, self.case.one[0])
        return answer


def both(case: Case) -> tuple[Editor, Editor]:
    mine, theirs = (Editor(case, client_of(person)) for person in case.by)
    mine.open()
    theirs.open()
    return mine, theirs


def test_what_only_one_touched_is_kept_beside_the_others(case: Case) -> None:
    if case.other is None:  # nothing to touch beside it
        return
    mine, theirs = both(case)

    sent = theirs.send(**{case.one[0]: case.one[1]})
    assert sent.status_code == 302, told(sent)
    sent = mine.send(**{case.other[0]: case.other[1]})
    assert sent.status_code == 302, told(sent)

    assert value(case, case.one[0]) == case.one[1]
    assert value(case, case.other[0]).startswith(case.other[1])


@pytest.mark.parametrize("choice", ["theirs", "mine"])
def test_what_both_touched_is_shown_side_by_side_and_chosen(case: Case, choice: str) -> None:
    """What only the first has touched stays his, through the question and the answer."""
    name, first, second = case.one
    alone = dict([case.other[:2]]) if case.other else {}
    mine, theirs = both(case)
    sent = theirs.send(**{name: first}, **alone)
    assert sent.status_code == 302, told(sent)

    answer = mine.send(**{name: second})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert first in page
    assert second in page
    assert value(case, name) == first
    assert mine.form[f"take_{plain(name)}"] == ["mine"]
    assert mine.form[name] == [second]
    sent = mine.send(**{f"take_{plain(name)}": choice})
    assert sent.status_code == 302, told(sent)
    assert value(case, name) == (first if choice == "theirs" else second)
    for other, text in alone.items():
        assert value(case, other).startswith(text)


def test_a_third_change_while_choosing_is_shown_again(case: Case) -> None:
    name, first, second = case.one
    mine, theirs = both(case)
    theirs.send(**{name: first})
    mine.send(**{name: second})
    third = first + "3" if name not in ("rate", "position") else "33"
    theirs.open()
    theirs.send(**{name: third})

    answer = mine.send(**{f"take_{plain(name)}": "mine"})

    assert answer.status_code == 409
    assert value(case, name) == third


def test_an_answer_is_not_forgotten_when_the_form_is_refused_for_another_reason(
    shop: make.Shop,
) -> None:
    case = party(shop)
    mine, theirs = both(case)
    theirs.send(name="王建国", address="深圳")
    assert mine.send(name="王建设").status_code == 409

    answer = mine.send(take_name="theirs", kind="nobody")

    assert answer.status_code == 409  # the kind is wrong, and the question stands there answered
    assert mine.form["take_name"] == ["theirs"]
    assert mine.send(kind="company").status_code == 302
    assert (value(case, "name"), value(case, "address")) == ("王建国", "深圳")


def test_the_jobs_of_a_template_stand_side_by_side(shop: make.Shop) -> None:
    case = template(shop)
    oil, brake = catalog.make_operation(), catalog.make_operation()
    mine, theirs = both(case)
    assert theirs.send(**{"rows-1-operation": oil.pk}).status_code == 302
    answer = mine.send(**{"rows-1-operation": brake.pk})
    assert answer.status_code == 409
    assert oil.code in answer.content.decode()
    assert jobs(case)[1:] == [oil.pk]
    assert mine.send(take_contents="theirs").status_code == 302
    assert jobs(case)[1:] == [oil.pk]

    mine, theirs = both(case)
    assert theirs.send(**{"rows-1-operation": brake.pk}).status_code == 302
    assert mine.send(name="换油保养").status_code == 302  # the rows were left alone: theirs stay
    assert (jobs(case)[1:], value(case, "name")) == ([brake.pk], "换油保养")


def jobs(case: Case) -> list[int]:
    return list(case.row.jobs.order_by("position").values_list("operation_id", flat=True))


def test_a_skill_is_compared_like_a_field(shop: make.Shop) -> None:
    case = staff_file(shop)
    skill = Skill.objects.get(name="钣金")
    name = f"skill_{skill.pk}"
    mine, theirs = both(case)
    assert theirs.send(**{name: "4"}).status_code == 302
    answer = mine.send(**{name: "2"})
    assert answer.status_code == 409
    assert "钣金" in answer.content.decode()
    assert mine.send(**{f"take_{name}": "mine"}).status_code == 302
    assert list(case.row.skills.values_list("level", flat=True)) == [2]


def test_a_hidden_phone_is_kept_when_something_else_of_a_contact_changes(
    shop: make.Shop,
) -> None:
    case = contact(shop)
    mine, _theirs = both(case)
    assert mine.form[f"contact{case.row.pk}-phone"] == [""]
    assert mine.send(**{f"contact{case.row.pk}-job": "出纳"}).status_code == 302
    assert (value(case, "phone"), value(case, "job")) == ("13900001111", "出纳")


# --- the list in the documentation ------------------------------------------------------------
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "nothing-lost.md"
#: addresses that only take a form of a row, which stands on another page
VERBS = {"staff_file", "party_contact", "role_name", "party_numbers", "tag", "order_line",
         "list_view", "discounts"}


def listed(heading: str) -> set[str]:
    """The URL names in the first column of the table under that heading."""
    part = DOCUMENT.read_text(encoding="utf-8").partition(f"### {heading}\n")[2]
    rows = re.findall(r"(?m)^\| (`[^|]+) \|", part.partition("\n#")[0])
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_form_of_a_row_is_compared_or_says_why_not() -> None:
    """Whoever adds a form with a row in its address meets this test."""
    forms = {
        name for name, way in TABLE.items()
        if way.at and way.get == 200 and way.post != NO_METHOD
    }
    compared, without = listed("Compared"), listed("Not compared, and why")
    assert compared & without == set()
    # one address of these has no row in it: there is one organisation
    assert compared | without == forms | VERBS | {"stations"}


def test_what_is_listed_as_compared_is_compared_here(shop: make.Shop) -> None:
    made = [make_case(shop) for make_case in CASES]
    assert {resolve(case.to or case.address).url_name for case in made} | {
        "role", "order_line"} == listed("Compared")
