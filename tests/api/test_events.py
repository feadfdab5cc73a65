"""The events since a cursor: nothing missed, nothing told to whom it does not concern."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chejian.accounts.services.defaults import ensure_defaults as accounts_defaults
from chejian.api.reading import events
from chejian.api.reading.events import settled, since
from chejian.core.models import Event
from chejian.core.outbox import emit
from tests.api.client import program
from tests.factories import accounts, parties

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch) -> None:
    """The tables are empty again, so nothing is known of them."""
    monkeypatch.setattr(events, "_sure", 0)
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
    start = settled()
    tell(there, "party.changed", party)
    emit("party.changed", party, station_id=None, by=None, at=timezone.now())
    tell(here, "person.created")
    asked = [since(one, start, 10, subject="", kind="") for one in (keeper, adviser)]
    assert [len(told.events) for told in asked] == [0, 1]
    assert asked[1].events[0]["subject"] == "parties.Party"
    # what does not concern one is not looked at again
    assert asked[0].upto == asked[1].upto == settled() > start
    one = since(adviser, start, 1, subject="", kind="")
    assert one.upto == one.events[0]["id"]


def told_kinds(user, start: int) -> list[str]:
    return [one["kind"] for one in since(user, start, 10, subject="", kind="").events]


def beside(work) -> tuple[threading.Thread, threading.Event, threading.Event, list[Exception]]:
    """Another transaction: it sets the first flag when it has worked, and ends after the second."""
    done, end, problems = threading.Event(), threading.Event(), []

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                assert end.wait(20)
        except Exception as error:  # noqa: BLE001 - told below
            problems.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    assert done.wait(20)
    return other, done, end, problems


def test_a_cursor_never_passes_by_an_event_that_is_still_being_written() -> None:
    """One that began earlier and is committed later is told first, and nothing before it."""
    station = accounts.make_station()
    user = accounts.make_user("head_office", station)
    start = settled()
    other, _done, end, problems = beside(lambda: tell(station, "slow.one"))
    tell(station, "quick.one")
    assert told_kinds(user, start) == []  # the earlier one is on its way
    assert since(user, start, 10, subject="", kind="").upto == start
    end.set()
    other.join(20)
    assert problems == []
    assert told_kinds(user, start) == ["slow.one", "quick.one"]


def test_nor_one_of_a_younger_transaction() -> None:
    """The older transaction tells last and ends first: its event stands above one not there yet."""
    station = accounts.make_station()
    user = accounts.make_user("head_office", station)
    start = settled()
    with transaction.atomic():
        station.name = "older"
        station.save()  # this one is the older from here on
        other, _done, end, problems = beside(lambda: tell(station, "lower.id"))
        tell(station, "higher.id")
    assert told_kinds(user, start) == []
    end.set()
    other.join(20)
    assert problems == []
    assert told_kinds(user, start) == ["lower.id", "higher.id"]


def test_who_writes_long_only_holds_the_news_back() -> None:
    station = accounts.make_station()
    user = accounts.make_user("head_office", station)
    start = settled()
    tell(station, "before.it")
    assert told_kinds(user, start) == ["before.it"]
    other, _done, end, problems = beside(lambda: tell(station, "long.import"))
    tell(station, "meanwhile.one")
    assert told_kinds(user, start) == ["before.it"]
    end.set()
    other.join(20)
    assert problems == []
    assert told_kinds(user, start) == ["before.it", "long.import", "meanwhile.one"]
