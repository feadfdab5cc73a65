"""终检: measured items, a verdict, and what follows from it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.quality.errors import BadInspection
from chejian.quality.models import Inspection, InspectionItem
from chejian.quality.services.certificates import issue_certificate
from chejian.workorders.lifecycle import worked_on
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.services import record_inspection
from chejian.workorders.services.common import lock_order


@dataclass(frozen=True)
class Measured:
    """One item with what was found."""

    name: str
    passed: bool
    measured: str = ""
    standard: str = ""
    unit: str = ""


@verb
@replayable(Inspection)
def inspect(
    *,
    order: WorkOrder,
    verdict: str,
    items: Sequence[Measured],
    by: User,
    at: datetime,
    reason: str = "",
    road_test_km: Decimal | None = None,
    jobs: Sequence[JobLine] | None = None,
    key: uuid.UUID | None = None,
) -> Inspection:
    """Record one round; it never changes. A pass completes the order and, for the classes that
    need one, issues the certificate; a failure sends ``jobs`` (None: all done ones) back to work.

    An order with a failed item cannot pass. Whoever worked on the order passes it only where the
    station and the class allow self-inspection; that is recorded. Raises NotPermitted, Refused,
    BadInspection.
    """
    lock_order(order)
    passed = verdict == Inspection.Verdict.PASSED
    _check(verdict, items, passed=passed)
    own_work = worked_on(order, by.pk)
    record_inspection(order=order, passed=passed, reason=reason, self_inspection=own_work,
                      jobs=jobs, by=by, at=at)
    last = order.inspections.aggregate(last=Max("round"))["last"] or 0
    inspection = Inspection.objects.create(
        station_id=order.station_id, order=order, round=last + 1, verdict=verdict,
        reason=tidy(reason)[:300], road_test_km=road_test_km, self_inspection=own_work,
        inspector=by, at=at,
    )
    InspectionItem.objects.bulk_create(
        InspectionItem(inspection=inspection, position=position, name=item.name[:60],
                       standard=item.standard[:60], unit=item.unit[:12],
                       measured=tidy(item.measured)[:40], passed=item.passed)
        for position, item in enumerate(items)
    )
    emit("order.inspected", order, station_id=order.station_id, by=by, at=at,
         inspection=inspection.pk, round=inspection.round, verdict=verdict)
    if passed:
        issue_certificate(inspection=inspection, by=by, at=at)
    return inspection


def _check(verdict: str, items: Sequence[Measured], *, passed: bool) -> None:
    if verdict not in Inspection.Verdict.values:
        raise BadInspection(_("Choose passed or failed."), field="verdict")
    failed = [item.name for item in items if not item.passed]
    if passed and failed:
        raise BadInspection(
            _("%(items)s: not in order. The order cannot pass.") % {"items": "、".join(failed)},
            field="verdict",
        )
