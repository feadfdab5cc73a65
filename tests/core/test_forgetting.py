"""Keys and sessions are forgotten in time, and not before."""

import math
import re
import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from chejian import core
from chejian.core.forgetting import KEPT, forget_keys, forget_sessions
from chejian.core.models import ReplayKey
from chejian.core.replay import KeyReused, once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 40, tzinfo=UTC)


def key(age: timedelta) -> uuid.UUID:
    made = ReplayKey.objects.create(verb="test", result_id=1)
    ReplayKey.objects.filter(pk=made.pk).update(at=NOW - age)
    return made.pk


def test_old_keys_go_in_batches_and_younger_ones_stay() -> None:
    old = [key(KEPT + timedelta(seconds=n + 1)) for n in range(5)]
    young = [key(KEPT), key(timedelta(days=7)), key(timedelta(0))]

    assert forget_keys(at=NOW, batch=2) == 5

    assert set(ReplayKey.objects.values_list("pk", flat=True)) == set(young)
    assert not set(old) & set(young)
    assert forget_keys(at=NOW, batch=2) == 0


def test_a_key_in_time_is_still_known_and_a_forgotten_one_is_new() -> None:
    known, forgotten = key(KEPT - timedelta(minutes=1)), key(KEPT + timedelta(minutes=1))
    forget_keys(at=NOW)
    assert once(key=known, verb="test", by_id=None, act=lambda: 2) == 1
    with pytest.raises(KeyReused):
        once(key=known, verb="another", by_id=None, act=lambda: 2)
    assert once(key=forgotten, verb="test", by_id=None, act=lambda: 2) == 2


def test_a_key_outlives_a_draft_in_the_browser() -> None:
    """A draft that is restored after a week brings its old key along."""
    script = Path(core.__file__).parent / "static/core/js/drafts.js"
    said = re.search(r"const WEEK = ([\d *]+);", script.read_text())
    assert said is not None
    draft = timedelta(milliseconds=math.prod(int(one) for one in said[1].split("*")))
    assert draft * 2 <= KEPT


def test_sessions_that_have_ended_go() -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended, running = store(), store()
    for one, seconds in ((ended, -1), (running, 60)):
        one.set_expiry(timezone.now() + timedelta(seconds=seconds))
        one.create()
    forget_sessions()
    assert [store().exists(one.session_key) for one in (ended, running)] == [False, True]


def test_the_worker_does_it_every_hour() -> None:
    crons = {one.task.name: one.cron for one in app.periodic_registry.periodic_tasks.values()}
    assert crons["core.forget_keys"] == "40 * * * *"
    assert crons["core.forget_sessions"] == "50 * * * *"
