"""Who may touch whose work: technicians their own jobs, crew leaders their team's, others all."""

from django.utils.translation import gettext as _

from chejian.accounts.models import Team, User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted
from chejian.workorders.models import Assignment, JobLine, WorkOrder


def require(by: User | None, station_id: int, *codes: str) -> None:
    """Raise NotPermitted unless the person holds any of ``codes`` there. The system may."""
    if by is not None and not any(by.can_at(code, station_id) for code in codes):
        raise NotPermitted(_("You do not have the permission for this."))


def team_of(leader: User, station_id: int) -> set[int]:
    """The ids of those whom he leads at that station, himself included."""
    members = Team.objects.filter(station_id=station_id, leader=leader).values_list(
        "members", flat=True
    )
    return {*filter(None, members), leader.pk}


def may_work_for(by: User, technician_id: int, station_id: int) -> bool:
    """Whether he may start, pause or finish in that technician's name."""
    if by.can_at(P.WORK_ANY, station_id):
        return True
    if by.pk == technician_id and by.can_at(P.WORK, station_id):
        return True
    return by.can_at(P.LEAD_TEAM, station_id) and technician_id in team_of(by, station_id)


def technicians_of(job: JobLine) -> list[int]:
    return list(
        Assignment.objects.filter(job=job).order_by("id").values_list("technician_id", flat=True)
    )


def require_job(job: JobLine, by: User | None) -> None:
    """Raise NotPermitted unless the job is his own, his team's, or he may touch any."""
    if by is None:
        return
    station_id = job.station_id
    if by.can_at(P.WORK_ANY, station_id):
        return
    if not any(may_work_for(by, pk, station_id) for pk in technicians_of(job)):
        raise NotPermitted(_("This job is not yours."))


def require_order_work(order: WorkOrder, by: User | None) -> None:
    """The same for what concerns the whole order: hold, resume, hand over to inspection."""
    if by is None or by.can_at(P.WORK_ANY, order.station_id):
        return
    mine = {by.pk}
    if by.can_at(P.LEAD_TEAM, order.station_id):
        mine = team_of(by, order.station_id)
    if not Assignment.objects.filter(job__order=order, technician_id__in=mine).exists():
        raise NotPermitted(_("This order is not yours."))
