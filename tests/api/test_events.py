"""The events since a cursor: nothing missed, nothing told to whom it does not concern."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chejian.accounts.services.defaults import ensure_defaults as accounts_defaults
from chejian.api.reading.events import newest, since
from chejian.core.models import Event
from chejian.core.outbox import emit
from tests.api.client import program
from tests.factories import accounts, parties

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _roles() -> None:
    accounts_defaults()


def tell(station, kind: str = "order.received", subject=None) -> Event:
    return emit(kind, subject or station, station_id=station.pk, by=None, at=timezone.now())


def kinds(answer) -> list[str]:
    return [one["kind"] for one in answer.json()["items"]]


def test_ask_again_with_the_cursor() -> None:
    station = accounts.make_station()
    asker = program(accounts.make_user("head_office", station))  # sees the audit log
    start = asker.get("/events/cursor").json()["next"]
    for kind in ("a.b", "c.d", "e.f"):
        tell(station, kind)
    first = asker.get(f"/events?after={start}&limit=2")
    assert kinds(first) == ["a.b", "c.d"]
    second = asker.get(f"/events?after={first.json()['next']}")
    assert kinds(second) == ["e.f"]
    third = asker.get(f"/events?after={second.json()['next']}")
    assert (kinds(third), third.json()["next"]) == ([], second.json()["next"])
    assert kinds(asker.get(f"/events?after={start}&kind=c.d")) == ["c.d"]


def test_each_hears_of_what_he_may_look_at() -> None:
    here, there = accounts.make_station("NS"), accounts.make_station("YZ")
    party = parties.make_party()
    keeper, adviser = (accounts.make_user(role, here) for role in ("purchaser", "customer_care"))
    start = newest()
    tell(there, "party.changed", party)
    emit("party.changed", party, station_id=None, by=None, at=timezone.now())
    tell(here, "person.created")
    asked = [since(one, start, 10, subject="", kind="") for one in (keeper, adviser)]
    assert [len(found) for found in asked] == [0, 1]
    assert asked[1][0]["subject"] == "parties.Party"


def test_a_cursor_never_passes_by_an_event_that_is_still_being_written() -> None:
    """One that began earlier and is committed later is told first, and nothing before it."""
    station = accounts.make_station()
    user = accounts.make_user("head_office", station)
    start = newest()
    begun, committed, problems = threading.Event(), threading.Event(), []

    def slow() -> None:
        try:
            with transaction.atomic():
                tell(station, "slow.one")
                begun.set()
                assert committed.wait(20)
        except Exception as error:  # noqa: BLE001 - told below
            problems.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=slow)
    other.start()
    assert begun.wait(20)
    tell(station, "quick.one")
    assert since(user, start, 10, subject="", kind="") == []  # the earlier one is on its way
    committed.set()
    other.join(20)
    assert problems == []
    told = since(user, start, 10, subject="", kind="")
    assert [one["kind"] for one in told] == ["slow.one", "quick.one"]
