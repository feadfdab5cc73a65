"""What the worker does for people: their long exports."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.accounts.export_models import ExportJob
from chejian.accounts.services.exporting import TASK, expire_exports, run_export


@app.task(name=TASK)
def export(job_id: int) -> None:
    """Write one file."""
    job = ExportJob.objects.select_related("owner").get(pk=job_id)
    run_export(job=job, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.expire_exports", queueing_lock="accounts.expire_exports")
def expire(timestamp: int) -> None:
    """Files of exports are not kept for ever: they hold what a person may see today."""
    expire_exports(at=timezone.now())
