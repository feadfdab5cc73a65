"""Registering and changing cars: what is decoded, what warns, what is refused."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pghistory
import pytest

from chejian.core.errors import Conflict, DomainError
from chejian.core.models import Event, SearchEntry
from chejian.vehicles.errors import InvalidVin, NothingToKnowItBy, PlateTaken, VinTaken
from chejian.vehicles.models import PlateChange, Vehicle, VehicleParty
from chejian.vehicles.services import register_vehicle, update_vehicle
from tests.factories.accounts import make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
TODAY = date(2026, 10, 31)
GOOD, WRONG_DIGIT = "LSVNV2187E2100001", "LSVNV2188E2100001"


def test_a_car_by_plate_and_vin_with_what_they_tell() -> None:
    adviser, owner = make_user(), make_party("王建华")
    car = register_vehicle(plate="粤b·D12345", vin=GOOD.lower(), owner=owner, by=adviser, at=NOW)
    car.refresh_from_db()
    assert (car.plate, car.plate_kind, car.plate_colour) == ("粤BD12345", "52", "green")
    assert (car.vin, car.vin_warning, car.make, car.model_year) == (GOOD, "", "大众", 2014)
    assert (car.owner, car.labour_class, car.odometer, car.version) == (owner, "QITA", None, 1)
    plate, role = PlateChange.objects.get(), VehicleParty.objects.get()
    assert (plate.plate, plate.from_date, plate.until_date) == ("粤BD12345", TODAY, None)
    assert (role.party, role.role, role.from_date) == (owner, "owner", TODAY)
    entry = SearchEntry.objects.get(kind="vehicle", subject_id=car.pk)
    assert (entry.title, entry.data) == (
        "粤BD12345", {"party_ids": [owner.pk], "colour": "green"}
    )
    assert Event.objects.get(kind="vehicle.registered").subject_id == car.pk


def test_what_was_typed_is_not_overwritten_by_the_vin() -> None:
    car = make_vehicle(vin=GOOD, make="斯柯达", model_year=2015)
    assert (car.make, car.model_year) == ("斯柯达", 2015)


@pytest.mark.parametrize(
    ("vin", "stored", "warning"),
    [
        (WRONG_DIGIT, WRONG_DIGIT, "check_digit"),
        ("LSVNV2187E21000O1", "LSVNV2187E21000O1", "letters_ioq"),
        ("LSVNV2187E210", "LSVNV2187E210", "too_short"),
        ("", "", ""),
    ],
)
def test_a_doubtful_vin_is_kept_with_a_warning(vin: str, stored: str, warning: str) -> None:
    car = make_vehicle(vin=vin)
    assert (car.vin, car.vin_warning) == (stored, warning)


@pytest.mark.parametrize(
    ("plate", "kind", "stored"),
    [
        ("无牌", "", ("", "41", "none")),
        ("粤B12345", "01", ("粤B12345", "01", "yellow")),
        ("粤Z1234港", "", ("粤Z1234港", "26", "black")),
        ("X-9", "", ("X9", "99", "none")),
    ],
)
def test_plates_of_every_kind(plate: str, kind: str, stored: tuple[str, str, str]) -> None:
    car = register_vehicle(plate=plate, plate_kind=kind, by=None, at=NOW)
    assert (car.plate, car.plate_kind, car.plate_colour) == stored
    assert PlateChange.objects.count() == bool(stored[0])


@pytest.mark.parametrize(
    ("fields", "error", "at_field"),
    [
        ({"plate": "", "vin": ""}, NothingToKnowItBy, "plate"),
        ({"plate": "粤B·12345"}, PlateTaken, "plate"),
        ({"plate": "粤B99999", "vin": GOOD}, VinTaken, "vin"),
        ({"plate": "粤B99999", "vin": GOOD + "12345"}, InvalidVin, "vin"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    fields: dict[str, str], error: type[DomainError], at_field: str
) -> None:
    there = make_vehicle("粤B12345", vin=GOOD)
    with pytest.raises(error) as refused:
        register_vehicle(by=None, at=NOW, **fields)
    refusal = refused.value.refusals[0]
    assert refusal.field == at_field
    assert refusal.data.get("vehicle_id", there.pk) == there.pk
    assert Vehicle.objects.count() == 1


def test_two_cars_without_plate_and_vin_live_side_by_side() -> None:
    for _ in range(2):
        register_vehicle(plate="无牌", by=None, at=NOW)
    assert Vehicle.objects.count() == 2


def test_the_same_key_makes_one_car() -> None:
    key = uuid4()
    first = register_vehicle(plate="粤B12345", by=None, at=NOW, key=key)
    assert register_vehicle(plate="粤B12345", by=None, at=NOW, key=key) == first


def test_the_second_editor_sees_both_values() -> None:
    car = make_vehicle(colour="白")
    update_vehicle(vehicle=car, version=1, by=None, at=NOW, colour="黑")
    with pytest.raises(Conflict) as conflict:
        update_vehicle(vehicle=car, version=1, by=None, at=NOW, colour="灰", vin="")
    assert conflict.value.data["fields"] == {"colour": {"theirs": "黑", "mine": "灰"}}
    car.refresh_from_db()
    assert (car.colour, car.version) == ("黑", 2)


def test_a_vin_that_comes_later_fills_what_is_empty_and_is_in_the_history() -> None:
    car = make_vehicle(make="")
    changed = update_vehicle(
        vehicle=car, version=1, by=None, at=NOW, vin=WRONG_DIGIT, engine_no="ea211 x"
    )
    assert (changed.make, changed.vin_warning, changed.engine_no) == (
        "大众", "check_digit", "EA211 X"
    )
    rows = pghistory.models.Events.objects.tracks(car).order_by("pgh_id")
    assert [row.pgh_data["vin"] for row in rows] == ["", WRONG_DIGIT]


def test_the_last_sign_to_know_it_by_cannot_be_taken_away() -> None:
    car = register_vehicle(vin=GOOD, by=None, at=NOW)
    with pytest.raises(NothingToKnowItBy):
        update_vehicle(vehicle=car, version=1, by=None, at=NOW, vin="")
    car.refresh_from_db()
    assert car.vin == GOOD
