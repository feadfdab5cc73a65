"""Opening and changing accounts, and how far the power over people reaches."""

import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.accounts.authority import OutOfReach
from chejian.accounts.models import Role, Skill, Staff, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.services import people as verbs
from chejian.accounts.services.keeping import LastAdministrator
from chejian.accounts.services.passwords import reset_password
from chejian.accounts.services.people import RoleAt, create_person
from chejian.accounts.services.staff_file import update_staff
from chejian.core.errors import NotPermitted
from chejian.core.models import Event
from tests.factories.accounts import (
    assign,
    client_of,
    make_region,
    make_role,
    make_station,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-12T12:00:00+08:00")


@pytest.fixture
def admin(station: Station) -> User:
    """An administrator without any other right."""
    user = make_user(role=None, username="boss", name="老板")
    assign(user, "administrator")
    return user


def open_account(by: User | None, role: Role, station: Station | None, **more: str) -> User:
    fields = {"name": "王强", "username": "wangqiang"} | more
    return create_person(roles=[RoleAt(role, station)], by=by, at=NOW, **fields).user


# --- opening ----------------------------------------------------------------------------------


def test_an_account_is_opened_with_everything_at_once(admin: User, station: Station) -> None:
    opened = create_person(
        name="单雄信", username=" ShanXX ", phone="+86 138 1234 5678", job="机电技师",
        roles=[RoleAt(make_role("technician"), station)], by=admin, at=NOW,
    )
    user = User.objects.get(username="shanxx")
    assert user.check_password(opened.password)
    assert (user.phone, user.must_change_password) == ("13812345678", True)
    assert user.name_key == "shan4 xiong2 xin4"
    assert user.can_at(P.WORK, station.pk)
    assert (user.staff.number, user.staff.job) == (f"{user.pk:04d}", "机电技师")
    assert Event.objects.get(kind="person.created").actor_name == "老板"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"username": "boss"}, verbs.LoginTaken),
        ({"username": "x1", "phone": "13900001111"}, verbs.LoginTaken),
        ({"username": "13812345678"}, verbs.BadUsername),
        ({"username": "a b"}, None),
        ({"username": "x"}, verbs.BadUsername),
        ({"username": "x1", "phone": "0574-88881111"}, verbs.BadPhone),
        ({"username": "x1", "number": "A7"}, verbs.LoginTaken),
    ],
)
def test_what_cannot_be_a_login_is_refused(
    admin: User, station: Station, fields: dict[str, str], error: type[Exception] | None
) -> None:
    taken = make_user(phone="13900001111")
    Staff.objects.create(user=taken, number="A7")
    before = User.objects.count()
    role = make_role("technician")
    if error is None:
        assert open_account(admin, role, station, **fields).username == "ab"
        return
    with pytest.raises(error):
        open_account(admin, role, station, **fields)
    assert User.objects.count() == before


# --- power ------------------------------------------------------------------------------------


def test_a_manager_gives_roles_at_his_own_station_only(manager: User, station: Station) -> None:
    far = make_station("FAR")
    assert open_account(manager, make_role("cashier"), station).can(P.COLLECT)
    for place in (far, None):
        with pytest.raises(OutOfReach):
            open_account(manager, make_role("cashier"), place, username="two")
    assert not User.objects.filter(username="two").exists()


def test_nobody_gives_the_power_over_roles_or_stations_without_having_it(
    manager: User, station: Station
) -> None:
    for code in ("administrator", "head_office"):
        with pytest.raises(OutOfReach):
            verbs.assign_role(
                person=manager, role=make_role(code), station=station, by=manager, at=NOW
            )
    assert manager.assignments.count() == 1


def test_an_administrator_gives_every_role(admin: User, station: Station) -> None:
    person = make_user(role=None)
    for code in ("administrator", "head_office", "station_manager", "technician"):
        verbs.assign_role(person=person, role=make_role(code), by=admin, at=NOW)
    assert person.assignments.count() == 4
    with pytest.raises(verbs.AlreadyAssigned):
        verbs.assign_role(person=person, role=make_role("technician"), by=admin, at=NOW)


def test_a_region_is_given_by_whoever_manages_all_of_it() -> None:
    east = make_region("E")
    one, two = make_station("E1", region=east), make_station("E2", region=east)
    by, person = make_user("station_manager", one), make_user(role=None)
    with pytest.raises(OutOfReach):
        verbs.assign_role(person=person, role=make_role("cashier"), region=east, by=by, at=NOW)
    assign(by, "station_manager", two)
    verbs.assign_role(person=person, role=make_role("cashier"), region=east, by=by, at=NOW)
    assert person.access.station_ids == [one.pk, two.pk]


def test_a_manager_does_not_take_over_accounts_that_reach_beyond_him(
    manager: User, admin: User, station: Station
) -> None:
    both = make_user("service_adviser", station, password="first-one-11")
    assign(both, "service_adviser", make_station("FAR"))
    for person in (both, admin):
        before = User.objects.get(pk=person.pk).password
        with pytest.raises(OutOfReach):
            reset_password(person=person, by=manager, at=NOW)
        with pytest.raises(OutOfReach):
            verbs.deactivate(person=person, by=manager, at=NOW)
        with pytest.raises(OutOfReach):
            verbs.update_person(
                person=person, name="x", username="mine", phone="", by=manager, at=NOW
            )
        fresh = User.objects.get(pk=person.pk)
        assert (fresh.password, fresh.is_active, fresh.name) == (before, True, person.name)


def test_an_adviser_changes_nobody(adviser: User, station: Station) -> None:
    other = make_user("cashier", station)
    with pytest.raises(NotPermitted):
        open_account(adviser, make_role("cashier"), station)
    with pytest.raises(OutOfReach):
        reset_password(person=other, by=adviser, at=NOW)


# --- closing, roles taken ---------------------------------------------------------------------


def test_a_closed_account_is_out_with_the_next_click(manager: User, station: Station) -> None:
    person = make_user("cashier", station)
    client = client_of(person)
    assert client.get("/preferences/").status_code == 200
    verbs.deactivate(person=person, by=manager, at=NOW)
    assert client.get("/preferences/").status_code == 302
    verbs.reactivate(person=person, by=manager, at=NOW)
    assert client_of(User.objects.get(pk=person.pk)).get("/preferences/").status_code == 200


def test_nobody_closes_himself(manager: User, admin: User) -> None:
    with pytest.raises(verbs.OwnAccount):
        verbs.deactivate(person=manager, by=manager, at=NOW)
    assert User.objects.get(pk=manager.pk).is_active


def test_the_last_administrator_stays(admin: User, station: Station) -> None:
    held = admin.assignments.get()
    with pytest.raises(LastAdministrator):
        verbs.remove_role(assignment=held, by=admin, at=NOW)
    with pytest.raises(LastAdministrator):
        verbs.deactivate(person=admin, by=None, at=NOW)
    assert User.objects.get(pk=admin.pk).is_active
    second = make_user(role=None)
    assign(second, "administrator", station)
    verbs.remove_role(assignment=admin.assignments.get(), by=admin, at=NOW)
    assert second.can(P.MANAGE_ROLES)


# --- the staff file ---------------------------------------------------------------------------


def test_skills_are_replaced_as_a_whole(manager: User, station: Station) -> None:
    person = make_user("technician", station)
    engine, paint = Skill.objects.create(name="发动机"), Skill.objects.create(name="喷漆")
    fields = {"number": "T01", "job": "技师", "certificate": "浙维 123", "left_on": None}

    def write(skills: dict[Skill, int]) -> Staff:
        return update_staff(
            person=person, hired_on=date(2020, 5, 1), skills=skills, by=manager, at=NOW, **fields
        )

    write({engine: 3})
    staff = write({engine: 4, paint: 1})
    assert dict(staff.skills.values_list("skill__name", "level")) == {"发动机": 4, "喷漆": 1}
    staff = write({paint: 2})
    assert dict(staff.skills.values_list("skill__name", "level")) == {"喷漆": 2}
    with pytest.raises(verbs.LoginTaken):
        update_staff(
            person=make_user("technician", station), hired_on=None, skills={}, by=manager, at=NOW,
            **fields,
        )


# --- the pages --------------------------------------------------------------------------------


def test_a_new_person_gets_a_password_shown_once(manager: User, station: Station) -> None:
    client = client_of(manager)
    answer = client.post("/settings/people/new/", {
        "name": "赵六", "username": "zhaoliu", "phone": "", "role": make_role("technician").pk,
        "place": f"s{station.pk}", "job": "", "number": "",
    })
    person = User.objects.get(username="zhaoliu")
    secret = answer.text.split('password-slip" translate="no">')[1].split("<")[0]
    assert person.check_password(secret)
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret not in client.get(f"/settings/people/{person.pk}/").text


def test_a_taken_name_stands_at_its_field(manager: User, station: Station) -> None:
    make_user(username="zhaoliu")
    answer = client_of(manager).post("/settings/people/new/", {
        "name": "赵六", "username": "zhaoliu", "role": make_role("technician").pk,
        "place": f"s{station.pk}",
    })
    assert answer.status_code == 422
    assert "这个用户名已被别人使用" in answer.text
    assert User.objects.filter(username="zhaoliu").count() == 1


def test_only_own_stations_are_offered_and_taken(manager: User, station: Station) -> None:
    far = make_station("FAR", name="远店")
    client = client_of(manager)
    assert "远店" not in client.get("/settings/people/new/").text
    answer = client.post("/settings/people/new/", {
        "name": "赵六", "username": "zhaoliu", "role": make_role("technician").pk,
        "place": f"s{far.pk}",
    })
    assert answer.status_code == 422
    assert not User.objects.filter(username="zhaoliu").exists()


def test_roles_are_given_and_taken_on_the_persons_page(manager: User, station: Station) -> None:
    person = make_user("technician", station)
    client = client_of(manager)
    where = f"/settings/people/{person.pk}/roles/"
    inspector = make_role("inspector")
    client.post(where, {"role": inspector.pk, "place": f"s{station.pk}"})
    held = person.assignments.get(role=inspector)
    again = client.post(where, {"role": inspector.pk, "place": f"s{station.pk}"})
    assert (again.status_code, "已有这个岗位" in again.text) == (422, True)
    client.post(f"{where}{held.pk}/removal/")
    assert list(person.assignments.values_list("role__code", flat=True)) == ["technician"]


def test_strangers_do_not_exist(manager: User) -> None:
    far = make_user("cashier", make_station("FAR"))
    before = far.password
    client = client_of(manager)
    assert client.get(f"/settings/people/{far.pk}/").status_code == 404
    for deed in ("new-password", "closing", "roles", "staff-file"):
        assert client.post(f"/settings/people/{far.pk}/{deed}/").status_code == 404
    fresh = User.objects.get(pk=far.pk)
    assert (fresh.password, fresh.is_active) == (before, True)


def listed_people(client: Client, **query: str) -> list[int]:
    page = client.get("/settings/people/", query).text
    links = re.findall(r'bold" href="/settings/people/(\d+)/"', page)
    return [int(found) for found in links]


def cursor(client: Client, rel: str, **query: str) -> str:
    page = client.get("/settings/people/", query).text
    found = re.search(rf'href="\?(?:after|before)=([^"&]+)" rel="{rel}"', page)
    assert found is not None
    return found[1]


def test_search_finds_by_pinyin_phone_and_station(manager: User, station: Station) -> None:
    zhang = make_user("cashier", station, name="张伟", username="zw", phone="13812345678")
    other = make_station("OTH")
    assign(manager, "station_manager", other)
    li = make_user("cashier", other, name="李娜", username="ln")
    client = client_of(manager)

    def found(**query: str) -> set[str]:
        listed = User.objects.filter(pk__in=listed_people(client, **query))
        return {person.username for person in listed} - {manager.username}

    assert found(q="zhang") == {zhang.username}
    assert found(q="5678") == {zhang.username}
    assert found(q="李") == {li.username}
    assert found(f=f"station.in.{other.pk}") == {li.username}
    assert found() == {zhang.username, li.username}
    assert found(part="closed") == set()


def test_the_list_pages_by_key(manager: User, station: Station) -> None:
    for n in range(30):
        make_user("cashier", station, name=f"员{n:02d}")
    client = client_of(manager)
    first = listed_people(client)
    second = listed_people(client, after=cursor(client, "next"))
    assert (len(first), len(second), len({*first, *second})) == (25, 6, 31)
    back = cursor(client, "prev", after=cursor(client, "next"))
    assert listed_people(client, before=back) == first


def test_the_list_costs_the_same_for_any_number_of_people(
    manager: User, station: Station
) -> None:
    client, costs, made = client_of(manager), [], 0
    client.get("/settings/people/")
    for count in (1, 3, 50):
        for n in range(made, count):
            person = make_user("cashier", station, name=f"员{n:02d}")
            Staff.objects.create(user=person, number=f"N{n}")
            assign(person, "inspector", station)
        made = count
        with CaptureQueriesContext(connection) as seen:
            client.get("/settings/people/")
        costs.append(len(seen))
    assert costs == [costs[0]] * 3


def test_last_login_is_known(manager: User) -> None:
    client_of(manager)
    manager.refresh_from_db()
    assert manager.last_login is not None
    assert manager.last_login <= timezone.now()
