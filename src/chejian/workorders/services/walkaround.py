"""The car as it came in: marks, belongings, signature or the reason for having none; photos."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.models import StoredFile
from chejian.core.outbox import emit
from chejian.core.rows import insert
from chejian.core.text import tidy
from chejian.core.verbs import verb, write
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


@verb
def record_walkaround(
    *, order: WorkOrder, by: User, at: datetime, marks: Iterable[Mark] = (), **fields: Any
) -> Walkaround:
    """Write the sheet, or write it anew while it is unsigned; ``marks`` replace those before.

    Raises NotPermitted, WrongStatus, WalkaroundSigned, BadValue.
    """
    marks = list(marks)
    _check_marks(marks)
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    _fill(sheet, fields, by, at)
    _write(sheet, marks)
    _tell_recorded(order, marks, by, at)
    return sheet


def _fill(sheet: Walkaround, fields: Mapping[str, Any], by: User, at: datetime) -> None:
    unknown = set(fields) - SHEET_FIELDS
    if unknown:
        raise TypeError(f"not fields of the sheet: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(sheet, name, value)
    sheet.recorded_by, sheet.recorded_at = by, at


def _write(sheet: Walkaround, marks: Sequence[Mark]) -> None:
    if sheet.pk is None:
        insert(sheet)
    else:
        sheet.save()
        sheet.marks.all().delete()
    insert(*(
        WalkaroundMark(walkaround=sheet, position=position, panel=mark.panel, x=mark.x, y=mark.y,
                       kind=mark.kind, note=tidy(mark.note)[:80])
        for position, mark in enumerate(marks)
    ))


def _tell_recorded(order: WorkOrder, marks: Sequence[Mark], by: User, at: datetime) -> None:
    emit("walkaround.recorded", order, station_id=order.station_id, by=by, at=at,
         marks=len(marks))


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
    sheet: Walkaround | None = getattr(order, "walkaround", None)  # read under the order's lock
    if sheet is None:
        return Walkaround(order=order, body=order.vehicle.body, recorded_by=by, recorded_at=at)
    if sheet.signed_at is not None:
        raise WalkaroundSigned(_("The customer has signed this sheet; it is not changed any more."))
    return sheet


@verb
def sign_walkaround(
    *, order: WorkOrder, signature: StoredFile, name: str, by: User, at: datetime
) -> Walkaround:
    """The customer signs what was recorded. Raises NotPermitted, WrongStatus, WalkaroundSigned."""
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    _sign(sheet, signature, name, at)
    sheet.save()
    _settle(sheet, order, by, at)
    return sheet


def _sign(sheet: Walkaround, signature: StoredFile, name: str, at: datetime) -> None:
    sheet.signature, sheet.signed_name, sheet.signed_at = signature, tidy(name)[:60], at
    sheet.waived_reason = ""


@verb
def waive_walkaround(*, order: WorkOrder, reason: str, by: User, at: datetime) -> Walkaround:
    """Go on without a signature, with the reason. Raises NotPermitted, WrongStatus, BadValue."""
    if not tidy(reason):
        raise BadValue(_("Please give a reason."), field="reason")
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    sheet.waived_reason = tidy(reason)[:200]
    sheet.save()
    _settle(sheet, order, by, at)
    return sheet


def _settle(sheet: Walkaround, order: WorkOrder, by: User, at: datetime) -> None:
    """The order need not wait for the walk-around any more."""
    order.walkaround_settled = True
    write(order, "walkaround_settled", may_wait=True)
    if sheet.signed_at is not None:
        emit("walkaround.signed", order, station_id=order.station_id, by=by, at=at,
             name=sheet.signed_name)
    else:
        emit("walkaround.waived", order, station_id=order.station_id, by=by, at=at,
             reason=sheet.waived_reason)


@verb
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
    """The whole sheet in one touch: what was seen, then the signature or the reason for none.

    Raises what its three parts raise.
    """
    marks = list(marks)
    _check_marks(marks)
    _lock(order, by)
    sheet = _unsigned_sheet(order, by, at)
    _fill(sheet, fields, by, at)
    if signature is not None:
        _sign(sheet, signature, signed_name, at)
    elif tidy(waived_reason):
        sheet.waived_reason = tidy(waived_reason)[:200]
    _write(sheet, marks)
    _tell_recorded(order, marks, by, at)
    if signature is not None or tidy(waived_reason):
        _settle(sheet, order, by, at)
    return sheet


@verb
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
