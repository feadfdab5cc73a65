"""Approval, dispatch, clocks, parts of the store, delivery over the API."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.models import Team
from chejian.accounts.permissions import P
from chejian.accounts.queries.people import people_with
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id, In
from chejian.api.operating import act, must_pick, one_station, pick
from chejian.api.reading import orders as reading
from chejian.api.schemas.deeds import (
    ClockStart,
    NewApproval,
    NewAssignment,
    NewDelivery,
    NewIssue,
    NewRequest,
    NewReturn,
    Pause,
    TechnicianShare,
)
from chejian.api.schemas.orders import (
    ApprovalList,
    ApprovalOut,
    IssueOut,
    JobOut,
    OptionalId,
    OrderOut,
    PartLineOut,
    TechnicianList,
)
from chejian.api.views.finding import (
    LOOKERS,
    bin_of,
    find_job,
    find_line,
    find_order,
    keep_signature,
    receiver_of,
    see_order,
    technician_of,
    warehouse_of,
)
from chejian.api.views.lines import JOB, LINE, order_after
from chejian.api.views.orders import area
from chejian.workorders import services
from chejian.workorders.models import Authorisation, Delivery, PartIssue, PartsRequest
from chejian.workorders.rights import team_of
from chejian.workorders.states import DISPATCHING, WORKING

APPROVAL = ("id", "channel", "given_by", "amount", "note", "hash", "at")


class TechnicianQuery(In):
    station_id: OptionalId | None = None


@area.get("/technicians", TechnicianList, _("List technicians"), *LOOKERS)
def list_technicians(request: ApiRequest, query: Query[TechnicianQuery]) -> dict[str, Any]:
    """Who may be given work at a station."""
    people = people_with(P.WORK, one_station(request, query.station_id))
    return {"items": list(people.values("id", "name"))}


@area.get("/work-orders/{order_id}/approvals", ApprovalList, _("The customer's answers"),
          *LOOKERS)
def list_approvals(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Newest first."""
    rows = Authorisation.objects.filter(order_id=see_order(request, order_id)).order_by("-pk")
    return {"items": list(rows.values(*APPROVAL))}


@area.post("/work-orders/{order_id}/approvals", ApprovalOut, _("Record the customer's answer"),
           P.AUTHORISE)
def create_approval(request: ApiRequest, order_id: Id, body: NewApproval) -> HttpResponse:
    """Yes or no per job, on a frozen copy of what he was shown."""
    order = find_order(request, order_id, P.AUTHORISE)
    answers = {one.job_id: one.approved for one in body.answers}

    def verb(at: datetime) -> Authorisation:
        with transaction.atomic():
            signature = keep_signature(body.signature, order, request.user)
            return services.authorise(
                order=order, answers=answers, given_by=body.given_by, note=body.note,
                channel="signature" if signature else body.channel, signature=signature,
                by=request.user, at=at,
            )

    return act(request, verb,
               lambda pk: Authorisation.objects.filter(pk=pk).values(*APPROVAL).get())


@area.post("/work-orders/{order_id}/assignments", OrderOut, _("Dispatch jobs"), *DISPATCHING,
           tagged=True)
def assign_jobs(request: ApiRequest, order_id: Id, body: NewAssignment) -> HttpResponse:
    """To technicians, with shares that come to one or even ones; to a team; or to nobody."""
    order = find_order(request, order_id, *DISPATCHING)
    jobs = [must_pick(order.jobs.all(), pk, "job_ids") for pk in dict.fromkeys(body.job_ids)]
    for job in jobs:
        job.order = order
    people = people_with(P.WORK, order.station_id)
    if not request.user.can_at(P.DISPATCH, order.station_id):
        people = people.filter(pk__in=team_of(request.user, order.station_id))
    workers = [must_pick(people, one.technician_id, "technicians") for one in body.technicians]
    team = pick(Team.objects.filter(station_id=order.station_id), body.team_id, "team_id")
    return act(
        request,
        lambda at: order_after(order, services.assign(
            jobs=jobs, technicians=workers, shares=_shares(body.technicians), team=team,
            by=request.user, at=at,
        )), lambda pk: reading.whole(pk, request.user),
    )


def _shares(technicians: Sequence[TechnicianShare]) -> list[Decimal] | None:
    """What was said, or None for even shares."""
    if all(one.share is None for one in technicians):
        return None
    return [one.share or Decimal(0) for one in technicians]


@area.post(f"{JOB}/clocks", JobOut, _("Start a clock"), *WORKING, tagged=True)
def start_clock(request: ApiRequest, order_id: Id, job_id: Id, body: ClockStart) -> HttpResponse:
    """A technician begins or goes on; the first start begins the order's work."""
    job = find_job(find_order(request, order_id, *WORKING), job_id)
    technician = technician_of(request, job.order, body.technician_id)
    return act(
        request,
        lambda at: services.start_job(job=job, technician=technician, by=request.user, at=at),
        lambda _pk: reading.job(job.pk, request.user),
    )


@area.post(f"{JOB}/pauses", JobOut, _("Pause a clock"), *WORKING, tagged=True)
def pause_clock(request: ApiRequest, order_id: Id, job_id: Id, body: Pause) -> HttpResponse:
    """With a reason; the job pauses when nobody is on it any more."""
    job = find_job(find_order(request, order_id, *WORKING), job_id)
    technician = technician_of(request, job.order, body.technician_id)
    return act(
        request,
        lambda at: services.pause_job(job=job, technician=technician, reason=body.reason,
                                      by=request.user, at=at),
        lambda _pk: reading.job(job.pk, request.user),
    )


@area.post(f"{JOB}/completions", JobOut, _("Finish a job"), *WORKING, tagged=True)
def finish_job(request: ApiRequest, order_id: Id, job_id: Id) -> HttpResponse:
    """Every clock on it stops."""
    job = find_job(find_order(request, order_id, *WORKING), job_id)
    return act(
        request, lambda at: services.finish_job(job=job, by=request.user, at=at),
        lambda pk: reading.job(pk, request.user),
    )


@area.post("/work-orders/{order_id}/part-requests", OrderOut, _("Request what is missing"),
           P.REQUEST_PARTS, tagged=True)
def request_missing(request: ApiRequest, order_id: Id) -> HttpResponse:
    """Everything that approved jobs still lack, each from where most of it lies."""
    order = find_order(request, order_id, P.REQUEST_PARTS)
    return act(
        request,
        lambda at: order_after(order, services.request_missing(
            order=order, by=request.user, at=at
        )), lambda pk: reading.whole(pk, request.user),
    )


@area.post(f"{LINE}/requests", PartLineOut, _("Request a part"), P.REQUEST_PARTS, tagged=True)
def request_part(
    request: ApiRequest, order_id: Id, line_id: Id, body: NewRequest
) -> HttpResponse:
    """What is there is set aside, the rest is short and filled by what comes in."""
    line = find_line(find_order(request, order_id, P.REQUEST_PARTS), line_id)
    house = warehouse_of(line.order, body.warehouse_id)
    return act(
        request,
        lambda at: services.request_parts(line=line, quantity=body.quantity, warehouse=house,
                                          by=request.user, at=at),
        lambda _pk: reading.part_line(line.pk, request.user),
    )


@area.post("/work-orders/{order_id}/part-requests/{request_id}/cancellations", PartLineOut,
           _("Give a request up"), P.REQUEST_PARTS, P.ISSUE_PARTS, tagged=True)
def cancel_request(request: ApiRequest, order_id: Id, request_id: Id) -> HttpResponse:
    """What was asked and not issued."""
    order = find_order(request, order_id, P.REQUEST_PARTS, P.ISSUE_PARTS)
    asked = get_object_or_404(PartsRequest, pk=request_id, line__order=order)
    return act(
        request, lambda at: services.cancel_request(request=asked, by=request.user, at=at),
        lambda _pk: reading.part_line(asked.line_id, request.user),
    )


@area.post(f"{LINE}/issues", IssueOut, _("Issue a part"), P.ISSUE_PARTS)
def issue_part(request: ApiRequest, order_id: Id, line_id: Id, body: NewIssue) -> HttpResponse:
    """The pieces leave the store at their value."""
    line = find_line(find_order(request, order_id, P.ISSUE_PARTS), line_id)
    house = warehouse_of(line.order, body.warehouse_id)
    place = bin_of(house, body.bin)
    receiver = receiver_of(line.order, body.receiver_id)
    return act(
        request,
        lambda at: services.issue_part(line=line, warehouse=house, quantity=body.quantity,
                                       bin=place, receiver=receiver, by=request.user, at=at),
        lambda pk: reading.issue(pk, request.user),
    )


@area.post("/work-orders/{order_id}/part-issues/{issue_id}/returns", IssueOut,
           _("Take pieces back"), P.ISSUE_PARTS)
def return_part(request: ApiRequest, order_id: Id, issue_id: Id, body: NewReturn) -> HttpResponse:
    """At that issue's own cost, until the settlement."""
    order = find_order(request, order_id, P.ISSUE_PARTS)
    issue = get_object_or_404(
        PartIssue.objects.select_related("warehouse", "line__job", "move"), pk=issue_id,
        line__order=order,
    )
    place = bin_of(issue.warehouse, body.bin)
    return act(
        request,
        lambda at: services.return_part(issue=issue, quantity=body.quantity, bin=place,
                                        reason=body.reason, by=request.user, at=at),
        lambda _pk: reading.issue(issue.pk, request.user),
    )


@area.post("/work-orders/{order_id}/deliveries", OrderOut, _("Deliver the car"), P.DELIVER,
           tagged=True)
def deliver_order(request: ApiRequest, order_id: Id, body: NewDelivery) -> HttpResponse:
    """Exit reading, papers, old parts; the guarantee begins."""
    order = find_order(request, order_id, P.DELIVER)
    given = body.model_dump(exclude={"signature"})

    def verb(at: datetime) -> Delivery:
        with transaction.atomic():
            signature = keep_signature(body.signature, order, request.user)
            return services.deliver(order=order, signature=signature, by=request.user, at=at,
                                    **given)

    return act(request, verb, lambda _pk: reading.whole(order.pk, request.user))
