"""Papers of an order: asked for in the request, made by the worker, kept as files."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from chejian.accounts.models import Station, User
from chejian.core import file_store
from chejian.core.models import StoredFile
from chejian.core.outbox import emit
from chejian.core.papers import PaperFailed, StationHead, compile_paper
from chejian.core.rows import insert
from chejian.core.verbs import verb
from chejian.workorders.errors import BadValue
from chejian.workorders.models import OrderPaper, WorkOrder

TASK = "workorders.make_paper"
OWN_KINDS = (OrderPaper.Kind.REPAIR_ORDER, OrderPaper.Kind.WALKAROUND)


@verb
def request_paper(
    *,
    order: WorkOrder,
    kind: str,
    by: User | None,
    at: datetime,
    subject_id: int | None = None,
    task: str = TASK,
) -> OrderPaper:
    """Queue one paper; the worker makes it once this transaction is committed.

    An app above names its own ``task`` (it gets ``paper_id``) and the row it prints.
    Raises BadValue.
    """
    if kind not in OrderPaper.Kind.values or (task == TASK and kind not in OWN_KINDS):
        raise BadValue(_("There is no such paper."), field="kind")
    if kind == OrderPaper.Kind.WALKAROUND and not hasattr(order, "walkaround"):
        raise BadValue(_("There is no walk-around to print yet."), field="kind")
    paper = OrderPaper(
        order=order, kind=kind, subject_id=subject_id, requested_by=by, requested_at=at
    )
    insert(paper)
    queue.configure_task(task).defer(paper_id=paper.pk)
    return paper


@verb
def make_paper(
    *, paper: OrderPaper, template: str, data: Mapping[str, object], at: datetime
) -> OrderPaper:
    """Set the paper and keep it; a template that fails is said on the row, not raised."""
    order = paper.order
    try:
        pdf = compile_paper(template, data, station=station_head(order.station), at=at)
    except PaperFailed as error:
        paper.status, paper.error = OrderPaper.Status.FAILED, str(error)[:200]
        paper.save(update_fields=["status", "error"])
        emit("paper.failed", order, station_id=order.station_id, by=None, at=at, paper=paper.kind)
        return paper
    blob = file_store.store(pdf)
    paper.file = StoredFile.objects.create(
        sha256=blob.sha256, kind=StoredFile.Kind.PAPER, content_type="application/pdf",
        size=blob.size, original_name=f"{paper.get_kind_display()} {order.number}.pdf",
        station_id=order.station_id, uploaded_by_id=paper.requested_by_id,
    )
    paper.status, paper.ready_at, paper.error = OrderPaper.Status.READY, at, ""
    paper.save(update_fields=["file", "status", "ready_at", "error"])
    emit("paper.ready", order, station_id=order.station_id, by=None, at=at, paper=paper.kind)
    return paper


def station_head(station: Station) -> StationHead:
    """What stands at the head of every paper of the station."""
    return StationHead(
        name=station.legal_name or station.name, address=station.address, phone=station.phone,
        contact=station.contact, uscc=station.uscc, filing_no=station.permit,
    )
