"""What was recommended and declined, and has not been done since."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from chejian.core.ready import Ready
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
    for job in _read(scope):
        once.setdefault((job.order.vehicle_id, job.name), []).append(job)
    return [
        Advice(jobs[0], len(jobs), jobs[0].amount if _sees(scope, jobs[0]) else None)
        for jobs in list(once.values())[:SHOWN]
    ]


def _read(scope: Scope) -> list[JobLine]:
    if len(scope.ids) == 1:
        return OF_ONE.all(scope.ids[0], key=scope.key)
    return list(_rows(scope.orders))


def _rows(of_subject: Q) -> QuerySet[JobLine]:
    later = JobLine.objects.filter(
        Q(name=OuterRef("name")) | Q(operation__isnull=False, operation=OuterRef("operation")),
        order__vehicle=OuterRef("order__vehicle"), order_id__gte=OuterRef("order_id"),
        status__in=DONE,
    )
    orders = WorkOrder.objects.filter(of_subject).exclude(status="cancelled")
    rows = JobLine.objects.filter(order__in=orders, status="declined")
    return (
        rows.filter(~Exists(later))
        .select_related("order__vehicle", "order__station").only(*WANTED).order_by("-id")[:READ]
    )


#: nearly every customer and car is one record
OF_ONE = Ready(lambda pk, *, key: _rows(Q(**{key: pk})))


def _sees(scope: Scope, job: JobLine) -> bool:
    return job.order.station_id in scope.money

