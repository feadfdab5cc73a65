"""The worker: takes jobs from the database's queue, one at a time.

One job at a time and a short polling interval: with more the library loses wake-ups and jobs wait
for the whole interval. Heartbeats are short so that the jobs of a killed worker are taken up
again within a quarter of a minute.
"""

import asyncio
import sys
from contextlib import suppress

import django

from chejian.rescue import keep_rescuing
from chejian.system import HERE

#: below the supervisor's patience: a second signal would leave the job marked as running
GRACE = 20.0
HEARTBEAT = 3.0
STALLED_AFTER = 10.0


def run() -> None:
    HERE.die_with_parent()
    django.setup()
    # psycopg cannot wait on the default loop of Windows
    factory = getattr(asyncio, "SelectorEventLoop") if sys.platform == "win32" else None  # noqa: B009
    asyncio.run(_work(), loop_factory=factory)


async def _work() -> None:
    from procrastinate.contrib.django import app  # noqa: PLC0415 - ready only after setup
    from procrastinate.contrib.django.django_connector import DjangoConnector  # noqa: PLC0415

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError(connector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            rescuing = asyncio.create_task(keep_rescuing(worker_app.job_manager))
            try:
                await worker_app.run_worker_async(
                    concurrency=1,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED_AFTER,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="successful",
                )
            finally:
                rescuing.cancel()
                with suppress(asyncio.CancelledError):
                    await rescuing
