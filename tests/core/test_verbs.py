"""One verb is one unit of work: its events, its locks, its errors."""

import uuid
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.core import verbs
from chejian.core.models import Event, ReplayKey
from chejian.core.outbox import emit_about
from chejian.core.verbs import at_end, hold, holds, verb
from tests.factories import workorders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> make.Shop:
    return make.Shop()


def say(kind: str) -> Event:
    return emit_about(kind, subject_type="x", subject_id=1, station_id=1, by=None,
                      at=timezone.now())


def said() -> list[str]:
    rows = Event.objects.filter(subject_type="x").order_by("id")
    return list(rows.values_list("kind", flat=True))


@verb
def inner(kind: str, *, fails: bool = False) -> None:
    ReplayKey.objects.create(key=uuid.uuid4(), verb=kind)
    say(kind)
    if fails:
        raise ValueError(kind)


def made() -> list[str]:
    return list(ReplayKey.objects.order_by("verb").values_list("verb", flat=True))


def test_verbs_of_a_verb_make_no_savepoints_and_one_insert_of_events() -> None:
    @verb
    def outer() -> None:
        say("a")
        inner("b")
        say("c")
        assert said() == []

    with CaptureQueriesContext(connection) as seen:
        outer()
    assert said() == ["a", "b", "c"]
    words = [query["sql"].split()[0] for query in seen.captured_queries]
    assert words == ["SAVEPOINT", "INSERT", "SELECT", "INSERT", "RELEASE"]


def test_an_error_takes_everything_back() -> None:
    @verb
    def outer() -> None:
        inner("a")
        inner("b", fails=True)

    with pytest.raises(ValueError, match="b"):
        outer()
    assert made() == []
    assert said() == []
    inner("later")
    assert said() == ["later"]


def test_a_verb_that_swallows_an_error_cannot_go_on() -> None:
    @verb
    def outer() -> None:
        with pytest.raises(ValueError, match="a"):
            inner("a", fails=True)
        inner("b")

    with pytest.raises(TransactionManagementError):
        outer()
    assert made() == []
    assert said() == []


def test_what_stands_alone_is_taken_back_alone() -> None:
    def twice() -> None:
        with transaction.atomic():
            say("never")
            same = uuid.uuid4()
            ReplayKey.objects.create(key=same, verb="never")
            ReplayKey.objects.create(key=same, verb="never")

    @verb
    def outer() -> None:
        inner("a")
        with pytest.raises(IntegrityError):
            twice()
        inner("b")

    outer()
    assert made() == ["a", "b"]
    assert said() == ["a", "b"]


def test_events_are_written_before_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "BATCH", 2)

    @verb
    def outer() -> list[str]:
        for kind in "abc":
            say(kind)
        return said()

    assert outer() == ["a", "b"]
    assert said() == ["a", "b", "c"]


def test_a_row_is_held_by_one_object_until_the_verb_ends() -> None:
    row = ReplayKey.objects.create(key=uuid.uuid4(), verb="row")
    twin = ReplayKey.objects.get(pk=row.pk)

    @verb
    def outer() -> None:
        hold(row)
        assert holds(row)
        assert not holds(twin)
        hold(twin)
        assert holds(twin)
        assert not holds(row)
        with transaction.atomic():
            hold(row)
        assert not holds(row)

    outer()
    assert not holds(twin)
    hold(row)
    assert not holds(row)


def test_after_an_error_nothing_is_held() -> None:
    row = ReplayKey.objects.create(key=uuid.uuid4(), verb="row")

    @verb
    def outer() -> None:
        hold(row)
        with pytest.raises(ValueError, match="a"):
            inner("a", fails=True)
        assert not holds(row)

    with pytest.raises(TransactionManagementError):
        outer()


def test_the_end_comes_once() -> None:
    calls: list[int] = []

    def last() -> None:
        calls.append(len(said()))

    @verb
    def step() -> None:
        say("x")
        at_end(last)

    @verb
    def outer() -> None:
        step()
        step()

    outer()
    assert calls == [2]
    at_end(last)
    assert calls == [2, 2]


def test_what_may_wait_is_written_with_the_next_change_and_at_the_end(shop: make.Shop) -> None:
    order = make.make_order(shop)

    @verbs.verb
    def change(*, more: bool) -> int:
        make.services.lock_order(order)
        order.remarks, order.contact_name = "先记下", "王工"
        with CaptureQueriesContext(connection) as seen:
            verbs.write(order, "remarks", may_wait=True)
            assert not seen.captured_queries
            if more:
                verbs.write(order, "contact_name")
        return len(seen.captured_queries)

    assert (change(more=True), change(more=False)) == (1, 0)
    fresh = type(order).objects.get(pk=order.pk)
    assert (fresh.remarks, fresh.contact_name) == ("先记下", "王工")


def test_another_object_of_the_row_reads_what_waited_and_an_error_forgets_it(
    shop: make.Shop
) -> None:
    order = make.make_order(shop)

    @verbs.verb
    def change(*, fail: bool) -> str:
        make.services.lock_order(order)
        order.remarks = "改了" if not fail else "不算"
        verbs.write(order, "remarks", may_wait=True)
        with suppress(KeyError), transaction.atomic():
            other = make.services.lock_order(type(order).objects.get(pk=order.pk))
            raise KeyError
        if fail:
            raise KeyError
        return other.remarks

    assert change(fail=False) == "改了"
    assert type(order).objects.get(pk=order.pk).remarks == "改了"
    with pytest.raises(KeyError):
        change(fail=True)
    assert type(order).objects.get(pk=order.pk).remarks == "改了"
