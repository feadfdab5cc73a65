"""What a person may do where: one statement, several stations, regions, everywhere."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chejian.accounts.access import load_access
from chejian.accounts.models import Assignment, Bay, Role, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.queries.people import people_with
from tests.factories.accounts import (
    assign,
    client_of,
    make_region,
    make_role,
    make_station,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_all_roles_at_all_stations_come_with_one_statement(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    user = make_user("technician", make_station("A"))
    for code in ("B", "C", "D"):
        assign(user, "cashier", make_station(code))
        assign(user, "storekeeper", make_station(code))
    with django_assert_num_queries(1):
        access = load_access(user.pk)
        assert len(access.station_ids) == 4
        assert access.can(P.COLLECT)


def test_one_person_may_do_different_things_at_different_stations() -> None:
    north, south = make_station("N"), make_station("S")
    user = make_user("cashier", north)
    assign(user, "station_manager", south)
    assert user.can_at(P.COLLECT, north.pk)
    assert not user.can_at(P.COLLECT, south.pk)
    assert user.can_at(P.VOID, south.pk)
    assert not user.can_at(P.VOID, north.pk)
    assert user.access.limits_at(north.pk) == (Decimal("0.0500"), Decimal("10.00"))
    assert user.access.limits_at(south.pk) == (Decimal("0.2000"), Decimal("200.00"))
    assert user.access.stations_with(P.COLLECT) == [north.pk]


def test_two_roles_at_one_station_add_up() -> None:
    station = make_station()
    user = make_user("technician", station)
    assign(user, "inspector", station)
    assert user.access.stations[station.pk].role_names == ["技师", "质检"]
    assert user.can_at(P.WORK, station.pk)
    assert user.can_at(P.INSPECT, station.pk)


def test_a_region_spreads_out_to_its_open_stations() -> None:
    east, west = make_region("E"), make_region("W")
    here = make_station("E1", region=east)
    make_station("E2", region=east, active=False)
    make_station("W1", region=west)
    user = make_user(role=None)
    Assignment.objects.create(user=user, role=make_role("head_office"), region=east)
    assert user.access.station_ids == [here.pk]
    assert user.access.everywhere == frozenset()


def test_everywhere_means_stations_to_come_as_well() -> None:
    user = make_user(role=None)
    assign(user, "administrator")
    make_station("A")
    later = make_station("LATE")
    assert user.can_at(P.MANAGE_STAFF, later.pk)
    assert P.MANAGE_ROLES in user.access.everywhere


def test_a_closed_account_may_nothing() -> None:
    user = make_user("station_manager")
    user.is_active = False
    assert not user.can(P.VIEW_ORDERS)


def test_only_technicians_work_on_the_phone_alone() -> None:
    station = make_station()
    user = make_user("technician", station)
    assert user.access.on_phone_only
    assign(user, "service_adviser", station)
    assert not user.access.on_phone_only


def test_rows_of_a_station_are_seen_by_those_with_a_role_there() -> None:
    here, there = make_station("HERE"), make_station("FAR")
    mine, other = (Bay.objects.create(station=place, name="1") for place in (here, there))
    user = make_user("technician", here)
    assert list(Bay.objects.visible_to(user)) == [mine]
    assign(user, "inspector", there)
    assert set(Bay.objects.visible_to(user)) == {mine, other}


def test_people_with_a_permission_at_a_station() -> None:
    here, there = make_station("HERE"), make_station("FAR")
    anna = make_user("technician", here, name="安娜")
    leader = make_user("team_leader", here, name="白班长")
    make_user("technician", there)
    make_user("cashier", here)
    make_user("technician", here, is_active=False)
    assert list(people_with(P.WORK, here.pk)) == [anna, leader]
    wide = make_user(role=None, name="总")
    assign(wide, "technician")
    assert list(people_with(P.WORK, here.pk)) == [anna, leader, wide]


def test_colleagues_are_those_who_share_a_station() -> None:
    here, there = make_station("HERE"), make_station("FAR")
    one, two = make_user("cashier", here), make_user("cashier", here)
    far = make_user("cashier", there)
    orphan = make_user(role=None)
    assert set(User.objects.visible_to(one)) == {one, two, orphan}
    assert far not in User.objects.visible_to(one)


def test_the_station_is_switched_only_to_an_own_one(station: Station) -> None:
    other, strange = make_station("OTH"), make_station("STR")
    user = make_user("service_adviser", station)
    assign(user, "cashier", other)
    client = client_of(user)
    assert client.post("/preferences/station/", {"station": other.pk}).status_code == 302
    assert client.session["station"] == other.pk
    for wrong in (strange.pk, 999999, "x", ""):
        assert client.post("/preferences/station/", {"station": wrong}).status_code == 404
    assert client.session["station"] == other.pk


def test_a_role_taken_away_takes_its_station_away_too(station: Station) -> None:
    other = make_station("OTH")
    user = make_user("service_adviser", station)
    held = assign(user, "cashier", other)
    client = client_of(user, other)
    assert client.get("/preferences/").wsgi_request.station.station_id == other.pk
    held.delete()
    assert client.get("/preferences/").wsgi_request.station.station_id == station.pk


def test_preferences_are_kept(station: Station) -> None:
    user = make_user("service_adviser", station)
    client = client_of(user)
    script = {"X-Requested-With": "fetch"}
    assert client.post("/preferences/theme/", {"theme": "dark"}, headers=script).status_code == 204
    client.post("/preferences/menu/", {"menu": "rail"})
    client.post("/preferences/favourites/", {"favourites": '["orders", "stores"]'})
    user.refresh_from_db()
    assert (user.theme, user.menu_folded) == ("dark", True)
    assert user.favourites == ["orders", "stores"]
    for wrong in ('{"a": 1}', "no json", '[""]'):
        assert client.post("/preferences/favourites/", {"favourites": wrong}).status_code == 422
    assert client.post("/preferences/theme/", {"theme": "pink"}).status_code == 422
    user.refresh_from_db()
    assert (user.theme, user.favourites) == ("dark", ["orders", "stores"])


def test_a_changed_role_holds_at_once(station: Station) -> None:
    user = make_user("inspector", station)
    assert not user.can(P.SEE_COST)
    Role.objects.filter(code="inspector").update(permissions=[P.SEE_COST])
    assert User.objects.get(pk=user.pk).can(P.SEE_COST)
