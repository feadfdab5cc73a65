"""Labour operations, and the templates that put common jobs on an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.catalog import rules
from chejian.catalog.errors import BadFigure, NameRequired, NumberTaken
from chejian.catalog.models import (
    JobTemplate,
    JobTemplateJob,
    JobTemplatePart,
    LabourOperation,
    Part,
)
from chejian.core.outbox import emit
from chejian.core.text import pinyin_key, tidy
from chejian.core.versions import changed_fields, require_version


@transaction.atomic
def create_operation(
    *, code: str, name: str, by: User | None, at: datetime, **fields: Any
) -> LabourOperation:
    """A new operation: flat hours at the class's rate, or a fixed price.

    Raises NotPermitted, NumberTaken, NameRequired, BadFigure.
    """
    rules.require_edit(by)
    given = _normal({"code": code, "name": name, **fields})
    if given.get("fixed_price") is not None:
        rules.require_prices(by)
    _require_free(given["code"])
    operation = LabourOperation.objects.create(**given, name_key=pinyin_key(given["name"]))
    emit("operation.created", operation, station_id=None, by=by, at=at, code=operation.code)
    return operation


@transaction.atomic
def update_operation(
    *, operation: LabourOperation, version: int, by: User | None, at: datetime, **fields: Any
) -> LabourOperation:
    """Change the fields given. A fixed price needs ``catalog.edit_prices`` when it differs.

    Raises Conflict, NotPermitted, NumberTaken, NameRequired, BadFigure.
    """
    rules.require_edit(by)
    fresh = LabourOperation.objects.select_for_update().get(pk=operation.pk)
    given = _normal(fields)
    require_version(fresh, version, given)
    changes = changed_fields(fresh, given)
    if not changes:
        return fresh
    if "fixed_price" in changes:
        rules.require_prices(by)
    if "code" in changes:
        _require_free(changes["code"])
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.name_key = pinyin_key(fresh.name)
    fresh.version += 1
    fresh.save()
    emit("operation.updated", fresh, station_id=None, by=by, at=at, fields=sorted(changes))
    return fresh


def _normal(fields: Mapping[str, Any]) -> dict[str, Any]:
    return rules.normal_fields(rules.OPERATION_FIELDS, ("code", "name"), fields)


def _require_free(code: str) -> None:
    if LabourOperation.objects.filter(code=code).exists():
        raise NumberTaken(
            _("There is an operation with the code %(number)s already.") % {"number": code},
            field="code", number=code,
        )


@dataclass(frozen=True)
class TemplatePart:
    part: Part
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True)
class TemplateJob:
    """One job of a template with the parts that it usually takes."""

    operation: LabourOperation
    parts: Sequence[TemplatePart] = field(default_factory=tuple)


def jobs_of(template: JobTemplate) -> list[TemplateJob]:
    """What the template holds now, as ``save_template`` takes it."""
    rows = template.jobs.select_related("operation").prefetch_related("parts__part")
    return [
        TemplateJob(
            row.operation, [TemplatePart(one.part, one.quantity) for one in row.parts.all()]
        )
        for row in rows
    ]


def in_words(jobs: Sequence[TemplateJob]) -> str:
    """Jobs and parts in one line, so that two people's can be read side by side."""
    return "；".join(
        "：".join(filter(None, [f"{job.operation.code} {job.operation.name}", "、".join(
            f"{one.part.number} {one.part.name} × {one.quantity.normalize():f}"
            for one in job.parts
        )]))
        for job in jobs
    )


@transaction.atomic
def save_template(
    *,
    name: str,
    jobs: Sequence[TemplateJob],
    template: JobTemplate | None = None,
    active: bool = True,
    position: int = 0,
    by: User | None,
    at: datetime,
) -> JobTemplate:
    """Make a template, or make an existing one exactly this.

    Raises NotPermitted, NameRequired, NumberTaken, BadFigure.
    """
    rules.require_edit(by)
    row = template or JobTemplate()
    row.name, row.active, row.position = tidy(name), active, position
    row.name_key = pinyin_key(row.name)
    if not row.name or not jobs:
        raise NameRequired(_("A template needs a name and a job."), field="name")
    if JobTemplate.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise NumberTaken(
            _("There is a template called %(number)s already.") % {"number": row.name},
            field="name", number=row.name,
        )
    row.save()
    row.jobs.all().delete()
    for place, job in enumerate(jobs):
        _write_job(row, place, job)
    emit("template.saved", row, station_id=None, by=by, at=at, name=row.name)
    return row


def _write_job(template: JobTemplate, place: int, job: TemplateJob) -> None:
    written = JobTemplateJob.objects.create(
        template=template, operation=job.operation, position=place
    )
    for piece in job.parts:
        if piece.quantity <= 0 or piece.quantity != round(piece.quantity, 3):
            raise BadFigure(_("A quantity must be above zero."), field="parts", name="quantity")
    JobTemplatePart.objects.bulk_create(
        JobTemplatePart(job=written, part=piece.part, quantity=piece.quantity, position=index)
        for index, piece in enumerate(job.parts)
    )
