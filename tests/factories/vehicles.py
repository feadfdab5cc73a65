"""Cars for tests: one call each, with what matters said at the call."""

from itertools import count
from typing import Any

from django.utils import timezone

from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import register_vehicle

_numbers = count(1)


def make_vehicle(
    plate: str | None = None, *, owner: Party | None = None, vin: str = "", **fields: Any
) -> Vehicle:
    """A car; every one has another blue plate unless one is given."""
    text = f"粤B{next(_numbers):05d}" if plate is None else plate
    given = {"by": None, "at": timezone.now(), "make": "大众", "series": "朗逸", **fields}
    return register_vehicle(plate=text, vin=vin, owner=owner, **given)
