"""The car as it came in: marks, belongings, signature or the reason for having none; photos."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.models import StoredFile
from chejian.core.outbox import emit
from chejian.core.text import tidy
from chejian.workorders.errors import BadValue, WalkaroundSigned
from chejian.workorders.models import (
    JobLine,
    OrderPhoto,
    Walkaround,
    WalkaroundMark,
    WorkOrder,
)
from chejian.workorders.rights import require, require_order_work
from chejian.workorders.services.common import lock_order, require_status
from chejian.workorders.states import OPEN_FOR_WORK, OVER

SHEET_FIELDS = frozenset({
    "body", "belongings", "interior", "warning_lamps", "tyres", "spare_and_tools", "documents",
    "test_drive_agreed", "wash",
})


@dataclass(frozen=True)
class Mark:
    """A mark on a panel: relative place (0 to 1) on it, kind, note."""

    panel: str
    x: Decimal
    y: Decimal
    kind: str
    note: str = ""


@transaction.atomic
def record_walkaround(
    *, order: WorkOrder, by: User, at: datetime, marks: Iterable[Mark] = (), **fields: Any
) -> Walkaround:
    """Write the sheet, or write it anew while it is unsigned; ``marks`` replace those before.

    Raises NotPermitted, WrongStatus, WalkaroundSigned, BadValue.
    """
    unknown = set(fields) - SHEET_FIELDS
    if unknown:
        raise TypeError(f"not fields of the sheet: {sorted(unknown)}")
    marks = list(marks)
    _check_marks(marks)
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    for name, value in fields.items():
        setattr(sheet, name, value)
    sheet.recorded_by, sheet.recorded_at = by, at
    sheet.save()
    sheet.marks.all().delete()
    WalkaroundMark.objects.bulk_create(
        WalkaroundMark(walkaround=sheet, position=position, panel=mark.panel, x=mark.x, y=mark.y,
                       kind=mark.kind, note=tidy(mark.note)[:80])
        for position, mark in enumerate(marks)
    )
    emit("walkaround.recorded", order, station_id=order.station_id, by=by, at=at,
         marks=len(marks))
    return sheet


def _check_marks(marks: Iterable[Mark]) -> None:
    kinds = set(WalkaroundMark.Kind.values)
    for mark in marks:
        if mark.kind not in kinds or not (0 <= mark.x <= 1 and 0 <= mark.y <= 1):
            raise BadValue(_("A mark stands outside its panel."), field="marks")


def _lock(order: WorkOrder, by: User) -> None:
    lock_order(order)
    require(by, order.station_id, P.OPEN_ORDER, P.EDIT_ORDER)
    require_status(order, OPEN_FOR_WORK)


def _unsigned_sheet(order: WorkOrder, by: User, at: datetime) -> Walkaround:
    sheet = Walkaround.objects.filter(order=order).first()
    if sheet is None:
        return Walkaround(order=order, body=order.vehicle.body, recorded_by=by, recorded_at=at)
    if sheet.signed_at is not None:
        raise WalkaroundSigned(_("The customer has signed this sheet; it is not changed any more."))
    return sheet


@transaction.atomic
def sign_walkaround(
    *, order: WorkOrder, signature: StoredFile, name: str, by: User, at: datetime
) -> Walkaround:
    """The customer signs what was recorded. Raises NotPermitted, WrongStatus, WalkaroundSigned."""
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    sheet.signature, sheet.signed_name, sheet.signed_at = signature, tidy(name)[:60], at
    sheet.waived_reason = ""
    sheet.save()
    _settle(order)
    emit("walkaround.signed", order, station_id=order.station_id, by=by, at=at,
         name=sheet.signed_name)
    return sheet


@transaction.atomic
def waive_walkaround(*, order: WorkOrder, reason: str, by: User, at: datetime) -> Walkaround:
    """Go on without a signature, with the reason. Raises NotPermitted, WrongStatus, BadValue."""
    if not tidy(reason):
        raise BadValue(_("Please give a reason."), field="reason")
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    sheet.waived_reason = tidy(reason)[:200]
    sheet.save()
    _settle(order)
    emit("walkaround.waived", order, station_id=order.station_id, by=by, at=at,
         reason=sheet.waived_reason)
    return sheet


def _settle(order: WorkOrder) -> None:
    order.walkaround_settled = True
    order.save(update_fields=["walkaround_settled"])


@transaction.atomic
def keep_walkaround(
    *,
    order: WorkOrder,
    by: User,
    at: datetime,
    marks: Iterable[Mark],
    fields: Mapping[str, Any],
    signature: StoredFile | None = None,
    signed_name: str = "",
    waived_reason: str = "",
) -> Walkaround:
    """The whole sheet in one touch: what was seen, then the signature or the reason for none."""
    sheet = record_walkaround(order=order, by=by, at=at, marks=marks, **fields)
    if signature is not None:
        return sign_walkaround(order=order, signature=signature, name=signed_name, by=by, at=at)
    if tidy(waived_reason):
        return waive_walkaround(order=order, reason=waived_reason, by=by, at=at)
    return sheet


@transaction.atomic
def add_photo(
    *,
    order: WorkOrder,
    file: StoredFile,
    stage: str,
    by: User,
    at: datetime,
    caption: str = "",
    job: JobLine | None = None,
    poster: StoredFile | None = None,
) -> OrderPhoto:
    """Put a photo or video on the order. Technicians only on their own orders.

    Raises NotPermitted, WrongStatus, BadValue.
    """
    lock_order(order)
    require(by, order.station_id, P.OPEN_ORDER, P.EDIT_ORDER, P.WORK, P.WORK_ANY, P.LEAD_TEAM,
            P.INSPECT, P.DELIVER)
    if not any(by.can_at(code, order.station_id) for code in
               (P.OPEN_ORDER, P.EDIT_ORDER, P.INSPECT, P.DELIVER)):
        require_order_work(order, by)
    if order.status in OVER:
        require_status(order, ())
    if stage not in OrderPhoto.Stage.values or (job is not None and job.order_id != order.pk):
        raise BadValue(_("This photo does not belong here."), field="stage")
    photo = OrderPhoto.objects.create(
        order=order, file=file, poster=poster, stage=stage, caption=tidy(caption)[:80], job=job,
        taken_by=by, taken_at=at,
    )
    emit("photo.added", order, station_id=order.station_id, by=by, at=at, stage=stage,
         caption=photo.caption)
    return photo
