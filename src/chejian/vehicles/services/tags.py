"""Putting the organisation's tags to cars."""

from collections.abc import Iterable
from datetime import datetime

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties.models import Tag, TagColour
from chejian.parties.services import make_tag
from chejian.vehicles.models import Vehicle, VehicleTag
from chejian.vehicles.services.locking import lock_vehicle


@verb
def tag_vehicle(
    *, vehicle: Vehicle, tag: Tag | None = None, name: str = "", colour: str = TagColour.GREY,
    by: User | None, at: datetime,
) -> VehicleTag:
    """Put a tag to a car, or a new word (``name``, ``colour``). Twice is once.

    Raises MergedAway, NameRequired.
    """
    fresh = lock_vehicle(vehicle)
    tag = tag or make_tag(name=name, colour=colour, by=by, at=at)
    put, new = VehicleTag.objects.get_or_create(
        vehicle=fresh, tag=tag, defaults={"by": by, "at": at}
    )
    if new:
        emit("vehicle.tagged", fresh, station_id=None, by=by, at=at, name=tag.name)
    return put


@verb
def tag_vehicles(*, vehicles: Iterable[Vehicle], tag: Tag, by: User | None, at: datetime) -> int:
    """Put a tag to many at once; returns how many did not carry it. Raises MergedAway."""
    before = VehicleTag.objects.filter(tag=tag).count()
    for vehicle in vehicles:
        tag_vehicle(vehicle=vehicle, tag=tag, by=by, at=at)
    return VehicleTag.objects.filter(tag=tag).count() - before


@verb
def untag_vehicle(*, vehicle: Vehicle, tag: Tag, by: User | None, at: datetime) -> None:
    """Take a tag off; the timeline keeps that it was there. Raises MergedAway."""
    fresh = lock_vehicle(vehicle)
    gone, _rows = VehicleTag.objects.filter(vehicle=fresh, tag=tag).delete()
    if gone:
        emit("vehicle.untagged", fresh, station_id=None, by=by, at=at, name=tag.name)
