"""A merge is taken back to the letter, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chejian.core import unmerging
from chejian.core.models import Event, SearchEntry
from chejian.parties.errors import CannotUnmerge
from chejian.parties.models import Contact, Party, PartyTag, PartyUnmerge
from chejian.parties.queries import find_parties
from chejian.parties.services import (
    add_contact,
    make_tag,
    merge_parties,
    seal_numbers,
    tag_party,
    unmerge_parties,
    update_party,
)
from chejian.vehicles.models import PlateChange, Vehicle, VehicleParty
from chejian.vehicles.services import change_owner, merge_vehicles, unmerge_vehicles
from tests.factories import workorders as make
from tests.factories.accounts import make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=6)
IDENTITY = "11010519491231002X"


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row that a merge may touch, but the counters of versions and the merges."""
    tables = {}
    for model in (Party, Contact, PartyTag, Vehicle, VehicleParty, make.WorkOrder):
        names = [f.attname for f in model._meta.concrete_fields if f.attname != "version"]
        tables[model.__name__] = list(model.objects.order_by("pk").values_list(*names))
    return tables


def found(kind: str) -> dict[int, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, title, vector::text, data::text FROM core_searchentry "
            "WHERE kind = %s", [kind],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def two(shop: make.Shop) -> tuple[Party, Party]:
    """A bare record, and one with all that can hang on a customer."""
    keep = make_party("王建华", phone="13900000001")
    absorb = make_party(
        "王建华（旧）", phone="13700000002", legacy_number="OLD-7", address="环城路 1 号",
        member_tier="金卡", remarks="老客户",
    )
    seal_numbers(party=absorb, identity=IDENTITY, by=make_user("station_manager"), at=NOW)
    absorb.refresh_from_db()
    add_contact(party=absorb, name="王太太", phone="13611112222", by=None, at=NOW)
    car = make_vehicle("苏E12345", owner=absorb)
    make.make_order(shop, vehicle=car, customer=absorb)
    both, one = (make_tag(name=name, by=None, at=NOW) for name in ("大客户", "易投诉"))
    for party, tag in ((keep, both), (absorb, both), (absorb, one)):
        tag_party(party=party, tag=tag, by=None, at=NOW)
    gone = make_party("王建华三", phone="13500000003")
    merge_parties(keep=absorb, absorb=gone, reason="", by=shop.adviser, at=NOW)
    return Party.objects.get(pk=keep.pk), Party.objects.get(pk=absorb.pk)


@pytest.mark.parametrize("take", [(), ("name", "phone", "remarks", "identity", "price_level")])
def test_a_round_trip_leaves_nothing_behind(defaults, take) -> None:
    shop = make.Shop()
    keep, absorb = two(shop)
    before, entries, cars = everything(), found("party"), found("vehicle")

    merge = merge_parties(
        keep=keep, absorb=absorb, reason="同一人", take=take, by=shop.manager, at=NOW
    )
    assert everything() != before
    unmerge_parties(merge=merge, by=shop.manager, at=LATER)

    assert everything() == before
    assert found("party") == entries
    assert found("vehicle") == cars
    absorb.refresh_from_db()
    keep.refresh_from_db()
    assert (absorb.unseal("identity"), keep.identity_sealed) == (IDENTITY, "")
    assert find_parties(shop.adviser, "13700000002") == [absorb]
    assert find_parties(shop.adviser, "苏E12345") == [absorb]
    assert PartyUnmerge.objects.get().merge == merge
    kinds = Event.objects.filter(kind="party.unmerged").values_list("subject_id", flat=True)
    assert set(kinds) == {keep.pk, absorb.pk}


def test_versions_go_on_so_that_an_open_form_is_told(defaults) -> None:
    shop = make.Shop()
    keep, absorb = two(shop)
    merge = merge_parties(keep=keep, absorb=absorb, reason="", by=shop.manager, at=NOW)
    unmerge_parties(merge=merge, by=shop.manager, at=NOW)
    for row in (keep, absorb):
        old = row.version
        row.refresh_from_db()
        assert row.version == old + 2


def a_new_contact(shop: make.Shop, keep: Party, absorb: Party) -> None:
    add_contact(party=keep, name="新人", phone="13322223333", by=None, at=NOW)


def a_new_order(shop: make.Shop, keep: Party, absorb: Party) -> None:
    make.make_order(shop, customer=keep)


def a_changed_name(shop: make.Shop, keep: Party, absorb: Party) -> None:
    keep.refresh_from_db()
    update_party(party=keep, version=keep.version, by=shop.adviser, at=NOW, name="王健华")


def a_car_more(shop: make.Shop, keep: Party, absorb: Party) -> None:
    change_owner(
        vehicle=make_vehicle(), owner=keep, from_date=NOW.date(), by=shop.adviser, at=NOW
    )


def a_car_less(shop: make.Shop, keep: Party, absorb: Party) -> None:
    car = Vehicle.objects.get(plate="苏E12345")
    change_owner(
        vehicle=car, owner=make_party(), from_date=timezone.localdate(), by=shop.adviser,
        at=timezone.now(),
    )


def another_merge(shop: make.Shop, keep: Party, absorb: Party) -> None:
    merge_parties(keep=keep, absorb=make_party(), reason="", by=shop.manager, at=NOW)


def merged_further(shop: make.Shop, keep: Party, absorb: Party) -> None:
    merge_parties(keep=make_party(), absorb=keep, reason="", by=shop.manager, at=NOW)


def a_tag(shop: make.Shop, keep: Party, absorb: Party) -> None:
    tag_party(party=keep, tag=make_tag(name="企业", by=None, at=NOW), by=None, at=NOW)


@pytest.mark.parametrize("happens", [
    a_new_contact, a_new_order, a_changed_name, a_car_more, a_car_less, another_merge,
    merged_further, a_tag,
])
def test_whatever_came_since_stands_in_the_way(defaults, happens) -> None:
    shop = make.Shop()
    keep, absorb = two(shop)
    merge = merge_parties(keep=keep, absorb=absorb, reason="", by=shop.manager, at=NOW)
    happens(shop, keep, absorb)
    before = everything()
    with pytest.raises(CannotUnmerge):
        unmerge_parties(merge=merge, by=shop.manager, at=LATER)
    assert everything() == before
    assert not PartyUnmerge.objects.exists()


def test_the_later_merge_is_undone_first_and_then_the_earlier_one(defaults) -> None:
    shop = make.Shop()
    keep, absorb = two(shop)
    before = everything()
    first = merge_parties(keep=keep, absorb=absorb, reason="", by=shop.manager, at=NOW)
    third = make_party()
    second = merge_parties(keep=keep, absorb=third, reason="", by=shop.manager, at=NOW)
    for merge in (second, first):
        unmerge_parties(merge=merge, by=shop.manager, at=LATER)
    Contact.objects.filter(party=third).delete()
    after = everything()
    after["Party"] = [row for row in after["Party"] if row[0] != third.pk]
    assert after == before


def test_after_a_week_twice_and_without_a_record_it_is_refused(defaults) -> None:
    shop = make.Shop()
    merges = [
        merge_parties(keep=make_party(), absorb=make_party(), reason="", by=shop.manager, at=NOW)
        for _ in range(2)
    ]
    with pytest.raises(CannotUnmerge):
        unmerge_parties(
            merge=merges[0], by=shop.manager, at=NOW + unmerging.WINDOW + timedelta(seconds=1)
        )
    unmerge_parties(merge=merges[0], by=shop.manager, at=NOW + unmerging.WINDOW)
    with pytest.raises(CannotUnmerge):
        unmerge_parties(merge=merges[0], by=shop.manager, at=NOW)
    merges[1].record = {}
    with pytest.raises(CannotUnmerge):
        unmerge_parties(merge=merges[1], by=shop.manager, at=NOW)


def test_the_record_of_an_undoing_is_never_changed(defaults) -> None:
    shop = make.Shop()
    merge = merge_parties(
        keep=make_party(), absorb=make_party(), reason="", by=shop.manager, at=NOW
    )
    done = unmerge_parties(merge=merge, by=shop.manager, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyUnmerge.objects.filter(pk=done.pk).delete()


@pytest.mark.parametrize("take", [(), ("plate", "owner", "vin")])
def test_cars_are_parted_as_exactly(defaults, take) -> None:
    shop = make.Shop()
    keep = make_vehicle("苏E00001", owner=make_party(), vin="LSG9JP4D7RF597687")
    absorb = make_vehicle(
        "苏E00002", owner=make_party(), vin="LSG9JP4D7RF597699", engine_no="EN77"
    )
    make.make_order(shop, vehicle=absorb, odometer=51_000)
    make.make_order(shop, vehicle=keep, odometer=40_000)
    keep.refresh_from_db()
    absorb.refresh_from_db()
    before, entries = everything(), found("vehicle")
    plates = list(plate_rows())

    merge = merge_vehicles(
        keep=keep, absorb=absorb, reason="", take=take, by=shop.manager, at=NOW
    )
    assert everything() != before
    unmerge_vehicles(merge=merge, by=shop.manager, at=LATER)

    assert everything() == before
    assert list(plate_rows()) == plates
    assert found("vehicle") == entries


def plate_rows():
    return PlateChange.objects.order_by("pk").values_list()


def test_a_reading_since_stands_in_the_way(defaults) -> None:
    shop = make.Shop()
    keep, absorb = make_vehicle(), make_vehicle()
    merge = merge_vehicles(keep=keep, absorb=absorb, reason="", by=shop.manager, at=NOW)
    make.make_order(shop, vehicle=keep, odometer=40_000)
    with pytest.raises(CannotUnmerge):
        unmerge_vehicles(merge=merge, by=shop.manager, at=LATER)
    absorb.refresh_from_db()
    assert absorb.merged_into == keep


def test_a_plate_that_was_given_away_since_is_not_taken_back(defaults) -> None:
    """The kept record took the other plate; its own was then registered on a third car."""
    shop = make.Shop()
    keep, absorb = make_vehicle("苏E00001"), make_vehicle("苏E00002")
    merge = merge_vehicles(
        keep=keep, absorb=absorb, reason="", take=["plate"], by=shop.manager, at=NOW
    )
    make_vehicle("苏E00001")
    with pytest.raises(CannotUnmerge):
        unmerge_vehicles(merge=merge, by=shop.manager, at=NOW)
    keep.refresh_from_db()
    assert keep.plate == "苏E00002"
    assert SearchEntry.objects.filter(kind="vehicle").count() == 2
