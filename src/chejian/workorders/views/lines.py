"""The grid: adding a line, saving a cell, striking out, splitting."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.catalog.models import JobTemplate, LabourOperation, Part
from chejian.catalog.queries import find_operations, find_parts
from chejian.core.errors import Conflict, DomainError, NotPermitted
from chejian.core.formats import money, quantity
from chejian.core.text import fold
from chejian.inventory.queries import availability
from chejian.workorders import services
from chejian.workorders.errors import BadValue
from chejian.workorders.models import JobLine, Payer, WorkOrder
from chejian.workorders.states import WORKING
from chejian.workorders.views.answering import (
    asked,
    changed,
    find_job,
    find_line,
    find_order,
    number,
    share,
)

ADDERS = (P.EDIT_ORDER, P.DISPATCH, *WORKING)
FIGURES = ("flat_hours", "quantity", "rate", "fixed_price", "unit_price", "discount")
FEW = 5


@require_GET
@staff(*ADDERS)
def line_lookup(request: StaffRequest, pk: int) -> HttpResponse:
    """Operations, parts with what is on the shelf, common jobs, and the words as they are."""
    order = find_order(request, pk, *ADDERS)
    text = request.GET.get("q", "").strip()
    if not text:
        return JsonResponse({"results": []})
    words = fold(text).lower()
    templates = JobTemplate.objects.visible_to(request.user).filter(active=True)
    found = [
        {"id": f"t{row.pk}", "text": row.name, "badge": str(_("Common job"))}
        for row in templates if words in row.name.lower() or words in row.name_key.lower()
    ][:FEW]
    found += [
        {"id": f"o{row.pk}", "text": row.name, "badge": pgettext("line", "Labour"),
         "note": _price_of(row)}
        for row in find_operations(request.user, text, FEW)
    ]
    found += _parts(request, order, text)
    found.append({"id": f"w{text}", "text": text, "badge": str(_("New job in these words"))})
    return JsonResponse({"results": found})


def _price_of(operation: LabourOperation) -> str:
    if operation.fixed_price is not None:
        return money(operation.fixed_price)
    return f"{quantity(operation.flat_hours)} h"


def _parts(request: StaffRequest, order: WorkOrder, text: str) -> list[dict[str, Any]]:
    parts = find_parts(request.user, text, FEW)
    free = availability([part.pk for part in parts], order.station_id)
    return [
        {"id": f"p{part.pk}", "text": part.name, "badge": pgettext("line", "Part"),
         "note": " · ".join(filter(None, [part.number, part.brand, money(part.retail_price),
                                           _("on the shelf: %(num)s")
                                           % {"num": quantity(free[part.pk].available)}]))}
        for part in parts
    ]


@require_POST
@staff(*ADDERS)
def jobs(request: StaffRequest, pk: int) -> HttpResponse:
    """Add what was chosen below the grid; a part goes to the job named, else to the last one."""
    order = find_order(request, pk, *ADDERS)
    choice = request.POST.get("choice", "").strip()
    kind, rest = choice[:1], choice[1:]
    at = timezone.now()
    if kind == "o":
        operation = get_object_or_404(LabourOperation, pk=_id(rest), active=True)
        services.add_job(order=order, operation=operation, found_by=_finder(request, order),
                         by=request.user, at=at)
    elif kind == "t":
        template = get_object_or_404(JobTemplate, pk=_id(rest), active=True)
        services.apply_template(order=order, template=template, by=request.user, at=at)
    elif kind == "p":
        part = get_object_or_404(Part, pk=_id(rest), active=True)
        services.add_part(job=_job_for_part(request, order), part=part, quantity=Decimal(1),
                          by=request.user, at=at)
    else:
        services.add_job(order=order, name=rest, found_by=_finder(request, order),
                         by=request.user, at=at)
    return changed(request, order, also=("_new",))


def _id(text: str) -> int:
    if not text.isdecimal():
        raise Http404
    return int(text)


def _finder(request: StaffRequest, order: WorkOrder) -> Any:
    """Who works on cars has found it himself."""
    return request.user if request.user.can_at(P.WORK, order.station_id) else None


def _job_for_part(request: StaffRequest, order: WorkOrder) -> JobLine:
    named = request.POST.get("job", "")
    if named.isdecimal():
        return find_job(order, int(named))
    job = order.jobs.exclude(status__in=("cancelled", "declined")).order_by("-position").first()
    if job is None:
        raise BadValue(_("Add a job first: a part belongs to a job."), field="choice")
    job.order = order
    return job


@require_POST
@staff(*ADDERS)
def line(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Save one cell. 422 with a sentence, 409 with both values, else the panels as they are now."""
    order = find_order(request, pk, *ADDERS)
    row = find_line(order, key)
    field, version = request.POST.get("field", ""), request.POST.get("version", "")
    try:
        value = _value(field, request.POST.get("value", ""))
        change: dict[str, Any] = {
            field: value, "by": request.user, "at": timezone.now(),
            "version": int(version) if version.isdecimal() else None,
        }
        if isinstance(row, JobLine):
            services.update_job(job=row, **change)
        else:
            services.update_part(line=row, **change)
    except Conflict as error:
        theirs = error.data["fields"].get(field, {}).get("theirs", "")
        value = _typed(theirs)
        column: Any = row._meta.get_field(field)
        known = {str(key): str(word) for key, word in column.flatchoices or ()}
        return JsonResponse({
            "theirs": value, "shown": known.get(value, value), "version": error.data["version"],
        }, status=409)
    except NotPermitted:
        raise
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=422)
    return changed(request, order)


def _typed(value: object) -> str:
    """A stored value as a person would type it: 4.1 hours, not 4.100."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _value(field: str, text: str) -> Decimal | str:
    if field in FIGURES:
        return number(text or "0", field)
    if field in ("payer", "name"):
        return text
    raise Http404


@require_POST
@staff(*ADDERS)
def line_cancellations(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    order = find_order(request, pk, *ADDERS)
    row = find_line(order, key)
    if isinstance(row, JobLine):
        services.cancel_job(job=row, by=request.user, at=timezone.now())
    else:
        services.cancel_part(line=row, by=request.user, at=timezone.now())
    return changed(request, order, _("Struck out"))


@require_POST
@staff(P.EDIT_ORDER)
def job_proposals(request: StaffRequest, pk: int, job_pk: int) -> HttpResponse:
    order = find_order(request, pk, P.EDIT_ORDER)
    services.propose_again(job=find_job(order, job_pk), by=request.user, at=timezone.now())
    return changed(request, order, _("Offered again"))


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_ORDER)
def line_shares(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Split a line among payers, in percent."""
    order = find_order(request, pk, P.EDIT_ORDER)
    row = find_line(order, key)
    typed = {code: request.POST.get(f"share_{code}", "").strip() for code in Payer.values}
    return asked(
        request, order, form=forms.Form(request.POST or None), title=_("Split among payers"),
        deed=_("Split"), text=_("Saved"), line=row, payer_choices=Payer.choices,
        fields_template="workorders/forms/_shares.html",
        verb=lambda _values, at: services.split_line(
            line=row, by=request.user, at=at,
            shares={code: share(text) for code, text in typed.items() if text},
        ),
    )
