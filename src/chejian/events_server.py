"""Live screens: tells browsers what the database announced. ASGI, without Django.

The database notifies ``chejian_events`` with ``{"c": channel, "k": kind, "id": ..., "e": ...}``. A
browser opens ``GET /events?token=…`` with the note that its page carried (see ``events_token``) and
is sent what its channels hear: ids, never data; the page fetches again and so sees only what it
may. What was announced while the line to the database was down is lost, hence ``resync`` after
each reconnect. When the note expires the stream says ``expired`` and ends.
"""

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from chejian import secrets_store
from chejian.events_token import BadTokenError, Grant, verify
from chejian.system import HERE

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

CHANNEL = "chejian_events"
PING_SECONDS = 15.0
QUEUE_LENGTH = 200  # a browser that is further behind is cut off and starts over
RETRY = b"retry: 2000\n\n"
RESYNC = b"event: resync\ndata: {}\n\n"
EXPIRED = b"event: expired\ndata: {}\n\n"


class Listener:
    """One browser: its channels and what waits to be sent. ``None`` in the queue ends it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_LENGTH)

    def tell(self, message: bytes) -> bool:
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.end()
            return False
        return True

    def end(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Switchboard:
    """All listeners of this process."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()

    def announce(self, payload: str) -> None:
        """Pass one notification to those whose channels hear it; ``all`` is heard by everyone."""
        try:
            channel = str(json.loads(payload)["c"])
        except (ValueError, KeyError, TypeError):
            return
        message = f"data: {payload}\n\n".encode()
        for listener in list(self.listeners):
            if channel == "all" or channel in listener.grant.channels:
                self._tell(listener, message)

    def resync(self) -> None:
        for listener in list(self.listeners):
            self._tell(listener, RESYNC)

    def close(self) -> None:
        for listener in list(self.listeners):
            listener.end()

    def _tell(self, listener: Listener, message: bytes) -> None:
        if not listener.tell(message):
            self.listeners.discard(listener)


class DatabaseLine(threading.Thread):
    """The one connection that listens, in a thread: it runs the same on every event loop."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop, board: Switchboard) -> None:
        super().__init__(daemon=True)
        self.connected = False
        self._url, self._loop, self._board = url, loop, board

    def run(self) -> None:
        pause = 0.2
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                pause = self._listen()
            self.connected = False
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _listen(self) -> float:
        with psycopg.connect(self._url, autocommit=True, application_name="chejian events") as line:
            line.execute(f"LISTEN {CHANNEL}")
            self.connected = True
            self._loop.call_soon_threadsafe(self._board.resync)
            for note in line.notifies():
                self._loop.call_soon_threadsafe(self._board.announce, note.payload)
        return 0.2


class EventsApp:
    """The ASGI application."""

    def __init__(self, url: str, secret: str, origins: frozenset[str], start_id: str) -> None:
        self.board = Switchboard()
        self._url, self._secret, self._origins, self._start_id = url, secret, origins, start_id
        self._line: DatabaseLine | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        self._line = DatabaseLine(self._url, loop, self.board)
        self._line.start()
        if threading.current_thread() is threading.main_thread():
            self._close_streams_at_the_signal(loop)

    def _close_streams_at_the_signal(self, loop: asyncio.AbstractEventLoop) -> None:
        """The server waits for open streams; they are ended first, then its own handler runs."""
        before = signal.getsignal(signal.SIGTERM)

        def close(number: int, frame: Any) -> None:
            loop.call_soon_threadsafe(self.board.close)
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, close)

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = _cors(scope, self._origins)
        if scope["path"] == "/healthz":
            ready = self._line is not None and self._line.connected
            await _plain(send, 200 if ready else 503, self._health(ready), headers)
        elif scope["path"] == "/events" and scope["method"] == "GET":
            await self._events(scope, receive, send, headers)
        else:
            await _plain(send, 404, b"{}", headers)

    def _health(self, ready: bool) -> bytes:
        status = "ok" if ready else "no database"
        return json.dumps({"status": status, "start": self._start_id}).encode()

    async def _events(
        self, scope: dict[str, Any], receive: Receive, send: Send, headers: list[Any]
    ) -> None:
        token = parse_qs(scope["query_string"].decode()).get("token", [""])[0]
        try:
            listener = Listener(verify(token, self._secret, int(time.time())))
        except BadTokenError:
            await _plain(send, 403, b"{}", headers)
            return
        stream = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"),
                  (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": stream + headers})
        self.board.listeners.add(listener)
        gone = asyncio.ensure_future(_until_gone(receive, listener))
        try:
            await self._stream(listener, send)
        finally:
            gone.cancel()
            self.board.listeners.discard(listener)

    async def _stream(self, listener: Listener, send: Send) -> None:
        await _part(send, RETRY)
        while (left := listener.grant.expires - time.time()) > 0:
            try:
                message = await asyncio.wait_for(listener.queue.get(), min(PING_SECONDS, left))
            except TimeoutError:
                message = b": ping\n\n"
            if message is None:
                break
            await _part(send, message)
        else:
            await _part(send, EXPIRED)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _plain(send: Send, status: int, body: bytes, headers: list[Any]) -> None:
    kind = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": kind + headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _cors(scope: dict[str, Any], origins: frozenset[str]) -> list[tuple[bytes, bytes]]:
    """Pages of this very host (on whatever port) may read, and those that were listed."""
    given = {name: value for name, value in scope["headers"] if name in (b"origin", b"host")}
    origin = given.get(b"origin", b"").decode("latin-1")
    host = given.get(b"host", b"").decode("latin-1")
    same = bool(origin) and urlsplit(origin).hostname == urlsplit(f"//{host}").hostname
    if same or origin in origins:
        return [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
    return []


def application() -> EventsApp:
    """Made by the server in its worker, from the environment."""
    HERE.die_with_parent()
    origins = os.environ.get("CHEJIAN_TRUSTED_ORIGINS", "")
    return EventsApp(
        os.environ.get("DATABASE_URL", "postgresql://localhost/chejian"),
        secrets_store.read(Path(os.environ.get("CHEJIAN_DATA", "var")), "secret_key"),
        frozenset(filter(None, origins.split(","))),
        os.environ.get("CHEJIAN_START_ID", ""),
    )
