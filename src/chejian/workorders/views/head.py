"""The order as a whole: receiving, its head, holding, handing over, voiding, delivering."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.workorders import services
from chejian.workorders.forms import HeadForm, HoldForm, ReasonForm
from chejian.workorders.states import WORKING
from chejian.workorders.views.answering import asked, changed, find_order

HEAD_EDITORS = (P.OPEN_ORDER, P.EDIT_ORDER, P.DISPATCH)


@require_POST
@staff(P.OPEN_ORDER)
def receptions(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, P.OPEN_ORDER)
    services.receive(order=order, by=request.user, at=timezone.now())
    return changed(request, order, _("Car received"))


@require_http_methods(["GET", "POST"])
@staff(*HEAD_EDITORS)
def head(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, *HEAD_EDITORS)
    see_phone = request.user.can_at(P.SEE_PHONE, order.station_id)
    fresh = find_order(request, pk)  # a bound ModelForm writes into its instance
    form = HeadForm(request.POST or None, instance=fresh, initial={"version": order.version},
                    see_phone=see_phone)

    def verb(values: dict[str, Any], at: datetime) -> object:
        version = values.pop("version")
        for name in ("contact_name", "contact_phone", "remarks"):
            if name in values:
                values[name] = values[name] or ""
        return services.update_head(order=order, version=version, by=request.user, at=at, **values)

    return asked(request, order, form=form, verb=verb, title=_("Head of the order"),
                 deed=_("Save"), text=_("Saved"))


@require_POST
@staff(*WORKING)
def completions(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    services.finish(order=order, by=request.user, at=timezone.now())
    return changed(request, order, _("Handed over to inspection"))


@require_http_methods(["GET", "POST"])
@staff(*WORKING)
def holds(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    return asked(
        request, order, form=HoldForm(request.POST or None), title=_("Put on hold"),
        deed=_("Put on hold"), text=_("On hold"),
        verb=lambda values, at: services.hold(order=order, by=request.user, at=at, **values),
    )


@require_POST
@staff(*WORKING)
def resumptions(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    services.resume(order=order, by=request.user, at=timezone.now())
    return changed(request, order, _("Work goes on"))


@require_http_methods(["GET", "POST"])
@staff(P.REOPEN)
def reopenings(request: StaffRequest, pk: int) -> HttpResponse:
    """The jobs ticked are done again; none ticked: only new work is added."""
    order = find_order(request, pk, P.REOPEN)
    done = list(order.jobs.filter(status="inspected"))
    ticked = set(request.POST.getlist("jobs"))
    chosen = [job for job in done if str(job.pk) in ticked]
    return asked(
        request, order, form=ReasonForm(request.POST or None), title=_("Reopen the order"),
        deed=_("Reopen"), text=_("Reopened"), jobs=done, chosen_jobs=ticked,
        fields_template="workorders/forms/_reopening.html",
        verb=lambda values, at: services.reopen(order=order, by=request.user, at=at, jobs=chosen,
                                                **values),
    )


@require_http_methods(["GET", "POST"])
@staff(P.VOID)
def voids(request: StaffRequest, pk: int) -> HttpResponse:
    order = find_order(request, pk, P.VOID)
    return asked(
        request, order, form=ReasonForm(request.POST or None), title=_("Void the order"),
        deed=_("Void %(number)s") % {"number": order.number}, danger=True, text=_("Void"),
        verb=lambda values, at: services.void(order=order, by=request.user, at=at, **values),
    )
