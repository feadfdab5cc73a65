"""What is kept for a while and then forgotten, so that it does not grow for ever.

Keys of forms and of the API (``core.replay``, ``core.once``) are of use as long as the same
request can come again: a draft lives a week in the browser after its last change, a program asks
again within hours. Sessions are of use until they end.
"""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import connection

#: twice as long as a draft in the browser (WEEK in core/static/core/js/drafts.js)
KEPT = timedelta(days=14)
BATCH = 5_000
# The table has no index on the moment: every key that is written would pay for a look an hour.
# A key that is being asked for at this moment is left to the next time.
FORGET = """
DELETE FROM core_replaykey WHERE key IN (
    SELECT key FROM core_replaykey WHERE at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""


def forget_keys(*, at: datetime, batch: int = BATCH) -> int:
    """Delete the keys that are older than ``KEPT``, batch by batch; returns how many.

    Each batch is committed on its own, so that nobody waits for the whole. What an old key had
    done stays done; sent once more it would be done once more.
    """
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [at - KEPT, batch])
            gone: int = cursor.rowcount
        forgotten += gone
        if gone < batch:
            return forgotten


def forget_sessions() -> None:
    """Delete the sessions that have ended."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
