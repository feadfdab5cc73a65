"""Concerns, walk-around, photos and papers of a work order over the API."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, UploadedFile
from pydantic import StringConstraints

from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, must_pick
from chejian.api.reading import orders as reading
from chejian.api.schemas.deeds import Concern as NewConcern
from chejian.api.schemas.deeds import ConcernChange, NewPaper, WalkaroundSheet
from chejian.api.schemas.orders import (
    ConcernOut,
    OrderOut,
    PaperList,
    PaperOut,
    PhotoList,
    PhotoOut,
    WalkaroundOut,
)
from chejian.api.versions import replace, stamped
from chejian.api.views.finding import (
    LOOKERS,
    RECEIVERS,
    find_order,
    keep_signature,
    keep_upload,
    see_order,
)
from chejian.api.views.orders import area
from chejian.quality.services import request_certificate
from chejian.workorders import services
from chejian.workorders.models import (
    Concern,
    OrderPaper,
    OrderPhoto,
    Walkaround,
    WalkaroundMark,
    WorkOrder,
)
from chejian.workorders.states import WORKING

CONCERN = ("id", "text", "when", "how_often", "diagnosis")
PHOTO = ("id", "file_id", "poster_id", "stage", "caption", "job_id", "taken_at")
PAPER = ("id", "kind", "status", "file_id", "error", "requested_at", "ready_at")
SHEET = (
    "id", "body", "belongings", "interior", "warning_lamps", "tyres", "spare_and_tools",
    "documents", "test_drive_agreed", "wash", "signature_id", "signed_name", "signed_at",
    "waived_reason", "recorded_at",
)
PHOTOGRAPHERS = (*RECEIVERS, P.INSPECT, P.DELIVER, *WORKING)
FINDERS = (*RECEIVERS, P.INSPECT, *WORKING)
FOUR = Decimal("0.0001")
Caption = Annotated[str, StringConstraints(max_length=80)]
Stage = Literal["reception", "repair", "inspection", "delivery"]


def _row(model: Any, columns: tuple[str, ...]) -> Callable[[int], Any]:
    return lambda pk: model._base_manager.filter(pk=pk).values(*columns).get()


@area.post("/work-orders/{order_id}/concerns", ConcernOut, _("Add a concern"), *RECEIVERS,
           tagged=True)
def create_concern(request: ApiRequest, order_id: Id, body: NewConcern) -> HttpResponse:
    """What the customer says, when it happens, how often."""
    order = find_order(request, order_id, *RECEIVERS)
    return act(
        request,
        lambda at: services.add_concern(order=order, by=request.user, at=at,
                                        **body.model_dump()),
        _concern,
    )


def _concern(pk: int) -> dict[str, Any]:
    return stamped(Concern.objects.filter(pk=pk).values(*CONCERN).get())


@area.put("/work-orders/{order_id}/concerns/{concern_id}", ConcernOut, _("Change a concern"),
          *FINDERS)
def update_concern(
    request: ApiRequest, order_id: Id, concern_id: Id, body: ConcernChange
) -> HttpResponse:
    """Advisers change everything, the workshop adds its finding (``diagnosis``)."""
    order = find_order(request, order_id, *FINDERS)
    concern = get_object_or_404(order.concerns, pk=concern_id)
    given = body.model_dump(exclude_none=True)
    return replace(
        request, WorkOrder.objects.filter(pk=order.pk), lambda: _concern(concern.pk),
        lambda: services.update_concern(concern=concern, by=request.user, at=timezone.now(),
                                        **given),
    )


@area.post("/work-orders/{order_id}/concerns/{concern_id}/removals", OrderOut,
           _("Strike a concern out"), *RECEIVERS, tagged=True)
def remove_concern(request: ApiRequest, order_id: Id, concern_id: Id) -> HttpResponse:
    """The timeline keeps its words."""
    order = find_order(request, order_id, *RECEIVERS)

    def verb(at: datetime) -> WorkOrder:
        concern = get_object_or_404(order.concerns, pk=concern_id)
        return services.remove_concern(concern=concern, by=request.user, at=at)

    return act(request, verb, lambda pk: reading.whole(pk, request.user))


def _sheet(order_id: int) -> dict[str, Any] | None:
    row = Walkaround.objects.filter(order_id=order_id).values(*SHEET).first()
    if row is None:
        return None
    marks = WalkaroundMark.objects.filter(walkaround_id=row["id"])
    return stamped({**row, "marks": list(marks.values("panel", "x", "y", "kind", "note"))})


@area.get("/work-orders/{order_id}/walkaround", WalkaroundOut, _("The walk-around sheet"),
          *LOOKERS, tagged=True)
def get_walkaround(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """404 as long as there is none."""
    sheet = _sheet(see_order(request, order_id))
    if sheet is None:
        raise Http404
    return sheet


@area.put("/work-orders/{order_id}/walkaround", WalkaroundOut, _("Write the walk-around sheet"),
          *RECEIVERS, new=True)
def put_walkaround(request: ApiRequest, order_id: Id, body: WalkaroundSheet) -> HttpResponse:
    """With a signature or the reason for none it is settled; a signed one is not changed."""
    order = find_order(request, order_id, *RECEIVERS)
    fields = body.model_dump(
        exclude={"marks", "signature", "signed_name", "waived_reason"}
    )
    marks = [
        services.Mark(one.panel, one.x.quantize(FOUR), one.y.quantize(FOUR), one.kind, one.note)
        for one in body.marks
    ]
    return replace(
        request, WorkOrder.objects.filter(pk=order.pk), lambda: _sheet(order.pk),
        lambda: services.keep_walkaround(
            order=order, marks=marks, fields=fields, signed_name=body.signed_name,
            signature=keep_signature(body.signature, order, request.user),
            waived_reason=body.waived_reason, by=request.user, at=timezone.now(),
        ),
    )


@area.get("/work-orders/{order_id}/photos", PhotoList, _("Photos and videos"), *LOOKERS)
def list_photos(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Newest first; the files are fetched by their ids."""
    rows = OrderPhoto.objects.filter(order_id=see_order(request, order_id))
    return {"items": list(rows.values(*PHOTO))}


@area.post("/work-orders/{order_id}/photos", PhotoOut, _("Add a photo or video"),
           *PHOTOGRAPHERS, scope=Scope.FILES_WRITE)
def add_photo(
    request: ApiRequest, order_id: Id, photo: File[UploadedFile],
    stage: Form[Stage] = "repair", caption: Form[Caption | None] = None,
    job_id: Form[Id | None] = None, poster: File[UploadedFile | None] = None,
) -> HttpResponse:
    """JPEG, PNG, WebP, HEIC, MP4 or MOV, judged by its content and freed of its place."""
    order = find_order(request, order_id, *PHOTOGRAPHERS)
    job = None if job_id is None else must_pick(order.jobs.all(), job_id, "job_id")

    def verb(at: datetime) -> OrderPhoto:
        with transaction.atomic():
            return services.add_photo(
                order=order, file=keep_upload(photo, order, request.user), stage=stage, job=job,
                poster=None if poster is None else keep_upload(poster, order, request.user),
                caption=caption or "", by=request.user, at=at,
            )

    return act(request, verb, _row(OrderPhoto, PHOTO))


@area.get("/work-orders/{order_id}/papers", PaperList, _("The papers"), *LOOKERS)
def list_papers(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Newest first."""
    rows = OrderPaper.objects.filter(order_id=see_order(request, order_id))
    return {"items": list(rows.values(*PAPER))}


@area.post("/work-orders/{order_id}/papers", PaperOut, _("Ask for a paper"), *LOOKERS)
def request_paper(request: ApiRequest, order_id: Id, body: NewPaper) -> HttpResponse:
    """It is made in the background: ask again until its status is ready."""
    order = find_order(request, order_id, *LOOKERS)
    return act(
        request,
        lambda at: services.request_paper(order=order, kind=body.kind, by=request.user, at=at),
        _row(OrderPaper, PAPER),
    )


@area.post("/work-orders/{order_id}/certificates", PaperOut, _("Ask for the certificate"),
           *LOOKERS)
def print_certificate(request: ApiRequest, order_id: Id) -> HttpResponse:
    """The completion certificate in force, printed once more."""
    order = find_order(request, order_id, *LOOKERS)
    return act(
        request, lambda at: request_certificate(order=order, by=request.user, at=at),
        _row(OrderPaper, PAPER),
    )
