"""Values measured at the work, and the shop's own list of what is measured."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.quality.errors import BadInspection
from chejian.quality.models import InspectionTemplate, Reading
from chejian.quality.services.inspecting import Measured
from chejian.workorders.models import JobLine
from chejian.workorders.rights import require_job
from chejian.workorders.services.common import lock_job, require_status
from chejian.workorders.states import OPEN_FOR_WORK


@verb
@replayable(JobLine)
def measure(
    *, job: JobLine, items: Sequence[Measured], by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> JobLine:
    """Keep what a technician measured at his job; a later value stands beside the earlier one.

    Raises NotPermitted (not his job), WrongStatus, BadInspection (nothing was measured).
    """
    order = lock_job(job)
    require_job(job, by)
    require_status(order, OPEN_FOR_WORK)
    rows = [
        Reading(order=order, job=job, name=item.name[:60], standard=item.standard[:60],
                unit=item.unit[:12], measured=tidy(item.measured)[:40], passed=item.passed,
                by=by, at=at)
        for item in items if tidy(item.measured)
    ]
    if not rows:
        raise BadInspection(_("Enter what you measured."), field="measured")
    Reading.objects.bulk_create(rows)
    emit("job.measured", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name, values="、".join(str(row) for row in rows))
    return job


@verb
def save_item(
    *, item: InspectionTemplate, by: User, at: datetime, **fields: Any
) -> InspectionTemplate:
    """Add or change an item of the list; inspections that were recorded keep their own words.

    Raises NotPermitted, BadInspection (the name is taken).
    """
    if not by.can(P.EDIT_CATALOG):
        raise NotPermitted(_("You do not have the permission for this."))
    classes = fields.pop("repair_classes", None)
    for name, value in fields.items():
        setattr(item, name, value)
    item.name = tidy(item.name)
    if InspectionTemplate.objects.filter(name=item.name).exclude(pk=item.pk).exists():
        raise BadInspection(_("There is an item of this name already."), field="name")
    item.save()
    if classes is not None:
        item.repair_classes.set(classes)
    emit("inspection_item.saved", item, station_id=None, by=by, at=at, name=item.name)
    return item
