"""The customer's answer, per job, on a frozen copy of what was shown (X02)."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.core.models import StoredFile
from chejian.core.money import ZERO
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.workorders.errors import BadValue
from chejian.workorders.lifecycle import JOBS
from chejian.workorders.models import (
    Authorisation,
    AuthorisedJob,
    JobLine,
    PartLine,
    WorkOrder,
)
from chejian.workorders.services.common import lock_order, recalculate, require_status
from chejian.workorders.states import OPEN_FOR_PRICES, OPEN_FOR_WORK


@verb
@replayable(Authorisation)
def authorise(
    *,
    order: WorkOrder,
    answers: Mapping[int, bool],
    given_by: str,
    channel: str,
    by: User,
    at: datetime,
    note: str = "",
    signature: StoredFile | None = None,
    key: uuid.UUID | None = None,
) -> Authorisation:
    """Record who answered, how, and yes or no for each job shown to him.

    What he saw (words, hours, prices, parts) is frozen; its hash continues the chain of this
    order's answers. A job that was dispatched before it was asked about again is dispatched at
    once. Saying yes needs an order that is open for work, saying no one before settlement.
    Raises NotPermitted, WrongStatus, BadValue, Refused.
    """
    lock_order(order)
    require_status(order, OPEN_FOR_WORK if any(answers.values()) else OPEN_FOR_PRICES)
    if channel not in Authorisation.Channel.values:
        raise BadValue(_("Choose how the customer answered."), field="channel")
    if not tidy(given_by):
        raise BadValue(_("Enter who answered."), field="given_by")
    jobs = _proposed(order, answers)
    shown = [_frozen(job) for job in jobs]
    for job in jobs:
        JOBS.transition(job, "authorise" if answers[job.pk] else "decline", by=by, at=at)
    record = _write(order, jobs, shown, answers, given_by=tidy(given_by)[:60], channel=channel,
                    note=tidy(note)[:200], signature=signature, by=by, at=at)
    _dispatch_again([job for job in jobs if answers[job.pk]], at)
    recalculate(order)
    _tell(order, record, jobs, answers, by, at)
    return record


def _proposed(order: WorkOrder, answers: Mapping[int, bool]) -> list[JobLine]:
    jobs = list(order.jobs.filter(pk__in=answers, status="proposed").prefetch_related("parts"))
    if not answers or len(jobs) != len(answers):
        raise BadValue(_("One of these jobs no longer waits for an answer. Look again."),
                       field="answers")
    for job in jobs:
        job.order = order
    return jobs


def _live_parts(job: JobLine) -> list[PartLine]:
    return [line for line in job.parts.all() if not line.cancelled]


def _amount(job: JobLine) -> Decimal:
    return job.payable + sum((line.payable for line in _live_parts(job)), ZERO)


def _frozen(job: JobLine) -> dict[str, Any]:
    """The words and prices that the customer saw."""
    return {
        "job": job.pk, "name": job.name, "hours": str(job.flat_hours), "rate": str(job.rate),
        "fixed_price": None if job.fixed_price is None else str(job.fixed_price),
        "amount": str(job.amount), "discount": str(job.discount), "payer": job.payer,
        "additional": job.additional,
        "parts": [
            {"line": line.pk, "name": line.name, "number": line.number, "brand": line.brand,
             "origin": line.origin, "quantity": str(line.quantity), "unit": line.unit,
             "price": str(line.unit_price), "amount": str(line.amount),
             "discount": str(line.discount), "payer": line.payer}
            for line in _live_parts(job)
        ],
    }


def chained_hash(previous: str, snapshot: Mapping[str, Any]) -> str:
    """SHA-256 over the previous answer's hash and this snapshot, written in one canonical way."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _write(
    order: WorkOrder,
    jobs: Sequence[JobLine],
    shown: list[dict[str, Any]],
    answers: Mapping[int, bool],
    *,
    given_by: str,
    channel: str,
    note: str,
    signature: StoredFile | None,
    by: User,
    at: datetime,
) -> Authorisation:
    last = order.authorisations.order_by("-id").values_list("hash", flat=True).first() or ""
    amounts = {job.pk: _amount(job) for job in jobs}
    snapshot = {
        "order": order.number, "given_by": given_by, "channel": channel, "note": note,
        "signature": signature.sha256 if signature else "", "at": at.isoformat(),
        "recorded_by": by.name, "jobs": shown,
        "answers": {str(pk): approved for pk, approved in answers.items()},
    }
    record = Authorisation.objects.create(
        order=order, channel=channel, given_by=given_by, note=note, signature=signature,
        amount=sum((amounts[job.pk] for job in jobs if answers[job.pk]), ZERO),
        snapshot=snapshot, previous_hash=last, hash=chained_hash(last, snapshot), at=at,
        recorded_by=by,
    )
    AuthorisedJob.objects.bulk_create(
        AuthorisedJob(authorisation=record, job=job, approved=answers[job.pk],
                      amount=amounts[job.pk])
        for job in jobs
    )
    return record


def _dispatch_again(jobs: Sequence[JobLine], at: datetime) -> None:
    """Whoever had the job before the customer was asked again has it still."""
    for job in jobs:
        if job.assignments.exists():
            JOBS.transition(job, "assign", by=None, at=at)


def _tell(
    order: WorkOrder,
    record: Authorisation,
    jobs: Sequence[JobLine],
    answers: Mapping[int, bool],
    by: User,
    at: datetime,
) -> None:
    emit("order.authorised", order, station_id=order.station_id, by=by, at=at,
         given_by=record.given_by, channel=record.channel, amount=record.amount,
         approved=[job.name for job in jobs if answers[job.pk]],
         declined=[job.name for job in jobs if not answers[job.pk]])
