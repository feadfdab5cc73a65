"""Cars for tests: one call each, with what matters said at the call."""

from itertools import count
from typing import Any

from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle

_numbers = count(1)


def make_vehicle(
    plate: str | None = None, *, owner: Party | None = None, vin: str = "", **fields: Any
) -> Vehicle:
    """A car; every one has another blue plate unless one is given."""
    text = f"粤B{next(_numbers):05d}" if plate is None else plate
    return Vehicle.objects.create(
        plate=text, plate_kind="02", plate_colour="blue", vin=vin, owner=owner,
        **{"make": "大众", "series": "朗逸", **fields},
    )
