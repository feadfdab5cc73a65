"""我的活: the technician's phone. Clocks are the order's own verbs; here are list and detail."""

import uuid
from decimal import Decimal

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.core.answers import done
from chejian.core.intake import take_in
from chejian.core.replay import new_key
from chejian.desk import finding_work, phone
from chejian.desk.refusing import invalid
from chejian.quality.forms import item_rows
from chejian.quality.queries import items_at_work
from chejian.quality.services import Measured, measure
from chejian.workorders.errors import BadValue
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.states import WORKING

MOST_PHOTOS = 6


class FindingForm(forms.Form):
    """What was found, perhaps the part it needs."""

    key = forms.UUIDField(required=False)
    name = forms.CharField(label=gettext_lazy("What was found"), max_length=80)
    part = forms.ModelChoiceField(Part.objects.none(), required=False)
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=0, max_digits=9, decimal_places=3,
        required=False, initial=1,
    )

    def __init__(self, data: object, *, user: User) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        parts = Part.objects.visible_to(user).filter(active=True)
        self.fields["part"].queryset = parts  # type: ignore[attr-defined]


@require_GET
@staff_here(P.WORK, P.LEAD_TEAM)
def my_jobs(request: StaffRequest) -> HttpResponse:
    """Cards of this person's jobs, or of the team he leads."""
    user, here = request.user, request.station
    leads = P.LEAD_TEAM in here.permissions
    team = leads and request.GET.get("who") != "me"
    now = timezone.now()
    context = {
        "day": phone.my_day(user, here, now, team=team), "team": team, "pauses": phone.PAUSES,
        "who": [
            {"label": _("Team"), "url": reverse("my_jobs"), "active": team, "count": None},
            {"label": _("Mine"), "url": f"{reverse('my_jobs')}?who=me", "active": not team,
             "count": None},
        ] if leads else [],
    }
    return render(request, "desk/my_jobs.html", context)


def _job(request: StaffRequest, pk: int) -> JobLine:
    orders = WorkOrder.objects.visible_to(request.user)
    rows = JobLine.objects.filter(order__in=orders).select_related(
        "order__vehicle", "order__customer", "order__station", "found_by"
    )
    return fetch(rows, request.user, pk, *WORKING)


@require_GET
@staff(*WORKING)
def job(request: StaffRequest, pk: int) -> HttpResponse:
    """One job: what the customer says, parts, pictures, clock."""
    found = _job(request, pk)
    wanted = request.GET.get("technician", "")
    whose = User.objects.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    context = {
        "detail": phone.detail(found, request.user, whose), "pauses": phone.PAUSES,
        "key": new_key(), "measure_key": new_key(), "back": _back(request, found),
    }
    return render(request, "desk/job.html", context)


def _back(request: StaffRequest, found: JobLine) -> str:
    """The own list; whoever has none came from the order."""
    if request.station.permissions.isdisjoint((P.WORK, P.LEAD_TEAM)):
        return reverse("order", args=[found.order_id])
    return reverse("my_jobs")


@require_POST
@staff(*WORKING)
def job_findings(request: StaffRequest, pk: int) -> HttpResponse:
    """Found more work: an additional job that waits for the customer."""
    here = _job(request, pk)
    form = FindingForm(request.POST, user=request.user)
    if not form.is_valid():
        return invalid(request, form)
    files = request.FILES.getlist("photos")[:MOST_PHOTOS]
    finding_work.report_finding(
        job=here, name=form.cleaned_data["name"], part=form.cleaned_data["part"],
        quantity=form.cleaned_data["quantity"] or Decimal(1),
        photos=[take_in(file, name=file.name or "") for file in files],  # type: ignore[arg-type]
        by=request.user, at=timezone.now(), key=form.cleaned_data["key"],
    )
    return done(request, _("Reported: the adviser asks the customer"), reverse("job", args=[pk]))


@require_POST
@staff(P.REQUEST_PARTS)
def job_part_requests(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the store for what this job needs."""
    finding_work.ask_for_parts(job=_job(request, pk), by=request.user, at=timezone.now())
    return done(request, _("The store has been asked"), reverse("job", args=[pk]))


@require_POST
@staff(*WORKING)
def job_measurements(request: StaffRequest, pk: int) -> HttpResponse:
    """What was measured at this job: those items that have a value."""
    here = _job(request, pk)
    rows = item_rows(items_at_work(here), request.POST)
    given = [
        Measured(row.template.name, row.state != "bad", row.measured, row.template.standard,
                 row.template.unit)
        for row in rows
    ]
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = None
    measure(job=here, items=given, by=request.user, at=timezone.now(), key=key)
    return done(request, _("Measured values kept"), reverse("job", args=[pk]))


@require_POST
@staff(*WORKING)
def job_photos(request: StaffRequest, pk: int) -> HttpResponse:
    """A photo or film of this job; the answer is its thumbnail."""
    here = _job(request, pk)
    upload, poster = request.FILES.get("photo"), request.FILES.get("poster")
    if upload is None:
        raise BadValue(_("Choose a photo or a video."), field="photo")
    photo = finding_work.add_photo(
        job=here, taken=take_in(upload, name=upload.name or ""),  # type: ignore[arg-type]
        poster=take_in(poster, name=poster.name or "") if poster else None,  # type: ignore[arg-type]
        caption=request.POST.get("caption", ""), by=request.user, at=timezone.now(),
    )
    return render(request, "desk/photo.html", {"photo": photo})
