"""Jobs of a worker that was killed go back into the queue.

A task of the worker's own loop, not a job: it must also run while the only place for jobs is
taken, and a job every few seconds that waits behind a long one fills the database's log.
"""

import asyncio
import logging

from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

SECONDS_WITHOUT_HEARTBEAT = 10
EVERY = 5.0

log = logging.getLogger(__name__)


async def keep_rescuing(manager: JobManager, every: float = EVERY) -> None:
    """Rescue until cancelled; a database that does not answer is asked again."""
    while True:
        try:
            await rescue(manager)
        except ConnectorException as error:
            log.warning("silent workers could not be looked for: %s", error)
        await asyncio.sleep(every)


async def rescue(manager: JobManager) -> int:
    """Retry what was being done by workers that are silent; returns how many."""
    stalled = list(await manager.get_stalled_jobs(
        seconds_since_heartbeat=SECONDS_WITHOUT_HEARTBEAT
    ))
    for job in stalled:
        log.warning("job %s (%s) of a silent worker goes back into the queue", job.id,
                    job.task_name)
        await manager.retry_job(job)
    return len(stalled)
