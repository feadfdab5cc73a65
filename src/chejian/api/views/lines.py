"""Jobs and part lines of a work order over the API."""

from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, must_pick, pick
from chejian.api.reading import orders as reading
from chejian.api.schemas.deeds import (
    JobPatch,
    NewJob,
    NewPartLine,
    PartLinePatch,
    Split,
    TemplateUse,
)
from chejian.api.schemas.orders import JobOut, OrderOut, PartLineOut
from chejian.api.versions import edit, version_of
from chejian.api.views.finding import ADDERS, find_job, find_line, find_order
from chejian.api.views.orders import area
from chejian.catalog.models import JobTemplate, LabourOperation, Part
from chejian.workorders import services
from chejian.workorders.models import WorkOrder

JOB = "/work-orders/{order_id}/jobs/{job_id}"
LINE = "/work-orders/{order_id}/part-lines/{line_id}"


def _job(request: ApiRequest) -> Any:
    return lambda pk: reading.job(pk, request.user)


def _line(request: ApiRequest) -> Any:
    return lambda pk: reading.part_line(pk, request.user)


def order_after(order: WorkOrder, made: object) -> Model:
    """The order itself stands for a verb that makes several rows or none."""
    del made
    return order


@area.post("/work-orders/{order_id}/jobs", JobOut, _("Add a job"), *ADDERS, tagged=True)
def create_job(request: ApiRequest, order_id: Id, body: NewJob) -> HttpResponse:
    """It is proposed at first; found after the customer's answer it is additional work."""
    order = find_order(request, order_id, *ADDERS)
    given = body.model_dump(exclude={"operation_id"})
    operations = LabourOperation.objects.filter(active=True).select_related("tax_rate")
    operation = pick(operations, body.operation_id, "operation_id")
    finder = request.user if request.user.can_at(P.WORK, order.station_id) else None
    return act(
        request,
        lambda at: services.add_job(order=order, operation=operation, found_by=finder,
                                    by=request.user, at=at, **given),
        _job(request),
    )


@area.post("/work-orders/{order_id}/template-uses", OrderOut, _("Add a common job"), *ADDERS,
           tagged=True)
def use_template(request: ApiRequest, order_id: Id, body: TemplateUse) -> HttpResponse:
    """A common job brings its usual operations and parts along."""
    order = find_order(request, order_id, *ADDERS)
    template = must_pick(
        JobTemplate.objects.filter(active=True), body.job_template_id, "job_template_id"
    )
    return act(
        request,
        lambda at: order_after(order, services.apply_template(
            order=order, template=template, by=request.user, at=at
        )), lambda pk: reading.whole(pk, request.user),
    )


@area.patch(JOB, JobOut, _("Change a job"), *ADDERS)
def update_job(request: ApiRequest, order_id: Id, job_id: Id, body: JobPatch) -> HttpResponse:
    """What costs the customer more than he approved is asked again."""
    job = find_job(find_order(request, order_id, *ADDERS), job_id)
    version = version_of(request, job.version)
    return edit(
        lambda: services.update_job(job=job, version=version, by=request.user,
                                    at=timezone.now(), **body.given()),
        lambda: reading.job(job.pk, request.user),
    )


@area.post(f"{JOB}/cancellations", JobOut, _("Strike a job out"), *ADDERS, tagged=True)
def cancel_job(request: ApiRequest, order_id: Id, job_id: Id) -> HttpResponse:
    """Its open requests are given up."""
    job = find_job(find_order(request, order_id, *ADDERS), job_id)
    return act(
        request, lambda at: services.cancel_job(job=job, by=request.user, at=at), _job(request)
    )


@area.post(f"{JOB}/proposals", JobOut, _("Offer a job again"), P.EDIT_ORDER, tagged=True)
def propose_job(request: ApiRequest, order_id: Id, job_id: Id) -> HttpResponse:
    """A declined job is offered once more."""
    job = find_job(find_order(request, order_id, P.EDIT_ORDER), job_id)
    return act(
        request, lambda at: services.propose_again(job=job, by=request.user, at=at),
        _job(request),
    )


@area.post(f"{JOB}/shares", JobOut, _("Split a job among payers"), P.EDIT_ORDER, tagged=True)
def split_job(request: ApiRequest, order_id: Id, job_id: Id, body: Split) -> HttpResponse:
    """By rates that come to one; the last takes the rest in fen."""
    job = find_job(find_order(request, order_id, P.EDIT_ORDER), job_id)
    shares: dict[str, Decimal] = {share.payer: share.rate for share in body.shares}
    return act(
        request,
        lambda at: services.split_line(line=job, shares=shares, by=request.user, at=at),
        _job(request),
    )


@area.post(f"{JOB}/part-lines", PartLineOut, _("Add a part"), *ADDERS, tagged=True)
def create_part_line(
    request: ApiRequest, order_id: Id, job_id: Id, body: NewPartLine
) -> HttpResponse:
    """At the price of the order's level; the customer's own parts are free."""
    job = find_job(find_order(request, order_id, *ADDERS), job_id)
    given = body.model_dump(exclude={"part_id"})
    parts = Part.objects.filter(active=True).select_related("tax_rate")
    part = pick(parts, body.part_id, "part_id")
    return act(
        request,
        lambda at: services.add_part(job=job, part=part, by=request.user, at=at, **given),
        _line(request),
    )


@area.patch(LINE, PartLineOut, _("Change a part line"), *ADDERS)
def update_part_line(
    request: ApiRequest, order_id: Id, line_id: Id, body: PartLinePatch
) -> HttpResponse:
    """What costs the customer more than he approved is asked again."""
    line = find_line(find_order(request, order_id, *ADDERS), line_id)
    version = version_of(request, line.version)
    return edit(
        lambda: services.update_part(line=line, version=version, by=request.user,
                                     at=timezone.now(), **body.given()),
        lambda: reading.part_line(line.pk, request.user),
    )


@area.post(f"{LINE}/cancellations", PartLineOut, _("Strike a part out"), *ADDERS, tagged=True)
def cancel_part_line(request: ApiRequest, order_id: Id, line_id: Id) -> HttpResponse:
    """What is out of the store must come back first."""
    line = find_line(find_order(request, order_id, *ADDERS), line_id)
    return act(
        request, lambda at: services.cancel_part(line=line, by=request.user, at=at),
        _line(request),
    )


@area.post(f"{LINE}/shares", PartLineOut, _("Split a part among payers"), P.EDIT_ORDER,
           tagged=True)
def split_part_line(
    request: ApiRequest, order_id: Id, line_id: Id, body: Split
) -> HttpResponse:
    """By rates that come to one; the last takes the rest in fen."""
    line = find_line(find_order(request, order_id, P.EDIT_ORDER), line_id)
    shares: dict[str, Decimal] = {share.payer: share.rate for share in body.shares}
    return act(
        request,
        lambda at: services.split_line(line=line, shares=shares, by=request.user, at=at),
        _line(request),
    )
