"""What the worker does for the house itself: forgetting.

Every hour, not at night: a shop's computer is switched off then, and what is due at that time is
not made up for.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from chejian.core import forgetting


@app.periodic(cron="40 * * * *")
@app.task(name="core.forget_keys", queueing_lock="core.forget_keys")
def forget_keys(timestamp: int) -> None:
    """Keys of forms and of the API that can no longer come again."""
    forgetting.forget_keys(at=timezone.now())


@app.periodic(cron="50 * * * *")
@app.task(name="core.forget_sessions", queueing_lock="core.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Sessions that have ended."""
    forgetting.forget_sessions()
