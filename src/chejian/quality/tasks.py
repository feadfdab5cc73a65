"""What the worker does for quality: the certificate's paper."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.quality import paper_data
from chejian.quality.models import Certificate
from chejian.quality.services.certificates import TASK
from chejian.workorders import paper_source
from chejian.workorders.models import OrderPaper
from chejian.workorders.services.papers import make_paper


@app.task(name=TASK)
def make_certificate(paper_id: int) -> None:
    paper = OrderPaper.objects.select_related("order__station").get(pk=paper_id)
    certificate = Certificate.objects.select_related(
        "order__vehicle", "order__customer", "order__repair_class", "inspection__inspector"
    ).get(pk=paper.subject_id or 0)
    data = paper_data.completion_certificate(_sheet(certificate))
    make_paper(paper=paper, template=paper_data.TEMPLATE, data=data, at=timezone.now())


def _sheet(certificate: Certificate) -> paper_data.CompletionCertificate:
    order = certificate.order
    repair_class = order.repair_class
    delivery = getattr(order, "delivery", None)
    return paper_data.CompletionCertificate(
        number=certificate.number, customer=order.customer.name,
        vehicle=paper_source.vehicle(order), contract_no=order.number,
        repair_class=repair_class.name if repair_class else "",
        received_on=timezone.localdate(order.received_at) if order.received_at else None,
        delivered_on=timezone.localdate(order.delivered_at) if order.delivered_at else None,
        km_out=order.odometer_out, inspector=certificate.inspection.inspector.name,
        collected_by=delivery.collected_by if delivery else "",
        guarantee_km=repair_class.guarantee_km if repair_class else None,
        guarantee_days=repair_class.guarantee_days if repair_class else None,
    )
