"""What was recommended and declined, and has not been done since."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from chejian.desk.whole.scope import Scope
from chejian.workorders.models import JobLine, WorkOrder

SHOWN = 12
READ = 100
DONE = ("done", "inspected")
WANTED = ("name", "amount", "order__number", "order__opened_at", "order__station__name",
          "order__vehicle__plate", "order__vehicle__vin")


@dataclass(frozen=True)
class Advice:
    """One job that was declined; ``times``: how often; ``amount``: None where money is hidden."""

    job: JobLine
    times: int
    amount: Decimal | None


def declined(scope: Scope) -> list[Advice]:
    """Newest first, each job of a car once, without what was done on a later order."""
    once: dict[tuple[int, str], list[JobLine]] = {}
    for job in _rows(scope)[:READ]:
        once.setdefault((job.order.vehicle_id, job.name), []).append(job)
    return [
        Advice(jobs[0], len(jobs), jobs[0].amount if _sees(scope, jobs[0]) else None)
        for jobs in list(once.values())[:SHOWN]
    ]


def _rows(scope: Scope) -> QuerySet[JobLine]:
    later = JobLine.objects.filter(
        Q(name=OuterRef("name")) | Q(operation__isnull=False, operation=OuterRef("operation")),
        order__vehicle=OuterRef("order__vehicle"), order_id__gte=OuterRef("order_id"),
        status__in=DONE,
    )
    orders = WorkOrder.objects.filter(scope.orders).exclude(status="cancelled")
    rows = JobLine.objects.filter(order__in=orders, status="declined")
    return (
        rows.filter(~Exists(later))
        .select_related("order__vehicle", "order__station").only(*WANTED).order_by("-id")
    )


def _sees(scope: Scope, job: JobLine) -> bool:
    return job.order.station_id in scope.money

