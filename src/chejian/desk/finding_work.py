"""What a technician reports from under the car, and the parts he asks for: one act each."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core.intake import TakenFile
from chejian.core.models import StoredFile
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.inventory.models import Warehouse
from chejian.inventory.queries import availability
from chejian.workorders import services as work
from chejian.workorders.models import JobLine, OrderPhoto, PartLine, PartsRequest


@verb
@replayable(JobLine)
def report_finding(
    *,
    job: JobLine,
    name: str,
    by: User,
    at: datetime,
    part: Part | None = None,
    quantity: Decimal = Decimal(1),
    photos: Sequence[TakenFile] = (),
    key: uuid.UUID | None = None,
) -> JobLine:
    """发现新问题: an additional job that waits for the customer, with its part and pictures.

    Hours and price are the adviser's to fill in. Raises what the verbs it is made of raise.
    """
    found = work.add_job(order=job.order, name=name, additional=True, found_by=by, by=by, at=at)
    if part is not None:
        work.add_part(job=found, part=part, quantity=quantity, by=by, at=at)
    for taken in photos:
        add_photo(job=found, taken=taken, caption=name, by=by, at=at)
    return found


@verb
def add_photo(
    *, job: JobLine, taken: TakenFile, by: User, at: datetime, caption: str = "",
    poster: TakenFile | None = None,
) -> OrderPhoto:
    """A photo or film of this job, kept and put on its order."""
    file, still = (_kept(one, job, by) if one else None for one in (taken, poster))
    assert file is not None  # taken is never missing
    return work.add_photo(order=job.order, file=file, poster=still, stage="repair",
                          caption=caption, job=job, by=by, at=at)


def _kept(taken: TakenFile, job: JobLine, by: User) -> StoredFile:
    return StoredFile.objects.create(
        **vars(taken), station_id=job.order.station_id, uploaded_by_id=by.pk
    )


@verb
def ask_for_parts(*, job: JobLine, by: User, at: datetime) -> JobLine:
    """要料: ask the store for every part of the job that was not asked for yet.

    Each is asked of the warehouse where most of it is free. Raises what the verb raises.
    """
    asked = PartsRequest.objects.filter(
        line=OuterRef("pk"), fulfilled_at=None, cancelled_at=None
    )
    lines = PartLine.objects.filter(
        ~Exists(asked), job=job, cancelled=False, customer_supplied=False
    ).select_related("part", "order", "job")
    open_lines = [line for line in lines if line.issued < line.quantity]
    for line in open_lines:
        work.request_parts(line=line, quantity=line.quantity - line.issued,
                           warehouse=likely_warehouse(line), by=by, at=at)
    return job


def likely_warehouse(line: PartLine) -> Warehouse:
    """Where most of the part is free; the station's first warehouse when there is none."""
    houses = Warehouse.objects.filter(station_id=line.order.station_id, active=True)
    if line.part_id is not None:
        places = availability([line.part_id], line.order.station_id)[line.part_id].places
        best = max(places, key=lambda place: place.available, default=None)
        if best is not None:
            return houses.get(pk=best.warehouse_id)
    return houses.order_by("id")[0]
