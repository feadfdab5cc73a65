"""When a car is due for its next service: our own rule, as pure arithmetic.

Due is what comes first: the interval in kilometres after the last service, or twelve months after
it. The day on which the kilometres will be reached is reckoned from the pace of the odometer chain
over the last two years. The makers' intervals differ; 10,000 km (20,000 km for a car without an
engine) is what most service books of the last ten years say, and the page says which was used.
Without a service on record nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chejian.vehicles.chain import Stand

EVERY_KM, EVERY_KM_ELECTRIC = 10_000, 20_000
EVERY_DAYS = 365
ELECTRIC = frozenset({"bev", "fcev"})
PACE_DAYS = 730  # readings older than this say nothing about how the car is driven now
LEAST_DAYS = 30  # two readings nearer to each other say nothing either


@dataclass(frozen=True)
class ServiceDue:
    """``on``: the day; ``km``: the cumulative kilometres; ``by_km``: they are reached first."""

    on: date
    km: int | None
    by_km: bool
    since: date
    interval: int
    pace: float | None


def interval_of(powertrain: str) -> int:
    return EVERY_KM_ELECTRIC if powertrain in ELECTRIC else EVERY_KM


def pace(stands: Sequence[Stand], today: date) -> float | None:
    """Kilometres a day over the last two years of the chain; None when it says too little."""
    recent = [s for s in stands if s.read_on >= today - timedelta(days=PACE_DAYS)]
    if len(recent) < 2:
        return None
    days = (recent[-1].read_on - recent[0].read_on).days
    driven = recent[-1].total_km - recent[0].total_km
    return driven / days if days >= LEAST_DAYS and driven > 0 else None


def km_at(stands: Sequence[Stand], day: date) -> int | None:
    """The cumulative kilometres on that day: the last reading until then."""
    until = [stand for stand in stands if stand.read_on <= day]
    return until[-1].total_km if until else None


def service_due(
    *, last_service: date, powertrain: str, stands: Sequence[Stand], today: date
) -> ServiceDue:
    """The next service after ``last_service``, by the chain ``stands`` in order of date."""
    interval, by_time = interval_of(powertrain), last_service + timedelta(days=EVERY_DAYS)
    start, speed = km_at(stands, last_service), pace(stands, today)
    if start is None:
        return ServiceDue(by_time, None, False, last_service, interval, speed)
    by_km = _day_of(start + interval, stands[-1], speed)
    first = by_km is not None and by_km < by_time
    on = by_km if by_km is not None and first else by_time
    return ServiceDue(on, start + interval, first, last_service, interval, speed)


def _day_of(km: int, last: Stand, speed: float | None) -> date | None:
    """The day on which the car will have driven as far, or the day it was seen to have."""
    if last.total_km >= km:
        return last.read_on
    if speed is None:
        return None
    days = (km - last.total_km) / speed
    return last.read_on + timedelta(days=round(days)) if days < 10 * EVERY_DAYS else None
