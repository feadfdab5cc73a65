"""Jobs of a worker that was killed go back into the queue. Found by PROCRASTINATE_IMPORT_PATHS."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

SECONDS_WITHOUT_HEARTBEAT = 10

log = logging.getLogger(__name__)


# A queueing lock but no lock: a stalled run of this very task would block all later ones.
@app.periodic(cron="*/5 * * * * *")
@app.task(queueing_lock="rescue", pass_context=True)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> int:
    """Retry what was being done by workers that are silent; returns how many."""
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs(
        seconds_since_heartbeat=SECONDS_WITHOUT_HEARTBEAT
    ))
    for job in stalled:
        log.warning("job %s (%s) of a silent worker goes back into the queue", job.id,
                    job.task_name)
        await manager.retry_job(job)
    return len(stalled)
