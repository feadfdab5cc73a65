"""The search index made anew from the rows: what was lost is found again, strays go."""

import io
import threading
import time
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from chejian.core import reindexing, search
from chejian.core.models import SearchEntry
from chejian.desk.finding import find
from chejian.parties.models import Party
from chejian.workorders.services.past import PastOrderRecord, import_past_orders
from tests.factories import catalog, parties, vehicles
from tests.factories import workorders as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def found(shop: make.Shop, words: str) -> list[str]:
    groups = find(words, shop.manager, shop.station.pk).groups
    return [hit.title for group in groups for hit in group.hits]


def entries() -> list[tuple[object, ...]]:
    return list(SearchEntry.objects.order_by("kind", "subject_id").values_list(
        "kind", "subject_id", "station_id", "title", "subtitle", "data", "vector", "touched_at"))


def test_every_kind_is_written_as_its_own_verbs_write_it() -> None:
    shop = make.Shop()
    owner = parties.make_party("欧阳建华", phone="13812345678")
    car = vehicles.make_vehicle(plate="粤BD12345", owner=owner)
    part = catalog.make_part(name="机油滤清器", number="LF-1788")
    order = make.make_order(shop, vehicle=car, customer=owner)
    import_past_orders(station=shop.station, import_run=1, records=[
        PastOrderRecord("WX1", date(2025, 3, 1), 2, vehicle_id=car.pk, plate=car.plate)])
    before = entries()
    assert {row[0] for row in before} == set(reindexing.kinds())

    SearchEntry.objects.update(vector="", title="?", subtitle="", data={})
    assert found(shop, "欧阳") == []
    out = io.StringIO()
    call_command("reindex_search", stdout=out)

    assert entries() == before
    assert len(out.getvalue().splitlines()) == len(reindexing.kinds())
    for words, title in (("欧阳", owner.name), ("12345", car.plate), ("1788", part.name),
                         (order.number, order.number), ("WX1", "WX1")):
        assert title in found(shop, words)


def test_lost_entries_come_back_with_the_rows_own_day_and_strays_go() -> None:
    party = parties.make_party("王建华")
    merged = parties.make_party("王建国")
    Party.objects.filter(pk=merged.pk).update(merged_into=party)
    search.index(search.Findable("party", 999_999, "没有了", ["w"], timezone.now()),
                 search.Findable("party", merged.pk, "并掉了", ["w"], timezone.now()))
    SearchEntry.objects.filter(kind="party", subject_id=party.pk).delete()

    done = reindexing.rebuild("party", batch=1)

    assert (done.written, done.removed) == (Party.objects.live().count(), 2)
    entry = SearchEntry.objects.get(kind="party", subject_id=party.pk)
    assert (entry.title, entry.touched_at) == ("王建华", party.created_at)
    assert not SearchEntry.objects.filter(subject_id__in=[merged.pk, 999_999], kind="party")


def test_only_the_kinds_that_are_named() -> None:
    parties.make_party("王建华")
    catalog.make_part(name="机油滤清器")
    SearchEntry.objects.all().delete()
    call_command("reindex_search", "part", stdout=io.StringIO())
    assert set(SearchEntry.objects.values_list("kind", flat=True)) == {"part"}


@pytest.mark.django_db(transaction=True)
def test_whoever_works_is_not_waited_for_and_his_row_is_written_in_the_end() -> None:
    """A row that is being changed is passed over, the others are written meanwhile."""
    held, other = parties.make_party("王建华"), parties.make_party("李建国")
    SearchEntry.objects.update(title="?")
    holding, seen_by_others = threading.Event(), []

    def work() -> None:
        try:
            with transaction.atomic():
                Party.objects.filter(pk=held.pk).update(name="王建设")
                holding.set()
                deadline = time.monotonic() + 5
                while not seen_by_others and time.monotonic() < deadline:
                    rows = SearchEntry.objects.filter(kind="party", subject_id=other.pk)
                    seen_by_others.extend(rows.filter(title=other.name))
                    time.sleep(0.01)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    holding.wait()
    reindexing.rebuild("party")
    worker.join()

    assert len(seen_by_others) == 1
    assert SearchEntry.objects.get(kind="party", subject_id=held.pk).title == "王建设"
