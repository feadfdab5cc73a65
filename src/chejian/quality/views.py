"""The final inspection: its form, and the certificate once more."""

from copy import copy
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.core.answers import done
from chejian.core.documents import link_to
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.replay import new_key
from chejian.core.side_by_side import status_of
from chejian.parties.formfields import add_refusals
from chejian.quality import services
from chejian.quality.forms import InspectionForm, ItemForm, item_rows, measured_items
from chejian.quality.models import InspectionTemplate
from chejian.quality.queries import items_for, last_readings
from chejian.workorders.lifecycle import self_inspection_possible, worked_on
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries.sheet import head_rows

LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)


def _order(request: StaffRequest, pk: int, *permissions: str) -> WorkOrder:
    rows = head_rows(WorkOrder.objects.visible_to(request.user))
    return fetch(rows, request.user, pk, *permissions)


@require_http_methods(["GET", "POST"])
@staff(P.INSPECT)
def inspections(request: StaffRequest, pk: int) -> HttpResponse:
    """Items with measured values, then passed, or failed with the reason and the jobs to redo."""
    order = _order(request, pk, P.INSPECT)
    form = InspectionForm(request.POST or None, initial={"key": new_key()})
    rows = item_rows(items_for(order), request.POST, last_readings(order))
    ticked = set(request.POST.getlist("jobs"))
    context = {"order": order, "form": form, "rows": rows, "ticked": ticked,
               "jobs": list(order.jobs.filter(status="done")),
               "round": order.rework_round + 1,
               "own_work": worked_on(order, request.user.pk),
               "own_work_allowed": self_inspection_possible(order),
               "back": link_to(order.number), "refusals": ()}
    if request.method != "POST":
        return render(request, "quality/inspect.html", context)
    if not form.is_valid():
        return render(request, "quality/inspect.html", context, status=422)
    try:
        _inspect(request, order, form.cleaned_data, context)
    except NotPermitted:
        raise
    except DomainError as error:
        return render(request, "quality/inspect.html", context | {"refusals": error.refusals},
                      status=422)
    passed = form.cleaned_data["verdict"] == "passed"
    text = pgettext("inspection", "Passed") if passed else _("Back to work")
    return done(request, text, link_to(order.number))


def _inspect(
    request: StaffRequest, order: WorkOrder, values: dict[str, Any], context: dict[str, Any]
) -> None:
    redo = [job for job in context["jobs"] if str(job.pk) in context["ticked"]]
    services.inspect(
        order=order, verdict=values["verdict"], items=measured_items(context["rows"]),
        reason=values["reason"], road_test_km=values["road_test_km"], jobs=redo or None,
        by=request.user, at=timezone.now(), key=values["key"],
    )


@require_POST
@staff(*LOOKERS)
def certificates(request: StaffRequest, pk: int) -> HttpResponse:
    """Print the certificate in force once more, such as after the delivery."""
    order = _order(request, pk, *LOOKERS)
    services.request_certificate(order=order, by=request.user, at=timezone.now())
    return done(request, _("The paper is being made"), link_to(order.number))


@require_GET
@staff(P.EDIT_CATALOG)
def inspection_items(request: StaffRequest) -> HttpResponse:
    """The shop's list of what is looked at, with its standards."""
    rows = InspectionTemplate.objects.prefetch_related("repair_classes")
    return render(request, "quality/items.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def inspection_item(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Add an item, or change one."""
    found = InspectionTemplate() if pk is None else get_object_or_404(InspectionTemplate, pk=pk)
    form = ItemForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_item(
                item=found, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            return done(request, _("Saved."), reverse("inspection_items"))
    context = {"form": form, "item": found}
    return render(request, "quality/item.html", context, status=status_of(form))
