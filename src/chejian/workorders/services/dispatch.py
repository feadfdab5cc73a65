"""派工: whole orders or single jobs to technicians or a team, with shares."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from chejian.accounts.models import Team, User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted
from chejian.core.money import ZERO
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.workorders.errors import BadValue, ClockRunning, SharesNotOne
from chejian.workorders.lifecycle import JOBS
from chejian.workorders.models import Assignment, JobLine, TimeEntry, WorkOrder
from chejian.workorders.rights import require, team_of
from chejian.workorders.services.common import lock_order_of, require_status
from chejian.workorders.states import DISPATCHING

ASSIGNABLE = ("authorised", "assigned", "working", "paused")


@verb
def assign(
    *,
    jobs: Sequence[JobLine],
    by: User,
    at: datetime,
    technicians: Sequence[User] = (),
    shares: Sequence[Decimal] | None = None,
    team: Team | None = None,
) -> list[Assignment]:
    """Give jobs of one order to technicians, or to all members of a team; nobody: take them back.

    Shares sum to one; when none are given they are even, the last takes the rest (1.0 by three is
    0.3333, 0.3333, 0.3334). Whoever has his clock running on a job cannot be taken off it. A crew
    leader gives only what is his team's, to his team. Raises NotPermitted, WrongStatus, BadValue,
    SharesNotOne, ClockRunning, Refused.
    """
    order = _lock(jobs)
    require(by, order.station_id, *DISPATCHING)
    require_status(order, ("received", "in_progress", "on_hold"))
    people = list(technicians) or _members(team)
    _check_people(order, people)
    if not by.can_at(P.DISPATCH, order.station_id):
        _check_own_team(order, jobs, people, by)
    rates = _rates(len(people), shares)
    made = [row for job in jobs for row in _give(job, people, rates, team, by, at)]
    emit("job.assigned" if people else "job.unassigned", order, station_id=order.station_id,
         by=by, at=at, jobs=[job.name for job in jobs],
         technicians=[person.name for person in people], team=team.name if team else "")
    return made


def _lock(jobs: Sequence[JobLine]) -> WorkOrder:
    if not jobs:
        raise BadValue(_("Choose at least one job."), field="jobs")
    order = lock_order_of(jobs[0])
    fresh = {job.pk: job for job in order.jobs.select_for_update().order_by("id")}
    for job in jobs:
        if job.pk not in fresh:
            raise BadValue(_("Dispatch one order at a time."), field="jobs")
        job.status, job.order = fresh[job.pk].status, order
        if job.status not in ASSIGNABLE:
            raise BadValue(
                _("“%(name)s” cannot be dispatched: %(status)s.")
                % {"name": job.name, "status": job.get_status_display()}, field="jobs"
            )
    return order


def _members(team: Team | None) -> list[User]:
    return [] if team is None else list(team.members.filter(is_active=True).order_by("id"))


def _check_people(order: WorkOrder, people: Sequence[User]) -> None:
    if len({person.pk for person in people}) != len(people):
        raise BadValue(_("A technician is named twice."), field="technicians")
    for person in people:
        if not person.can_at(P.WORK, order.station_id):
            raise BadValue(
                _("%(name)s is not a technician of this station.") % {"name": person.name},
                field="technicians",
            )


def _check_own_team(
    order: WorkOrder, jobs: Sequence[JobLine], people: Sequence[User], by: User
) -> None:
    """Not to strangers, and not what strangers have."""
    mine = team_of(by, order.station_id)
    having = Assignment.objects.filter(job__in=jobs).values_list("technician_id", flat=True)
    if not {person.pk for person in people} | set(having) <= mine:
        raise NotPermitted(_("You may dispatch to your own team only."))


def _rates(count: int, shares: Sequence[Decimal] | None) -> list[Decimal]:
    if count == 0:
        return []
    if shares is None:
        even = (Decimal(1) / count).quantize(Decimal("0.0001"), ROUND_DOWN)
        return [*[even] * (count - 1), 1 - even * (count - 1)]
    if len(shares) != count or any(share <= 0 for share in shares):
        raise BadValue(_("Give each technician a share above zero."), field="shares")
    if sum(shares, ZERO) != 1:
        raise SharesNotOne(sum(shares, ZERO))
    return list(shares)


def _give(
    job: JobLine,
    people: Sequence[User],
    rates: Sequence[Decimal],
    team: Team | None,
    by: User,
    at: datetime,
) -> list[Assignment]:
    _require_clocks_stopped(job, people)
    job.assignments.all().delete()
    rows = Assignment.objects.bulk_create(
        Assignment(job=job, technician=person, share=rate, team=team, assigned_by=by,
                   assigned_at=at)
        for person, rate in zip(people, rates, strict=True)
    )
    if people and job.status == "authorised":
        JOBS.transition(job, "assign", by=by, at=at)
    elif not people and job.status == "assigned":
        JOBS.transition(job, "unassign", by=by, at=at)
    elif not people and job.status != "authorised":
        raise BadValue(_("Work on “%(name)s” has begun: give it to somebody else instead.")
                       % {"name": job.name}, field="technicians")
    return rows


def _require_clocks_stopped(job: JobLine, staying: Sequence[User]) -> None:
    running = TimeEntry.objects.filter(job=job, ended_at=None).exclude(
        technician__in=staying
    ).select_related("technician").first()
    if running is not None:
        raise ClockRunning(running.technician.name, job.name, job.order.number)
