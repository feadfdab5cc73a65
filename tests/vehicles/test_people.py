"""Owners and drivers over time."""

from datetime import UTC, date, datetime

import pytest

from chejian.vehicles.errors import DateBeforeOwner
from chejian.vehicles.models import VehicleParty
from chejian.vehicles.proofs import OWNERS, _copies
from chejian.vehicles.queries import find_vehicles, people
from chejian.vehicles.services import add_driver, change_owner, end_driver
from tests.factories.accounts import make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
BEFORE, TODAY = date(2025, 1, 1), date(2026, 10, 31)


def test_the_car_is_sold() -> None:
    adviser, old, new = make_user(), make_party("旧主"), make_party("新主", phone="13812345621")
    car = make_vehicle(owner=old, on=BEFORE)
    changed = change_owner(vehicle=car, owner=new, from_date=TODAY, by=adviser, at=NOW)
    assert (changed.owner, changed.version) == (new, 2)
    assert [(r.party, r.from_date, r.until_date) for r in people(car)] == [
        (new, TODAY, None), (old, BEFORE, TODAY)
    ]
    assert find_vehicles(adviser, "5621") == [car]
    assert find_vehicles(adviser, "旧主") == []
    assert _copies(OWNERS).differences == []


def test_sold_to_somebody_unknown_and_found_again() -> None:
    owner = make_party()
    car = make_vehicle(owner=owner, on=BEFORE)
    assert change_owner(vehicle=car, owner=None, from_date=TODAY, by=None, at=NOW).owner is None
    change_owner(vehicle=car, owner=owner, from_date=TODAY, by=None, at=NOW)
    assert VehicleParty.objects.filter(vehicle=car, until_date=None).count() == 1


def test_nobody_owns_before_the_present_owner_began() -> None:
    owner, car = make_party(), make_vehicle(owner=make_party(), on=TODAY)
    with pytest.raises(DateBeforeOwner):
        change_owner(vehicle=car, owner=owner, from_date=BEFORE, by=None, at=NOW)
    car.refresh_from_db()
    assert (car.owner != owner, VehicleParty.objects.count()) == (True, 1)


def test_drivers_come_and_go_and_find_the_car() -> None:
    adviser, car, driver = make_user(), make_vehicle(), make_party("周师傅")
    first = add_driver(vehicle=car, driver=driver, from_date=BEFORE, by=adviser, at=NOW)
    assert add_driver(vehicle=car, driver=driver, from_date=TODAY, by=adviser, at=NOW) == first
    assert find_vehicles(adviser, "zsf") == [car]
    ended = end_driver(driver=first, until=TODAY, by=adviser, at=NOW)
    assert (ended.until_date, find_vehicles(adviser, "zsf")) == (TODAY, [])
