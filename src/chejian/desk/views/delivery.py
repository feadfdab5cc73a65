"""交车."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.intake import take_signature
from chejian.core.replay import new_key
from chejian.desk import handing_over as desk
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries import live_guarantees


class HandOverForm(forms.Form):
    """Exit reading, who collects, what goes with the car."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    odometer_out = forms.IntegerField(
        label=_("Kilometres at the exit"), min_value=0, max_value=9_999_999
    )
    collected_by = forms.CharField(label=_("Who collects the car"), max_length=60)
    papers = forms.MultipleChoiceField(
        label=_("Handed over"), choices=list(desk.PAPERS.items()), required=False
    )
    old_parts_given = forms.BooleanField(label=_("Old parts handed over"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    signature = forms.CharField(required=False, max_length=2_000_000)


@staff(P.DELIVER)
def delivery(request: StaffRequest, pk: int) -> HttpResponse:
    """The form, or the car's leaving."""
    rows = WorkOrder.objects.visible_to(request.user).select_related(
        "vehicle", "customer", "station", "repair_type"
    )
    order = fetch(rows, request.user, pk, P.DELIVER)
    if request.method == "POST":
        form = HandOverForm(request.POST)
        if form.is_valid() and _handed_over(request, order, form):
            return redirect("order", pk=order.pk)
        return _page(request, order, form, status=422)
    if order.status in ("delivered", "closed"):
        return redirect("order", pk=order.pk)
    initial = {
        "key": new_key(), "collected_by": order.contact_name or order.customer.name,
        "papers": desk.likely_papers(order),
        "old_parts_given": order.old_parts == WorkOrder.OldParts.TAKE,
    }
    return _page(request, order, HandOverForm(initial=initial))


def _page(
    request: StaffRequest, order: WorkOrder, form: HandOverForm, *, status: int = 200
) -> HttpResponse:
    ticked = form.data.getlist("papers") if form.is_bound else form.initial["papers"]  # type: ignore[attr-defined]
    context = {
        "order": order, "form": form, "ticked": ticked, "papers": desk.PAPERS.items(),
        "refusals": desk.in_the_way(order, request.user),
        "before": live_guarantees(order.vehicle, timezone.localdate(), order.vehicle.total_km)[:3],
        "may_collect": request.user.can_at(P.COLLECT, order.station_id)
        or request.user.can_at(P.SETTLE, order.station_id),
    }
    return render(request, "desk/deliver.html", context, status=status)


def _handed_over(request: StaffRequest, order: WorkOrder, form: HandOverForm) -> bool:
    """True once the car is gone; else the refusals stand on the form."""
    data = dict(form.cleaned_data)
    drawn = data.pop("signature")
    try:
        desk.hand_over(
            order=order, by=request.user, at=timezone.now(),
            signature=take_signature(drawn) if drawn else None, **data,
        )
    except NotPermitted:
        raise
    except DomainError as error:
        for refusal in error.refusals:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal.message))
        return False
    return True
