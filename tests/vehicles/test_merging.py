"""Two records of one car: everything moves, both odometer chains count as one."""

from datetime import UTC, date, datetime

import pytest

from chejian.core.merging import movable_keys
from chejian.core.models import SearchEntry
from chejian.vehicles.errors import CannotMerge, MergedAway
from chejian.vehicles.models import PlateChange, Vehicle, VehicleMerge, VehicleParty
from chejian.vehicles.proofs import OWNERS, PLATES, _copies, odometers
from chejian.vehicles.queries import Reason, chain_rows, possible_duplicates, vehicle_ids
from chejian.vehicles.services import change_plate, merge_vehicles, record_odometer, update_vehicle
from tests.factories.accounts import make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
TODAY = date(2026, 10, 31)
GOOD = "LSVNV2187E2100001"


def merge(keep: Vehicle, absorb: Vehicle, **options: object) -> VehicleMerge:
    manager = make_user("station_manager")
    return merge_vehicles(
        keep=keep, absorb=absorb, reason="换牌", by=manager, at=NOW, **options
    )


def read(car: Vehicle, reading: int, on: date) -> None:
    record_odometer(
        vehicle=car, reading=reading, source="import", read_on=on, by=None, at=NOW
    )


def test_orders_move_guarantees_and_readings_stay_as_written() -> None:
    keys = {f"{key.model._meta.label}.{key.name}" for key in movable_keys(Vehicle)}
    assert "workorders.WorkOrder.vehicle" in keys
    assert not keys & {"workorders.Guarantee.vehicle", "vehicles.OdometerEvent.vehicle"}


def test_two_records_become_one() -> None:
    owner, old_owner = make_party("王"), make_party("旧主")
    keep = make_vehicle("粤B12345", owner=owner, on=date(2026, 1, 1), engine_no="EA1")
    absorb = make_vehicle("粤B54321", owner=old_owner, vin=GOOD, on=date(2024, 1, 1), colour="白")
    read(absorb, 20_000, date(2025, 1, 1))
    read(keep, 40_000, date(2026, 2, 1))
    done = merge(keep, absorb)
    keep.refresh_from_db()
    absorb.refresh_from_db()
    assert (keep.plate, keep.vin, keep.colour, keep.engine_no) == ("粤B12345", GOOD, "白", "EA1")
    assert (keep.owner, keep.odometer, absorb.merged_into) == (owner, 40_000, keep)
    assert vehicle_ids(keep) == [keep.pk, absorb.pk]
    assert [row.event.reading for row in chain_rows(keep)] == [40_000, 20_000]
    plates = PlateChange.objects.filter(vehicle=keep).order_by("from_date")
    assert [(p.plate, p.until_date) for p in plates] == [
        ("粤B54321", TODAY), ("粤B12345", None)
    ]
    owners = VehicleParty.objects.filter(vehicle=keep, role="owner").order_by("from_date")
    assert [(o.party, o.until_date) for o in owners] == [(old_owner, TODAY), (owner, None)]
    assert set(done.moved) == {"vehicles.PlateChange.vehicle", "vehicles.VehicleParty.vehicle"}
    assert not SearchEntry.objects.filter(kind="vehicle", subject_id=absorb.pk).exists()
    for proof in (odometers(), _copies(PLATES), _copies(OWNERS)):
        assert proof.differences == []


def test_plate_and_owner_can_come_from_the_other_record() -> None:
    owner = make_party("王")
    keep, absorb = make_vehicle("粤B12345"), make_vehicle("粤BD54321", owner=owner)
    merge(keep, absorb, take=["plate"])
    keep.refresh_from_db()
    assert (keep.plate, keep.plate_colour, keep.owner) == ("粤BD54321", "green", owner)
    for proof in (_copies(PLATES), _copies(OWNERS)):
        assert proof.differences == []


def test_a_later_reading_goes_on_from_both_chains() -> None:
    keep, absorb = make_vehicle(), make_vehicle()
    read(absorb, 50_000, date(2026, 3, 1))
    merge(keep, absorb)
    read(keep, 40_000, date(2026, 4, 1))
    assert chain_rows(keep)[0].event.warning == "below_last"


def test_not_with_itself_not_twice_and_no_change_afterwards() -> None:
    keep, absorb, third = make_vehicle(), make_vehicle(), make_vehicle()
    with pytest.raises(CannotMerge):
        merge(keep, keep)
    merge(keep, absorb)
    with pytest.raises(MergedAway):
        merge(third, absorb)
    with pytest.raises(MergedAway):
        update_vehicle(vehicle=absorb, version=2, by=None, at=NOW, colour="黑")
    assert VehicleMerge.objects.count() == 1


def test_likely_duplicates_by_each_reason() -> None:
    car = make_vehicle("粤B12345", vin=GOOD, engine_no="EA1")
    by_tail = make_vehicle(vin="LFV3A23C7E2100001")
    by_engine = make_vehicle(engine_no="ea1")
    by_plate = make_vehicle("粤B77777")
    change_plate(vehicle=by_plate, plate="粤B12345", by=None, at=NOW, take_over=True)
    change_plate(vehicle=car, plate="粤B12345", by=None, at=NOW, take_over=True)
    car.refresh_from_db()
    make_vehicle()
    assert [(one.vehicle, one.reasons) for one in possible_duplicates(car)] == [
        (by_tail, (Reason.VIN_TAIL,)),
        (by_engine, (Reason.ENGINE,)),
        (by_plate, (Reason.OLD_PLATE,)),
    ]
