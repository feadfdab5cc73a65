"""The web server and the events server, each in the foreground of its own process."""

import os
from typing import Any

from chejian.system import HERE

#: a worker that does not end by then is ended; always set, or a stop may wait without limit
WORKERS_KILL_TIMEOUT = 5


def web(host: str, port: int) -> None:
    """Pages: as many workers as cores, one thread each, so that a connection is never shared."""
    _serve("chejian.wsgi:application", "wsgi", host, port,
           workers=os.cpu_count() or 1, blocking_threads=1)


def events(host: str, port: int) -> None:
    """Live screens: one process holds all streams."""
    _serve("chejian.events_server:application", "asgi", host, port, workers=1, factory=True)


def _serve(target: str, interface: str, host: str, port: int, **options: Any) -> None:
    from granian import Granian  # noqa: PLC0415 - only the servers load it
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    HERE.contain_children()
    Granian(
        target, address=host, port=port, interface=Interfaces(interface), websockets=False,
        respawn_failed_workers=True, respawn_interval=0.5, log_level=LogLevels.warning,
        workers_kill_timeout=WORKERS_KILL_TIMEOUT, **options,
    ).serve()
