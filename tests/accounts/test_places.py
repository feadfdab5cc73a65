"""Regions, stations, teams and bays."""

from datetime import datetime

import pytest

from chejian.accounts.models import Bay, Organisation, Region, Station, Team, User
from chejian.accounts.services import places as verbs
from chejian.accounts.services.staff_file import NameTaken
from chejian.core.errors import NotPermitted
from tests.factories.accounts import assign, client_of, make_region, make_station, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-12T12:00:00+08:00")


@pytest.fixture
def admin(station: Station) -> User:
    user = make_user(role=None)
    assign(user, "administrator")
    return user


def test_a_station_is_opened_with_a_code_that_stays(admin: User, station: Station) -> None:
    made = verbs.create_station(region=make_region(), code="zh", name="镇海店", by=admin, at=NOW)
    assert made.code == "ZH"
    for wrong, error in (("中", verbs.BadCode), ("TOOLONG", verbs.BadCode), ("ZH", NameTaken)):
        with pytest.raises(error):
            verbs.create_station(region=make_region(), code=wrong, name="x", by=admin, at=NOW)
    with pytest.raises(verbs.BadCode):
        verbs.update_station(station=made, code="XX", by=admin, at=NOW)
    assert Station.objects.get(pk=made.pk).code == "ZH"


def test_one_station_stays_open(admin: User, station: Station) -> None:
    with pytest.raises(verbs.LastStation):
        verbs.update_station(station=station, active=False, by=admin, at=NOW)
    assert Station.objects.get(pk=station.pk).active is True
    make_station("ZH")
    verbs.update_station(station=station, active=False, by=admin, at=NOW)
    assert Station.objects.get(pk=station.pk).active is False


def test_a_right_at_one_station_opens_no_other(station: Station) -> None:
    local = make_user("head_office", station)
    with pytest.raises(NotPermitted):
        verbs.create_station(region=make_region(), code="ZH", name="x", by=local, at=NOW)
    with pytest.raises(NotPermitted):
        verbs.update_station(station=make_station("FAR"), name="x", by=local, at=NOW)
    verbs.update_station(station=station, name="新名", by=local, at=NOW)
    assert Station.objects.get(pk=station.pk).name == "新名"
    assert not Station.objects.filter(code="ZH").exists()


def test_the_leader_is_a_member(manager: User, station: Station) -> None:
    leader, member = make_user("technician", station), make_user("technician", station)
    team = verbs.create_team(
        station=station, name="机电一组", leader=leader, members=[member], by=manager, at=NOW
    )
    assert set(team.members.all()) == {leader, member}
    with pytest.raises(NameTaken):
        verbs.create_team(station=station, name="机电一组", by=manager, at=NOW)


def test_the_pages_save(admin: User, manager: User, station: Station) -> None:
    client = client_of(admin)
    client.post("/settings/stations/", {"name": "甬城汽修", "language": "zh-hans"})
    client.post("/settings/regions/new/", {"code": "hz", "name": "杭州"})
    region = Region.objects.get(code="HZ")
    form = {"name": "西湖店", "region": region.pk, "hours_standard": "行业标准",
            "round_off_unit": "1.00", "follow_up_days": "3"}
    answer = client.post("/settings/stations/new/", {**form, "code": "xh"})
    made = Station.objects.get(code="XH")
    client.post(
        f"/settings/stations/{made.pk}/",
        {**form, "active": "on", "legal_name": "杭州甬城汽修有限公司", "code": "YY"},
    )
    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.code, made.legal_name, made.active) == ("XH", "杭州甬城汽修有限公司", True)
    assert Organisation.objects.get().name == "甬城汽修"
    local = client_of(manager, station)
    local.post("/settings/teams/new/", {"name": "钣喷组", "leader": "", "members": [manager.pk]})
    local.post("/settings/bays/new/", {"name": "1 号位", "kind": "举升机"})
    assert Team.objects.get(station=station).members.get() == manager
    bay = Bay.objects.get(station=station)
    local.post(f"/settings/bays/{bay.pk}/", {"name": "2 号位", "kind": "", "active": ""})
    bay.refresh_from_db()
    assert (bay.name, bay.active) == ("2 号位", False)


def test_another_stations_places_do_not_exist(manager: User) -> None:
    far = make_station("FAR")
    bay, team = (model.objects.create(station=far, name="1") for model in (Bay, Team))
    client = client_of(manager)
    assert client.post(f"/settings/bays/{bay.pk}/", {"name": "x"}).status_code == 404
    assert client.post(f"/settings/teams/{team.pk}/", {"name": "x"}).status_code == 404
    assert client.get("/settings/stations/").status_code == 403
    bay.refresh_from_db()
    assert bay.name == "1"


def test_who_only_works_there_looks_but_does_not_touch(adviser: User, station: Station) -> None:
    bay = Bay.objects.create(station=station, name="1")
    answer = client_of(adviser).post(f"/settings/bays/{bay.pk}/", {"name": "x"})
    bay.refresh_from_db()
    assert (answer.status_code, bay.name) == (403, "1")
