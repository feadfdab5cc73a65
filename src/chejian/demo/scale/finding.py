"""Making everything findable: the entries that the services would write, by COPY."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

from django.db import models

from chejian.core.search import Findable
from chejian.demo.scale.tables import Table
from chejian.demo.scale.writing import Writer, writing
from chejian.parties import searching as parties
from chejian.parties.models import Party
from chejian.vehicles import searching as vehicles
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import WorkOrder
from chejian.workorders.services.reception import findable

CHUNK = 4000  # each COPY leaves some pages behind it empty
NOON = time(4)  # by UTC
ENTRIES = Table("core_searchentry", "id", "", (
    "kind", "subject_id", "station_id", "title", "subtitle", "data", "vector", "touched_at"), 0)
SIGNS = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
#: what an order's entry is made of: all else of an order, its car and its customer stays unread
ORDER_FIELDS = (
    "number", "station_id", "plate", "plate_kind", "contact_name", "contact_phone", "opened_at",
    "vehicle__vin", "vehicle__make", "vehicle__series", "customer__name", "customer__phone",
)


def index_everything() -> None:
    """Write the entries of all customers, cars and orders. Their table must have been made anew."""
    orders = WorkOrder.objects.select_related("vehicle", "customer").only(*ORDER_FIELDS)
    with writing({ENTRIES.name: ENTRIES}) as writer:
        _in_chunks(writer, Party.objects.all(), _of_parties)
        _in_chunks(writer, Vehicle.objects.all(), _of_cars)
        _in_chunks(writer, orders, lambda rows: map(findable, rows))


def _in_chunks[M: models.Model](
    writer: Writer, query: models.QuerySet[M], entries: Callable[[list[M]], Iterable[Findable]]
) -> None:
    last: int | None = 0
    while last is not None:
        with writer.resting():
            rows = list(query.filter(pk__gt=last).order_by("pk")[:CHUNK])
            made = entries(rows) if rows else ()
        writer.put(ENTRIES.name, [_line(entry).encode() for entry in made])
        last = rows[-1].pk if rows else None


def _of_parties(rows: list[Party]) -> Iterable[Findable]:
    return parties.entries(rows, max(row.created_at for row in rows))


def _of_cars(rows: list[Vehicle]) -> Iterable[Findable]:
    """Cars by the day of their last visit: the search shows the latest first."""
    return vehicles.entries(rows, lambda car: datetime.combine(_last_visit(car), NOON, UTC))


def _last_visit(car: Vehicle) -> date:
    return car.last_visit_on or car.created_at.date()


def _line(entry: Findable) -> str:
    """As COPY reads it. Tokens are letters, digits and Chinese characters: nothing to escape."""
    texts = (entry.title[:200], entry.subtitle[:300], json.dumps(entry.data))
    station = r"\N" if entry.station_id is None else str(entry.station_id)
    tokens = " ".join({f"'{token}'" for token in entry.tokens})
    return "\t".join((
        entry.kind, str(entry.subject_id), station, *(text.translate(SIGNS) for text in texts),
        tokens, entry.touched_at.isoformat(),
    )) + "\n"
