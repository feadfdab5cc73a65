"""What the worker does for billing: the settlement list's paper."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.billing import paper_data, paper_source
from chejian.billing.models import Settlement
from chejian.billing.services.papers import TASK
from chejian.workorders.models import OrderPaper
from chejian.workorders.services.papers import make_paper


@app.task(name=TASK)
def make_settlement_list(paper_id: int) -> None:
    """The list of one settlement or reversal."""
    paper = OrderPaper.objects.select_related("order__station").get(pk=paper_id)
    settlement = (
        Settlement.objects.select_related(
            "order__vehicle", "order__customer", "order__repair_class", "by", "reverses"
        )
        .prefetch_related("lines", "receivable__allocations__payment__parts")
        .get(pk=paper.subject_id or 0)
    )
    data = paper_data.settlement_list(paper_source.settlement_list(settlement))
    make_paper(paper=paper, template=paper_data.TEMPLATE, data=data, at=timezone.now())
