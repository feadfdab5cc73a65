"""The live channel: what is heard by whom, and how a stream ends."""

import asyncio
import json
import os
import time

import psycopg
import pytest

from chejian import events_server
from chejian.events_server import EventsApp, Listener, Switchboard
from chejian.events_token import Grant, mint

SECRET = "of the test"


def grant(*channels, expires=None):
    return Grant(frozenset(channels), expires or int(time.time()) + 60)


class Browser:
    """One open stream, driven without a server."""

    def __init__(self, app, token, headers=(), path="/events"):
        self.sent, self._gone = [], asyncio.Event()
        scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers),
                 "query_string": f"token={token}".encode()}
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return dict(self.sent[0]["headers"])

    @property
    def text(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:]).decode()

    async def until(self, part):
        for _ in range(500):
            if part in self.text:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{part!r} not in {self.text!r}")

    async def leave(self):
        self._gone.set()
        await self.task


def app(url=""):
    return EventsApp(url, SECRET, frozenset({"https://shop.example"}), "start")


def token(*channels, ttl=60):
    return mint(channels, ttl, SECRET, int(time.time()))


def test_only_its_channels_reach_a_browser():
    async def play():
        server = app()
        north, south = Browser(server, token("station:3")), Browser(server, token("station:4"))
        await north.until("retry: 2000")
        await south.until("retry: 2000")
        server.board.announce('{"c":"station:3","k":"order","id":7,"e":1}')
        server.board.announce('{"c":"all","k":"closing","id":1,"e":2}')
        server.board.announce("not json")
        server.board.announce("{}")
        await north.until('"id":7')
        await south.until("closing")
        assert "station:3" not in south.text
        await north.leave()
        await south.leave()
        assert server.board.listeners == set()

    asyncio.run(play())


@pytest.mark.parametrize("given", ["", "rubbish", "expired"])
def test_without_a_good_token_nothing_opens(given):
    async def play():
        text = token("station:3", ttl=-1) if given == "expired" else given
        browser = Browser(app(), text)
        await browser.task
        assert browser.status == 403
        assert browser.text == "{}"

    asyncio.run(play())


def test_a_stream_ends_when_its_token_does():
    async def play():
        browser = Browser(app(), token("station:3", ttl=1))
        await asyncio.wait_for(browser.task, 5)
        assert browser.text.endswith("event: expired\ndata: {}\n\n")

    asyncio.run(play())


def test_a_quiet_stream_is_kept_alive(monkeypatch):
    monkeypatch.setattr(events_server, "PING_SECONDS", 0.05)

    async def play():
        browser = Browser(app(), token("station:3"))
        await browser.until(": ping")
        await browser.leave()

    asyncio.run(play())


def test_a_browser_that_does_not_read_is_cut_off():
    async def play():
        board = Switchboard()
        slow = Listener(grant("station:3"))
        board.listeners.add(slow)
        for number in range(events_server.QUEUE_LENGTH + 1):
            board.announce(json.dumps({"c": "station:3", "e": number}))
        assert board.listeners == set()
        assert slow.queue.qsize() == 1
        assert slow.queue.get_nowait() is None

    asyncio.run(play())


def test_closing_ends_every_stream_at_once():
    async def play():
        server = app()
        browsers = [Browser(server, token("all")) for _ in range(20)]
        for browser in browsers:
            await browser.until("retry")
        begun = time.monotonic()
        server.board.close()
        await asyncio.gather(*(browser.task for browser in browsers))
        assert time.monotonic() - begun < 1

    asyncio.run(play())


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("http://127.0.0.1:8700", "127.0.0.1:8701", True),
        ("http://192.168.1.5:8700", "192.168.1.5:8701", True),
        ("http://[::1]:8700", "[::1]:8701", True),
        ("https://shop.example", "events.shop.example", True),
        ("https://other.example", "127.0.0.1:8701", False),
        ("null", "127.0.0.1:8701", False),
        ("", "127.0.0.1:8701", False),
    ],
)
def test_other_sites_may_not_read(origin, host, allowed):
    async def play():
        headers = [(b"origin", origin.encode()), (b"host", host.encode())]
        browser = Browser(app(), token("all"), headers)
        await browser.until("retry")
        assert (browser.headers.get(b"access-control-allow-origin") == origin.encode()) is allowed
        await browser.leave()

    asyncio.run(play())


def test_what_the_database_announces_arrives_and_a_broken_line_is_told():
    url = os.environ["DATABASE_URL"].replace("/chejian?", "/postgres?")

    async def play():
        server = app(url)
        server._start()
        browser = Browser(server, token("station:3"))
        await browser.until("event: resync")
        with psycopg.connect(url, autocommit=True) as connection:
            note = '{"c":"station:3","k":"order","id":7,"e":1}'
            connection.execute("SELECT pg_notify('chejian_events', %s)", [note])
            await browser.until(f"data: {note}\n\n")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'chejian events'"
            )
        for _ in range(500):
            if browser.text.count("event: resync") == 2:
                break
            await asyncio.sleep(0.01)
        assert browser.text.count("event: resync") == 2
        health = Browser(server, "", path="/healthz")
        await health.task
        assert json.loads(health.text) == {"status": "ok", "start": "start"}
        await browser.leave()

    asyncio.run(play())
