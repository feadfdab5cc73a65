"""Search and proposals: by name, pinyin, phone, and by plate or VIN of the customer's car."""

from datetime import UTC, datetime

import pytest

from chejian.parties import queries
from chejian.parties.models import Party
from chejian.parties.queries import (
    Reason,
    by_legacy_number,
    find_parties,
    possible_duplicates,
    shared_phones,
)
from chejian.parties.services import merge_parties
from chejian.vehicles.services import change_owner
from tests.factories.accounts import make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["解超", "解", "超", "xiechao", "xc", "chao", "5621", "1381234", "粤BD12345", "bd123", "12345",
     "LSVNV2187E2100001", "100001", "K0077", "粤B·D12345"],
)
def test_found_by(text: str) -> None:
    adviser = make_user()
    party = make_party("解超", phone="13812345621", legacy_number="K0077")
    make_vehicle("粤BD12345", vin="LSVNV2187E2100001", owner=party)
    make_vehicle("沪A99999", owner=make_party("梁伟", phone="13700000000"))
    assert find_parties(adviser, text) == [party]


@pytest.mark.parametrize("text", ["", "  ", "·", "解超 梁", "99", "%", "'; drop"])
def test_not_found_by(text: str) -> None:
    make_party("解超", phone="13812345621")
    assert find_parties(make_user(), text) == []


def test_a_technician_finds_nobody() -> None:
    make_party("解超")
    assert find_parties(make_user("technician"), "解超") == []


def test_duplicates_by_each_reason_strongest_first() -> None:
    same_name = make_party("王建华", phone="13100000001")
    homophone = make_party("汪建华", phone="13100000002")
    sounds_alike = make_party("王健华", phone="13100000003")
    same_phone = make_party("李四", phone="138 0013 8000")
    owner = make_party("赵六", phone="13100000004")
    make_vehicle("粤BD12345", vin="LSVNV2187E2100001", owner=owner)
    found = possible_duplicates(
        name="王建华", phone="+8613800138000", plate="粤B·D12345", vin="lsvnv2187e2100001"
    )
    assert [(one.party, one.reasons, one.strong) for one in found] == [
        (owner, (Reason.VIN, Reason.PLATE), True),
        (same_phone, (Reason.PHONE,), True),
        (same_name, (Reason.NAME,), False),
        (sounds_alike, (Reason.NAME,), False),
    ]
    assert homophone not in [one.party for one in found]


def test_a_part_of_a_plate_proposes_nobody() -> None:
    make_vehicle("粤BD12345", owner=make_party("赵六"))
    assert possible_duplicates(plate="12345") == []
    assert possible_duplicates() == []



def test_those_who_share_a_phone_are_grouped() -> None:
    manager = make_user("station_manager")
    a, b = make_party("王", phone="13800138000"), make_party("王氏", phone="13800138000")
    make_party("李", phone="13900000000")
    assert [(g.phone, g.parties) for g in shared_phones(manager)] == [("13800138000", [a, b])]
    merge_parties(keep=a, absorb=b, reason="", by=manager, at=NOW)
    assert shared_phones(manager) == []


def test_an_old_number_leads_to_the_record_that_was_kept() -> None:
    keep, absorb = make_party("王", legacy_number="K1"), make_party("王", legacy_number="K2")
    merge_parties(keep=keep, absorb=absorb, reason="", by=make_user("station_manager"), at=NOW)
    assert [by_legacy_number(n) for n in ("K1", "K2", "K3")] == [keep, keep, None]
    assert Party.objects.live().count() == 1


def test_a_car_that_was_sold_proposes_the_new_owner_only() -> None:
    old, new = make_party("旧主"), make_party("新主")
    car = make_vehicle("粤B12345", owner=old, on=NOW.date())
    assert [one.party for one in possible_duplicates(plate="粤B12345")] == [old]
    change_owner(vehicle=car, owner=new, from_date=NOW.date(), by=None, at=NOW)
    assert [one.party for one in possible_duplicates(plate="粤B12345")] == [new]


def test_a_search_that_fits_too_many_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTED", 3)
    for _ in range(4):
        make_party("王建华")
    few = queries.matching(Party.objects.all(), "没有")
    many = queries.matching(Party.objects.all(), "wang")
    assert (few.cut, few.rows.count(), many.cut, many.rows.count()) == (False, 0, True, 3)
    assert queries.matching(Party.objects.all(), "").rows.count() == 4
