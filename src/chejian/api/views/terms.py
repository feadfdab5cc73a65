"""Common jobs, and the shop's own terms that orders and parts are made of, over the API."""

from collections import defaultdict
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.guards import fetch
from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import NoSuchRow, act
from chejian.api.schemas.catalog import TemplateIn, TemplateList, TemplateOut, TermsOut
from chejian.api.versions import replace, stamped
from chejian.api.views.catalog import area
from chejian.catalog import services
from chejian.catalog.models import (
    JobTemplate,
    JobTemplateJob,
    JobTemplatePart,
    LabourClass,
    LabourOperation,
    Part,
    RepairClass,
    RepairType,
    TaxRate,
)
from chejian.quality.models import InspectionTemplate

NO_ROW = _("There is no such row, or none that you may see.")


def _templates(rows: QuerySet[JobTemplate]) -> list[dict[str, Any]]:
    """With their jobs and parts: three statements however many."""
    heads = list(rows.values("id", "name", "active", "position"))
    parts: dict[int, list[Any]] = defaultdict(list)
    of_these = JobTemplatePart.objects.filter(job__template__in=[one["id"] for one in heads])
    for part in of_these.order_by("position", "pk").values(
        "job_id", "part_id", "quantity", number=F("part__number"), name=F("part__name")
    ):
        one: dict[str, Any] = dict(part)
        parts[one.pop("job_id")].append(one)
    jobs: dict[int, list[Any]] = defaultdict(list)
    for job in JobTemplateJob.objects.filter(template__in=[one["id"] for one in heads]).values(
        "id", "template_id", "operation_id", code=F("operation__code"), name=F("operation__name")
    ):
        row: dict[str, Any] = dict(job)
        jobs[row.pop("template_id")].append({**row, "parts": parts[row["id"]]})
    return [stamped({**one, "jobs": jobs[one["id"]]}) for one in heads]


def _template(pk: int) -> dict[str, Any]:
    return _templates(JobTemplate.objects.filter(pk=pk))[0]


def _find(request: ApiRequest, pk: int, permission: P) -> JobTemplate:
    return fetch(JobTemplate.objects.visible_to(request.user), request.user, pk, permission)


def _given(body: TemplateIn) -> dict[str, Any]:
    """Operations and parts by their ids. Raises NoSuchRow with the place of the one at fault."""
    operations = LabourOperation.objects.in_bulk({job.operation_id for job in body.jobs})
    parts = Part.objects.in_bulk({one.part_id for job in body.jobs for one in job.parts})
    for place, job in enumerate(body.jobs):
        if job.operation_id not in operations:
            raise NoSuchRow(NO_ROW, field=f"jobs.{place}.operation_id", id=job.operation_id)
        for inner, one in enumerate(job.parts):
            if one.part_id not in parts:
                raise NoSuchRow(NO_ROW, field=f"jobs.{place}.parts.{inner}.part_id",
                                id=one.part_id)
    jobs = [
        services.TemplateJob(operations[job.operation_id], [
            services.TemplatePart(parts[one.part_id], one.quantity) for one in job.parts
        ]) for job in body.jobs
    ]
    return {"name": body.name, "active": body.active, "position": body.position, "jobs": jobs}


@area.get("/job-templates", TemplateList, _("List common jobs"), P.VIEW_CATALOG)
def list_job_templates(request: ApiRequest) -> dict[str, Any]:
    """As the shop has ordered them, retired ones too."""
    return {"items": _templates(JobTemplate.objects.visible_to(request.user))}


@area.get("/job-templates/{template_id}", TemplateOut, _("One common job"), P.VIEW_CATALOG,
          tagged=True)
def get_job_template(request: ApiRequest, template_id: Id) -> dict[str, Any]:
    """With its operations and the parts they take."""
    return _template(_find(request, template_id, P.VIEW_CATALOG).pk)


@area.post("/job-templates", TemplateOut, _("Create a common job"), P.EDIT_CATALOG, tagged=True)
def create_job_template(request: ApiRequest, body: TemplateIn) -> HttpResponse:
    """Put on an order by a template use."""
    given = _given(body)
    return act(
        request, lambda at: services.save_template(by=request.user, at=at, **given), _template
    )


@area.put("/job-templates/{template_id}", TemplateOut, _("Change a common job"), P.EDIT_CATALOG)
def update_job_template(request: ApiRequest, template_id: Id, body: TemplateIn) -> HttpResponse:
    """Orders that carry it already stay as they are."""
    found = _find(request, template_id, P.EDIT_CATALOG)
    given = _given(body)
    return replace(
        request, JobTemplate.objects.filter(pk=found.pk), lambda: _template(found.pk),
        lambda: services.save_template(template=found, by=request.user, at=timezone.now(),
                                       **given),
    )


@area.get("/terms", TermsOut, _("Types, classes, rates and common jobs"), P.VIEW_CATALOG)
def list_terms(request: ApiRequest) -> dict[str, Any]:
    """The ids that orders and parts are made with, and what an inspection looks at."""
    types = RepairType.objects.filter(active=True)
    templates = JobTemplate.objects.visible_to(request.user).filter(active=True)
    return {
        "repair_types": list(types.values("id", "code", "name", "payer", "repair_class_id")),
        "repair_classes": list(RepairClass.objects.values(
            "id", "code", "name", "guarantee_km", "guarantee_days", "needs_certificate"
        )),
        "labour_classes": list(LabourClass.objects.order_by("pk").values(
            "id", "code", "name", "rate"
        )),
        "tax_rates": list(TaxRate.objects.order_by("pk").values(
            "id", "code", "name", "rate"
        )),
        "job_templates": list(templates.values("id", "name")),
        "inspection_items": _items(),
    }


def _items() -> list[dict[str, Any]]:
    classes: dict[int, list[int]] = defaultdict(list)
    links = InspectionTemplate.repair_classes.through._base_manager.order_by("pk")
    for item_id, class_id in links.values_list("inspectiontemplate_id", "repairclass_id"):
        classes[item_id].append(class_id)
    rows = InspectionTemplate.objects.filter(active=True)
    return [
        {**row, "repair_class_ids": classes[row["id"]]}
        for row in rows.values("id", "name", "standard", "unit", "at_work")
    ]
