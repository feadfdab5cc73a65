"""The product as a shop runs it: `chejian up --demo` in a folder of its own, driven by browsers."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page

START = 240.0
DESK, PHONE = (1440, 900), (390, 844)


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


class House:
    """One running shop with its data."""

    def __init__(self, base: Path, *options: str) -> None:
        self.data, self.log = base / "data", base / "log"
        self.port, self.events_port = free_ports()
        self.options = options
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("CHEJIAN", "DATABASE_URL", "DJANGO", "PYTEST"))
        }
        self._states: dict[str, dict] = {}

    @classmethod
    def at(cls, data: Path, port: int) -> "House":
        """A shop that runs already."""
        made = cls(data.parent)
        made.data, made.port, made.address = data, port, f"http://127.0.0.1:{port}"
        return made

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "chejian", *arguments]

    def start(self) -> None:
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(
                self.command("up", "--data", str(self.data), "--port", str(self.port),
                             "--events-port", str(self.events_port), *self.options),
                stdout=sink, stderr=sink, env=self.environment,
            )
        deadline = time.monotonic() + START
        while not self._ready():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def _ready(self) -> bool:
        if self.address not in self.said():
            return False
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def check(self) -> str:
        """`chejian check`: every ledger re-summed. Fails the test when one does not tie."""
        done = subprocess.run(
            self.command("check", "--data", str(self.data)), env=self.environment,
            capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def database(self) -> Iterator["psycopg.Connection[tuple]"]:
        url = (self.data / "run" / "database-url").read_text(encoding="utf-8")
        with psycopg.connect(url, autocommit=True) as line:
            yield line

    def one(self, question: str, *values: object) -> object:
        with self.database() as line:
            row = line.execute(question, values).fetchone()
        return row[0] if row else None

    def login_of(self, role: str, station: str = "NS") -> str:
        """The user name of the first person with that role at the station, or anywhere."""
        found = self.one(
            "SELECT u.username FROM accounts_user u"
            " JOIN accounts_assignment a ON a.user_id = u.id"
            " JOIN accounts_role r ON r.id = a.role_id"
            " LEFT JOIN accounts_station s ON s.id = a.station_id"
            " WHERE r.code = %s AND (s.code = %s OR s.code IS NULL)"
            " ORDER BY s.code NULLS LAST, u.id LIMIT 1", role, station,
        )
        assert isinstance(found, str), role
        return found

    def session(self, browser: Browser, role: str) -> dict:
        """The cookies of that role's person, who logs in once per run."""
        if role not in self._states:
            context = browser.new_context(locale="zh-CN", base_url=self.address)
            page = context.new_page()
            page.goto("/login/")
            page.locator("input[name=login]").fill(self.login_of(role))
            page.get_by_label("密码").fill(self.password)
            page.get_by_label("密码").press("Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            self._states[role] = context.storage_state()  # type: ignore[assignment]
            context.close()
        return self._states[role]

    @property
    def password(self) -> str:
        from chejian.accounts.demo_login import DEMO_PASSWORD

        return DEMO_PASSWORD

    def open(
        self, browser: Browser, role: str, size: tuple[int, int] = DESK
    ) -> BrowserContext:
        width, height = size
        return browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN",
            timezone_id="Asia/Shanghai", base_url=self.address, color_scheme="light",
            storage_state=self.session(browser, role),  # type: ignore[arg-type]
            reduced_motion="reduce", has_touch=width < 500,
        )


def settled(page: Page) -> None:
    """Until HTMX has swapped what it asked for."""
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping')")


def shot(page: Page, name: str, *, narrow_too: bool = False) -> None:
    """A picture of the page (and as a phone shows it), into the folder named by CHEJIAN_SHOTS."""
    folder = os.environ.get("CHEJIAN_SHOTS")
    if not folder:
        return
    size = page.viewport_size or {"width": DESK[0], "height": DESK[1]}
    plain = re.sub(r"[^a-z0-9-]+", "-", name)
    path = Path(folder) / f"{plain}-{size['width']}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    if narrow_too:
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.screenshot(path=Path(folder) / f"{plain}-{PHONE[0]}.png")
        page.set_viewport_size(size)
