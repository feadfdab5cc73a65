"""Concerns, walk-around, photos, papers."""

import json
from copy import copy
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.answers import done
from chejian.core.car_drawing import MARK_KINDS, PANEL_NAMES, marks_again
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.intake import take_in
from chejian.core.models import StoredFile
from chejian.workorders import services
from chejian.workorders.errors import BadValue
from chejian.workorders.forms import ConcernForm, FindingForm, WalkaroundForm
from chejian.workorders.models import OrderPhoto, Walkaround, WorkOrder
from chejian.workorders.panels import rights
from chejian.workorders.states import WORKING
from chejian.workorders.views.answering import asked, back_to, changed, find_order
from chejian.workorders.views.approvals import stored_signature

RECEIVERS = (P.OPEN_ORDER, P.EDIT_ORDER)
LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)
PHOTOGRAPHERS = (P.OPEN_ORDER, P.EDIT_ORDER, P.INSPECT, P.DELIVER, *WORKING)


@require_http_methods(["GET", "POST"])
@staff(*RECEIVERS)
def concerns(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, *RECEIVERS)

    def verb(values: dict[str, Any], at: datetime) -> object:
        values.pop("diagnosis")
        return services.add_concern(order=order, by=request.user, at=at, **values)

    return asked(request, order, form=ConcernForm(request.POST or None), verb=verb,
                 title=_("What the customer says"), deed=_("Save"))


@require_http_methods(["GET", "POST"])
@staff(*RECEIVERS, P.INSPECT, *WORKING)
def concern(request: StaffRequest, pk: int, concern_pk: int) -> HttpResponse:
    """Advisers change everything, the workshop adds its finding."""
    order = find_order(request, pk, *RECEIVERS, P.INSPECT, *WORKING)
    row = get_object_or_404(order.concerns, pk=concern_pk)
    whole = rights(order, request.user)["concern"]
    kind = ConcernForm if whole else FindingForm
    form = kind(request.POST or None, instance=copy(row))
    return asked(
        request, order, form=form, title=_("Concern and finding"), deed=_("Save"),
        verb=lambda values, at: services.update_concern(concern=row, by=request.user, at=at,
                                                        **values),
    )


@require_POST
@staff(*RECEIVERS)
def concern_removals(request: StaffRequest, pk: int, concern_pk: int) -> HttpResponse:
    order = find_order(request, pk, *RECEIVERS)
    row = get_object_or_404(order.concerns, pk=concern_pk)
    services.remove_concern(concern=row, by=request.user, at=timezone.now())
    return changed(request, order, _("Struck out"))


@require_http_methods(["GET", "POST"])
@staff(*LOOKERS)
def walkaround(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet: to fill in and sign, or to look at once it is signed."""
    order = find_order(request, pk, *LOOKERS)
    sheet: Walkaround | None = getattr(order, "walkaround", None)
    signed = sheet is not None and sheet.signed_at is not None
    editable = rights(order, request.user)["walkaround"] and not signed
    given = request.POST if request.method == "POST" else None
    form = WalkaroundForm(given, instance=sheet or Walkaround(order=order))
    if request.method != "POST":
        return _walkaround_page(request, order, sheet, form, editable=editable)
    if not editable:
        raise NotPermitted(_("You do not have the permission for this."))
    if not form.is_valid():
        return _walkaround_page(request, order, sheet, form, editable=True, status=422)
    try:
        _keep_walkaround(request, order, form)
    except NotPermitted:
        raise
    except DomainError as error:
        return _walkaround_page(request, order, sheet, form, editable=True,
                                refusals=error.refusals, status=422)
    return done(request, _("Walk-around kept"), back_to(order))


def _keep_walkaround(request: StaffRequest, order: WorkOrder, form: WalkaroundForm) -> None:
    """One intention, one verb: the sheet, with its signature or the reason for none."""
    drawn = request.POST.get("signature_image", "")
    services.keep_walkaround(
        order=order, marks=typed_marks(request.POST.get("marks", "")), by=request.user,
        at=timezone.now(), signature=stored_signature(request, order, drawn) if drawn else None,
        signed_name=request.POST.get("signed_name", ""),
        waived_reason=request.POST.get("waived_reason", ""),
        fields={name: form.cleaned_data[name] for name in form.fields},
    )


def typed_marks(text: str) -> list[services.Mark]:
    """The marks as the drawing's script sends them. Raises BadValue."""
    try:
        rows = json.loads(text or "[]", parse_float=Decimal)
        return [
            services.Mark(str(row["panel"])[:30], Decimal(row["x"]).quantize(Decimal("0.0001")),
                          Decimal(row["y"]).quantize(Decimal("0.0001")), str(row["kind"]),
                          str(row.get("note") or ""))
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise BadValue(_("The marks did not arrive. Set them again."), field="marks") from error


def _walkaround_page(
    request: StaffRequest, order: WorkOrder, sheet: Walkaround | None, form: WalkaroundForm, *,
    editable: bool, refusals: Any = (), status: int = 200,
) -> HttpResponse:
    rows = sheet.marks.all() if sheet is not None else ()
    kept = [
        {"panel": mark.panel, "x": str(mark.x), "y": str(mark.y), "kind": mark.kind,
         "note": mark.note, "word": str(MARK_KINDS.get(mark.kind, mark.kind))}
        for mark in rows
    ]
    marks = marks_again(request.POST.get("marks", "")) if form.is_bound else kept
    context = {
        "order": order, "sheet": sheet, "form": form, "editable": editable, "marks": marks,
        "body": sheet.body if sheet else order.vehicle.body, "refusals": refusals,
        "action": request.path, "back": back_to(order), "panel_names": PANEL_NAMES,
    }
    return render(request, "workorders/walkaround.html", context, status=status)


@require_POST
@staff(*PHOTOGRAPHERS)
def photos(request: StaffRequest, pk: int) -> HttpResponse:
    """One photo or video with its poster frame; the stage follows the order's status."""
    order = find_order(request, pk, *PHOTOGRAPHERS)
    upload = request.FILES.get("photo")
    if upload is None or not hasattr(upload, "read"):
        raise BadValue(_("Choose a photo or a video."), field="photo")
    poster = request.FILES.get("poster")
    services.add_photo(
        order=order, file=_stored(request, order, upload), by=request.user, at=timezone.now(),
        stage=request.POST.get("stage") or _stage(order),
        caption=request.POST.get("caption", ""),
        poster=_stored(request, order, poster) if poster is not None else None,
    )
    return changed(request, order)


def _stored(request: StaffRequest, order: WorkOrder, upload: Any) -> StoredFile:
    """Check, clean and keep. Raises UnsafeUpload."""
    taken = take_in(upload.file, name=upload.name or "")
    return StoredFile.objects.create(
        sha256=taken.sha256, kind=taken.kind, content_type=taken.content_type, size=taken.size,
        width=taken.width, height=taken.height, thumbnail_sha256=taken.thumbnail_sha256,
        original_name=taken.original_name, station_id=order.station_id,
        uploaded_by_id=request.user.pk,
    )


def _stage(order: WorkOrder) -> str:
    return {
        "draft": OrderPhoto.Stage.RECEPTION, "received": OrderPhoto.Stage.RECEPTION,
        "pending_inspection": OrderPhoto.Stage.INSPECTION,
        "completed": OrderPhoto.Stage.DELIVERY, "settled": OrderPhoto.Stage.DELIVERY,
    }.get(order.status, OrderPhoto.Stage.REPAIR)


@require_POST
@staff(*LOOKERS)
def papers(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the worker for one of the order's own papers."""
    order = find_order(request, pk, *LOOKERS)
    kind = request.POST.get("kind", "")
    if not kind:
        raise Http404
    services.request_paper(order=order, kind=kind, by=request.user, at=timezone.now())
    return changed(request, order, _("The paper is being made"))
