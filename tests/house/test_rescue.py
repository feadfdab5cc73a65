"""Jobs of silent workers, and a log that tells only what matters."""

import asyncio

import pytest
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from chejian.rescue import keep_rescuing, rescue
from chejian.workorders import tasks


class Manager:
    """A queue with two jobs of a worker that says nothing any more."""

    def __init__(self, silent=True):
        self.asked, self.retried, self.silent = 0, [], silent

    async def get_stalled_jobs(self, seconds_since_heartbeat):
        self.asked += 1
        if not self.silent:
            raise ConnectorException("the server is away")
        return [Job(3), Job(4)]

    async def retry_job(self, job):
        self.retried.append(job.id)


class Job:
    task_name = "paper"

    def __init__(self, pk):
        self.id = pk


def test_jobs_of_a_silent_worker_go_back():
    manager = Manager()
    assert asyncio.run(rescue(manager)) == 2
    assert manager.retried == [3, 4]


def test_a_database_that_is_away_is_asked_again():
    manager = Manager(silent=False)

    async def a_while():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(keep_rescuing(manager, every=0.01), 0.3)

    asyncio.run(a_while())
    assert manager.asked > 2


def test_a_start_defers_no_tick_twice():
    """Each missed tick would be a refused insert, and an error in the database's log."""
    known = {periodic.task.name: periodic for periodic in app.periodic_registry.periodic_tasks
             .values()}
    assert tasks.resume_ready_orders.name in known
    for periodic in known.values():
        first, second = (periodic.croniter.get_next(ret_type=float) for _ in range(2))
        assert second - first > app.periodic_defaults["max_delay"]
