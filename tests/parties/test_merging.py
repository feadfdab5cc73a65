"""Merging keeps everything: cars, contacts and documents move, frozen papers stay reachable."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from chejian.billing.models import Payment
from chejian.books.models import Account, JournalEntry, Posting
from chejian.core.errors import NotPermitted
from chejian.core.merging import movable_keys
from chejian.core.models import SearchEntry
from chejian.parties.errors import CannotMerge, MergedAway
from chejian.parties.models import Contact, Party, PartyMerge
from chejian.parties.queries import find_parties, party_ids
from chejian.parties.services import add_contact, merge_parties, update_party
from chejian.vehicles.models import VehicleParty
from tests.factories.accounts import make_station, make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
IDENTITY = "11010519491231002X"


def merge(keep: Party, absorb: Party, **options: object) -> PartyMerge:
    by = options.pop("by", None) or make_user("station_manager")
    return merge_parties(keep=keep, absorb=absorb, reason="同一人", by=by, at=NOW, **options)


def test_every_key_to_a_customer_is_known_and_frozen_tables_are_left_out() -> None:
    keys = {f"{key.model._meta.label}.{key.name}" for key in movable_keys(Party)}
    assert {
        "parties.Party.merged_into", "parties.Contact.party", "vehicles.Vehicle.owner",
        "vehicles.VehicleParty.party", "workorders.WorkOrder.customer",
        "billing.Receivable.party", "billing.Payment.party",
    } <= keys
    assert not keys & {
        "books.Posting.party", "billing.Settlement.party", "parties.PartyMerge.kept",
        "parties.PartyMerge.absorbed",
    }
    assert not [key for key in keys if key.split(".")[1].endswith("Event")]


def test_cars_contacts_and_documents_move_and_it_is_recorded() -> None:
    manager = make_user("station_manager")
    keep, absorb = make_party("王建华"), make_party("王建华（旧）", phone="13700000000")
    car = make_vehicle(owner=absorb)
    person = add_contact(party=absorb, name="王太太", phone="13611112222", by=None, at=NOW)
    payment = Payment.objects.create(
        station=make_station(), number="RC-NS-26-000001", kind="deposit", party=absorb,
        amount=Decimal(100), paid_on=date(2026, 10, 31), at=NOW, cashier=manager,
    )
    done = merge(keep, absorb, by=manager)
    for row in (car, person, payment, absorb):
        row.refresh_from_db()
    assert (car.owner, person.party, payment.party) == (keep, keep, keep)
    assert VehicleParty.objects.get(vehicle=car).party == keep
    assert (absorb.merged_into, absorb.name) == (keep, "王建华（旧）")
    role = VehicleParty.objects.get(vehicle=car)
    assert done.moved == {
        "parties.Contact.party": [person.pk],
        "vehicles.Vehicle.owner": [car.pk],
        "vehicles.VehicleParty.party": [role.pk],
        "billing.Payment.party": [payment.pk],
    }
    assert (done.kept, done.absorbed, done.reason, done.by) == (keep, absorb, "同一人", manager)


def test_frozen_rows_keep_the_old_name_and_are_found_by_all_ids() -> None:
    keep, absorb = make_party("王"), make_party("汪")
    entry = JournalEntry.objects.create(
        station=make_station(), kind="opening", label="", occurred_on=date(2026, 10, 1),
        posted_at=NOW,
    )
    accounts = [
        Account.objects.create(code=code, name=code, kind="asset") for code in ("T1", "T2")
    ]
    Posting.objects.bulk_create(
        [
            Posting(entry=entry, account=accounts[0], amount=Decimal(5), party=absorb),
            Posting(entry=entry, account=accounts[1], amount=Decimal(-5)),
        ]
    )
    merge(keep, absorb)
    assert Posting.objects.get(amount=5).party == absorb
    assert party_ids(keep) == [keep.pk, absorb.pk]
    assert Posting.objects.filter(party_id__in=party_ids(keep)).count() == 1


def test_a_chain_of_merges_stays_flat() -> None:
    a, b, c = make_party("甲"), make_party("乙"), make_party("丙")
    merge(b, c)
    merge(a, b)
    assert sorted(party_ids(a)) == sorted([a.pk, b.pk, c.pk])


def test_empty_fields_are_filled_chosen_ones_taken_the_phone_lives_on() -> None:
    adviser = make_user()
    keep = make_party("王建华", phone="13800000001", address="南山路 1 号")
    absorb = make_party(
        "王健华", phone="13800000002", address="福田路 2 号", member_tier="金卡",
        identity=IDENTITY, legacy_number="K2", is_supplier=True,
    )
    merge(keep, absorb, by=adviser, take=["name"])
    keep.refresh_from_db()
    assert (keep.name, keep.address, keep.phone) == ("王健华", "南山路 1 号", "13800000001")
    assert (keep.member_tier, keep.legacy_number, keep.is_supplier) == ("金卡", "K2", True)
    assert keep.unseal("identity") == IDENTITY
    assert Contact.objects.get(party=keep).phone == "13800000002"
    assert find_parties(adviser, "0000002") == [keep]
    assert not SearchEntry.objects.filter(kind="party", subject_id=absorb.pk).exists()


def test_credit_is_never_filled_and_taken_only_by_those_who_may_set_it() -> None:
    keep, absorb = make_party("王"), make_party("汪", credit_limit=Decimal(9000))
    with pytest.raises(NotPermitted):
        merge(keep, absorb, by=make_user(), take=["credit_limit"])
    absorb.refresh_from_db()
    assert (absorb.merged_into, PartyMerge.objects.count()) == (None, 0)
    merge(keep, absorb, take=["credit_limit"])
    keep.refresh_from_db()
    assert keep.credit_limit == Decimal(9000)


def test_not_with_itself_not_twice_and_no_change_afterwards() -> None:
    keep, absorb, third = make_party("甲"), make_party("乙"), make_party("丙")
    with pytest.raises(CannotMerge):
        merge(keep, keep)
    merge(keep, absorb)
    with pytest.raises(CannotMerge):
        merge(third, absorb)
    with pytest.raises(MergedAway):
        update_party(party=absorb, version=absorb.version, by=None, at=NOW, name="丁")
    absorb.refresh_from_db()
    assert absorb.name == "乙"


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_each_way_at_once_leave_one_record() -> None:
    manager = make_user("station_manager")
    a, b = make_party("甲"), make_party("乙")
    start, outcomes = threading.Barrier(2), []

    def work(keep: Party, absorb: Party) -> None:
        try:
            start.wait()
            merge_parties(keep=keep, absorb=absorb, reason="", by=manager, at=NOW)
            outcomes.append("merged")
        except CannotMerge:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    assert Party.objects.live().count() == 1
