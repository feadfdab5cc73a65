"""What the worker does for work orders: papers, closing, resuming; one verb each."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.workorders import paper_source
from chejian.workorders.models import OrderPaper
from chejian.workorders.services.outcome import close_due
from chejian.workorders.services.papers import TASK, make_paper
from chejian.workorders.services.work import resume_ready


@app.task(name=TASK, queueing_lock=None)
def make_order_paper(paper_id: int) -> None:
    """Repair order or walk-around sheet of one row."""
    paper = OrderPaper.objects.select_related("order__station").get(pk=paper_id)
    template, data = paper_source.of(paper)
    make_paper(paper=paper, template=template, data=data, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="workorders.close_due", queueing_lock="workorders.close_due")
def close_due_orders(timestamp: int) -> None:
    """Delivered orders whose follow-up days are over."""
    close_due(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="workorders.resume_ready", queueing_lock="workorders.resume_ready")
def resume_ready_orders(timestamp: int) -> None:
    """Orders on hold for parts that have come in; the stores' own screens do it at once."""
    resume_ready(station_id=None, at=timezone.now())
