"""The log of what was done and of whose data was shown."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chejian.accounts.models import Bay, SensitiveAccess, Station, User
from chejian.accounts.services.audit import record_unmasking
from chejian.core.event_words import event_words
from chejian.core.outbox import emit
from tests.factories.accounts import client_of, make_station, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-12T23:30:00+08:00")


@pytest.fixture
def bay(station: Station) -> Bay:
    return Bay.objects.create(station=station, name="1")


def shown(user: User, place: str = "/audit/", **query: str) -> list[str]:
    """The names that the rows of the log carry, newest first."""
    page = client_of(user).get(place, query).text
    return re.findall(r"NAME\d+", page)


def test_a_look_at_personal_data_is_written_down_for_good(
    bay: Bay, adviser: User, manager: User
) -> None:
    look = record_unmasking(
        subject=bay, field="phone", by=adviser, at=NOW, label="NAME1", reason="回访",
        station_id=bay.station_id,
    )
    assert shown(manager, "/audit/looks/") == ["NAME1"]
    page = client_of(manager).get("/audit/looks/").text
    assert "电话号码" in page
    assert "回访" in page
    for spoil in (look.delete, SensitiveAccess.objects.all().delete,
                  lambda: SensitiveAccess.objects.update(reason="")):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil()


def test_filtered_by_person_and_by_the_stations_day(
    bay: Bay, adviser: User, manager: User
) -> None:
    here = bay.station_id
    emit("bay.updated", bay, by=adviser, at=NOW, station_id=here, name="NAME1")
    later = NOW + timedelta(hours=1)
    emit("bay.updated", bay, by=manager, at=later, station_id=here, name="NAME2")
    assert shown(manager, day="2026-03-12") == ["NAME1"]
    assert shown(manager, day="2026-03-13") == ["NAME2"]
    assert shown(manager, who=str(adviser.pk)) == ["NAME1"]
    assert shown(manager, day="nonsense", who="x") == ["NAME2", "NAME1"]


def test_another_stations_log_is_not_read(bay: Bay, manager: User) -> None:
    far, here = make_user("station_manager", make_station("FAR")), bay.station_id
    emit("bay.updated", bay, station_id=here, by=manager, at=NOW, name="NAME1")
    emit("role.changed", bay, station_id=None, by=manager, at=NOW, name="NAME2")
    record_unmasking(
        subject=bay, field="phone", by=manager, at=NOW, station_id=here, label="NAME3"
    )
    assert shown(far) == ["NAME2"]
    assert shown(far, "/audit/looks/") == []


def test_it_is_for_those_who_may(adviser: User) -> None:
    assert client_of(adviser).get("/audit/").status_code == 403


def test_it_pages_by_key(bay: Bay, manager: User) -> None:
    for n in range(30):
        emit("bay.updated", bay, station_id=bay.station_id, by=manager, at=NOW, name=f"NAME{n}")
    first = shown(manager)
    page = client_of(manager).get("/audit/").text
    after = re.search(r'\?after=([^"&]+)"', page)
    assert after is not None
    assert first == [f"NAME{n}" for n in range(29, 4, -1)]
    assert shown(manager, after=after[1]) == [f"NAME{n}" for n in range(4, -1, -1)]


def test_every_event_has_words() -> None:
    assert str(event_words("role.given")) == "分配岗位"
    assert event_words("unheard.of") == "unheard.of"
