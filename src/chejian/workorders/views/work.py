"""Dispatch and the clock."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import Team, User
from chejian.accounts.permissions import P
from chejian.accounts.queries.people import people_with
from chejian.workorders import services
from chejian.workorders.forms import PauseForm
from chejian.workorders.models import WorkOrder
from chejian.workorders.rights import team_of
from chejian.workorders.services.dispatch import ASSIGNABLE
from chejian.workorders.states import DISPATCHING, WORKING
from chejian.workorders.views.answering import asked, changed, find_job, find_order, share


def technicians_at(order: WorkOrder, user: User) -> list[User]:
    """Who may be given work there; a crew leader sees his own team."""
    people = people_with(P.WORK, order.station_id)
    if not user.can_at(P.DISPATCH, order.station_id):
        people = people.filter(pk__in=team_of(user, order.station_id))
    return list(people)


@require_http_methods(["GET", "POST"])
@staff(*DISPATCHING)
def assignments(request: StaffRequest, pk: int) -> HttpResponse:
    """Tick jobs and technicians; shares in percent, or even ones."""
    order = find_order(request, pk, *DISPATCHING)
    jobs = list(order.jobs.filter(status__in=ASSIGNABLE).prefetch_related("assignments"))
    people = technicians_at(order, request.user)
    teams = list(Team.objects.filter(station_id=order.station_id).order_by("name"))
    ticked = set(request.POST.getlist("jobs")) if request.method == "POST" else {
        str(job.pk) for job in jobs if job.status == "authorised"
    }
    chosen = [job for job in jobs if str(job.pk) in ticked]
    named = set(request.POST.getlist("technicians"))
    working = [person for person in people if str(person.pk) in named]
    crew = request.POST.get("team", "")
    team = next((team for team in teams if str(team.pk) == crew), None)
    if len(working) < len(named) or (crew and team is None):
        raise Http404  # of another station, or gone meanwhile

    def verb(_values: dict[str, object], at: datetime) -> object:
        return services.assign(jobs=chosen, technicians=working, by=request.user, at=at,
                               shares=_shares(request, working), team=team)

    return asked(
        request, order, form=forms.Form(request.POST if request.method == "POST" else None),
        verb=verb, title=_("Dispatch"), deed=_("Dispatch"), text=_("Dispatched"), jobs=jobs,
        people=people, chosen_jobs=ticked, chosen_people=named,
        teams=[(str(team.pk), team.name) for team in teams],
        fields_template="workorders/forms/_assignment.html",
    )


def _shares(request: StaffRequest, people: Sequence[User]) -> list[Decimal] | None:
    """Typed percentages, or None for even shares."""
    typed = [request.POST.get(f"share_{person.pk}", "").strip() for person in people]
    return [share(text or "0") for text in typed] if any(typed) else None


@require_POST
@staff(*WORKING)
def job_clocks(request: StaffRequest, pk: int, job_pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    job = find_job(order, job_pk)
    services.start_job(job=job, technician=_technician(request), by=request.user,
                       at=timezone.now())
    return changed(request, order, _("Started"))


def _technician(request: StaffRequest) -> User:
    """The one named, else whoever presses."""
    named = request.POST.get("technician") or request.GET.get("technician") or ""
    if not named:
        return request.user
    person = User.objects.filter(pk=int(named)).first() if named.isdecimal() else None
    if person is None:
        raise Http404
    return person


@require_http_methods(["GET", "POST"])
@staff(*WORKING)
def job_pauses(request: StaffRequest, pk: int, job_pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    job = find_job(order, job_pk)
    technician = _technician(request)
    form = PauseForm(request.POST or None, initial={"technician": technician.pk})
    return asked(
        request, order, form=form, title=_("Pause %(name)s") % {"name": job.name},
        deed=_("Pause"), text=_("Paused"),
        verb=lambda values, at: services.pause_job(
            job=job, technician=technician, reason=values["reason"], by=request.user, at=at
        ),
    )


@require_POST
@staff(*WORKING)
def job_completions(request: StaffRequest, pk: int, job_pk: int) -> HttpResponse:
    order = find_order(request, pk, *WORKING)
    services.finish_job(job=find_job(order, job_pk), by=request.user, at=timezone.now())
    return changed(request, order, _("Done"))
