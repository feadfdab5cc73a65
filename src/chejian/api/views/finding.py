"""Finding what an address names: the visible row, or 404; then 403 without the permission."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import UploadedFile

from chejian.accounts.guards import fetch
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.accounts.queries.people import people_with
from chejian.api.auth import ApiRequest
from chejian.api.operating import NoSuchRow, must_pick, pick
from chejian.core.intake import TakenFile, take_in, take_signature
from chejian.core.models import StoredFile
from chejian.inventory.models import Bin, Warehouse
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from chejian.workorders.queries.sheet import head_rows
from chejian.workorders.states import WORKING

LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)
ADDERS = (P.EDIT_ORDER, P.DISPATCH, *WORKING)
RECEIVERS = (P.OPEN_ORDER, P.EDIT_ORDER)


def find_order(request: ApiRequest, pk: int, *permissions: str) -> WorkOrder:
    rows = head_rows(WorkOrder.objects.visible_to(request.user))
    return fetch(rows, request.user, pk, *permissions)


def see_order(request: ApiRequest, pk: int) -> int:
    """The id of an order that the person may see: one light statement."""
    rows = WorkOrder.objects.visible_to(request.user).filter(pk=pk)
    if not rows.exists():
        raise Http404
    return pk


def find_job(order: WorkOrder, pk: int) -> JobLine:
    job = order.jobs.filter(pk=pk).first()
    if job is None:
        raise Http404
    job.order = order
    return job


def find_line(order: WorkOrder, pk: int) -> PartLine:
    line = order.part_lines.filter(pk=pk).select_related("job").first()
    if line is None:
        raise Http404
    line.order = line.job.order = order
    return line


def warehouse_of(order: WorkOrder, pk: int | None) -> Warehouse:
    """The one named, else the station's first."""
    rows = Warehouse.objects.filter(station_id=order.station_id, active=True).order_by("pk")
    first = rows.first() if pk is None else must_pick(rows, pk, "warehouse_id")
    if first is None:
        raise NoSuchRow(_("This station has no warehouse in use."), field="warehouse_id")
    return first


def bin_of(warehouse: Warehouse, code: str) -> Bin | None:
    if not code.strip():
        return None
    found = Bin.objects.filter(warehouse=warehouse, code=code.strip()).first()
    if found is None:
        raise NoSuchRow(_("This warehouse has no such bin."), field="bin", code=code.strip())
    return found


def technician_of(request: ApiRequest, order: WorkOrder, pk: int | None) -> User:
    """The one named, of that station; else the token's own person."""
    if pk is None or pk == request.user.pk:
        return request.user
    return must_pick(people_with(P.WORK, order.station_id), pk, "technician_id")


def receiver_of(order: WorkOrder, pk: int | None) -> User | None:
    return pick(people_with(P.WORK, order.station_id), pk, "receiver_id")


def keep(taken: TakenFile, order: WorkOrder, by: User) -> StoredFile:
    return StoredFile.objects.create(
        **vars(taken), station_id=order.station_id, uploaded_by_id=by.pk
    )


def keep_upload(upload: UploadedFile, order: WorkOrder, by: User) -> StoredFile:
    """Judged by its content, cleaned, kept. Raises UnsafeUpload."""
    source: Any = upload.file
    return keep(take_in(source, name=upload.name or ""), order, by)


def keep_signature(drawn: str, order: WorkOrder, by: User) -> StoredFile | None:
    return keep(take_signature(drawn), order, by) if drawn else None
