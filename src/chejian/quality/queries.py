"""What is looked at on an order, and what was measured so far."""

from django.db.models import Q, QuerySet

from chejian.quality.models import InspectionTemplate, Reading
from chejian.workorders.models import JobLine, WorkOrder


def items_for(order: WorkOrder) -> QuerySet[InspectionTemplate]:
    """The shop's items for the order's repair class: those of every class, and its own."""
    fitting = Q(repair_classes=None)
    if order.repair_class_id is not None:
        fitting |= Q(repair_classes=order.repair_class_id)
    return InspectionTemplate.objects.filter(fitting, active=True).distinct()


def items_at_work(job: JobLine) -> QuerySet[InspectionTemplate]:
    """Those that the technician measures at his job."""
    return items_for(job.order).filter(at_work=True)


def last_readings(order: WorkOrder) -> dict[str, Reading]:
    """The last value of each item, by its name."""
    rows = Reading.objects.filter(order=order).select_related("by").order_by("id")
    return {row.name: row for row in rows}
