"""Common jobs with their usual operations and parts."""

from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.catalog import services
from chejian.catalog.forms import TemplateForm, TemplateRowForm, TemplateRows
from chejian.catalog.models import JobTemplate, JobTemplateJob
from chejian.catalog.services import TemplateJob, TemplatePart
from chejian.catalog.services.labour import in_words, jobs_of
from chejian.core.errors import DomainError
from chejian.core.side_by_side import status_of
from chejian.parties.formfields import add_refusals


@require_GET
@staff(P.VIEW_CATALOG)
def job_templates(request: StaffRequest) -> HttpResponse:
    """All templates with their jobs."""
    rows = JobTemplate.objects.visible_to(request.user).prefetch_related("jobs__operation")
    context = {"templates": list(rows), "can_edit": request.user.can(P.EDIT_CATALOG)}
    return render(request, "catalog/templates.html", context)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def new_job_template(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def job_template(request: StaffRequest, pk: int) -> HttpResponse:
    rows = JobTemplate.objects.visible_to(request.user)
    return _edit(request, fetch(rows, request.user, pk, P.EDIT_CATALOG))


def _edit(request: StaffRequest, found: JobTemplate | None) -> HttpResponse:
    rows = TemplateRows(request.POST or None, initial=_rows(found), prefix="rows")
    jobs = _jobs(rows) if rows.is_bound and rows.is_valid() else []
    form = TemplateForm(
        request.POST or None, instance=copy(found), typed=in_words(jobs)
    )
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        given = form.cleaned_data
        if found and given.pop("contents") != form.typed:
            jobs = jobs_of(found)  # what somebody else has written there meanwhile
        try:
            made = services.save_template(
                template=found, jobs=jobs, by=request.user, at=timezone.now(),
                name=given["name"], position=given["position"], active=given["active"],
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": made})
            return redirect("job_templates")
    context = {"form": form, "rows": rows, "template": found}
    status = 422 if rows.is_bound and not rows.is_valid() else status_of(form)
    return render(request, "catalog/template_form.html", context, status=status)


def _rows(found: JobTemplate | None) -> list[dict[str, Any]]:
    """The template as the form's flat rows: an operation, then its parts."""
    if found is None:
        return []
    rows: list[dict[str, Any]] = []
    for job in found.jobs.select_related("operation").prefetch_related("parts__part"):
        first = {"operation": job.operation, "operation_text": job.operation.name}
        rows += [{**first, **part} for part in _part_rows(job)[:1]] or [first]
        rows += _part_rows(job)[1:]
    return rows


def _part_rows(job: JobTemplateJob) -> list[dict[str, Any]]:
    return [
        {"part": row.part, "part_text": row.part.name, "quantity": row.quantity.normalize()}
        for row in job.parts.all()
    ]


def _jobs(rows: "BaseFormSet[TemplateRowForm]") -> Sequence[TemplateJob]:
    jobs: list[tuple[Any, list[TemplatePart]]] = []
    for data in (form.cleaned_data for form in rows.forms if form.has_changed() or form.initial):
        if data.get("operation"):
            jobs.append((data["operation"], []))
        if data.get("part") and jobs:
            jobs[-1][1].append(TemplatePart(data["part"], data.get("quantity") or Decimal(1)))
    return [TemplateJob(operation, parts) for operation, parts in jobs]
