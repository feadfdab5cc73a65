"""The whole thing as a shop runs it: `chejian up` in a process of its own, and what it survives."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from chejian.system import HERE

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals")]
START = 120.0


def free_ports():
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


class House:
    """One data folder, and the starts on it."""

    def __init__(self, base: Path) -> None:
        self.data, self.log = base / "data", base / "log"
        self.port, self.events_port = free_ports()
        self.environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("CHEJIAN", "DATABASE_URL", "DJANGO"))
        } | {"CHEJIAN_LANGUAGE": "en"}
        self.process = None

    def command(self, *arguments):
        return [sys.executable, "-m", "chejian", *arguments]

    def launch(self):
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(
                self.command("up", "--data", str(self.data), "--port", str(self.port),
                             "--events-port", str(self.events_port)),
                stdout=sink, stderr=sink, env=self.environment,
            )

    def start(self):
        self.launch()
        deadline = time.monotonic() + START
        while self.answer("readyz").get("status") != "ok" or "ready: " not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def run(self, *arguments):
        return subprocess.run(self.command(*arguments), env=self.environment,
                              capture_output=True, text=True, check=False)

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def answer(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=2) as page:
                return json.load(page)
        except (OSError, ValueError):
            return {}

    def database(self):
        return psycopg.connect((self.data / "run" / "database-url").read_text(), autocommit=True)

    def processes(self):
        """Everything that belongs to this folder, servers' workers included."""
        return {pid: line for pid, line in HERE.processes().items() if str(self.data) in line}

    def kill(self, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def forget_database_outside(self):
        """Root's database stands elsewhere when its user cannot reach the test's folder."""
        note = self.data / "database-folder"
        if note.is_file():
            shutil.rmtree(note.read_text(encoding="utf-8").strip(), ignore_errors=True)

    def wait_until_empty(self):
        deadline = time.monotonic() + 20
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.processes() == {}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    base = tmp_path_factory.mktemp("house")
    made = House(base)
    try:
        made.start()
        made.first_words = made.said()
        with made.database() as line:
            line.execute("CREATE TABLE kept (id int)")
        yield made
    finally:  # also when the start failed: nothing may go on running
        if made.process.poll() is None:
            made.stop()
        made.kill(made.processes())
        made.forget_database_outside()


def started(house):
    if house.process.poll() is not None:
        house.start()
    return house


def write(house, number):
    with house.database() as line:
        line.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(house):
    with house.database() as line:
        return {row[0] for row in line.execute("SELECT id FROM kept").fetchall()}


def test_the_first_start_shows_the_address_and_the_login(house):
    assert f"ready: http://127.0.0.1:{house.port}/" in house.first_words
    assert re.search(r"prepare\s+\S", house.first_words), "the first login is printed at the start"
    assert "Traceback" not in house.first_words


def test_it_says_that_it_is_well(house):
    started(house)
    alive, ready = house.answer("healthz"), house.answer("readyz")
    assert alive["status"] == ready["status"] == "ok"
    assert alive["start"] == ready["start"] != ""


def test_a_second_start_on_the_folder_is_refused_and_harms_nothing(house):
    started(house)
    second = house.run("up", "--data", str(house.data), "--port", "1")
    assert second.returncode == 1
    assert f"already running on {house.data}" in second.stderr
    assert str(house.process.pid) in second.stderr
    assert "Traceback" not in second.stderr
    assert house.answer("readyz")["status"] == "ok"


def test_a_taken_port_is_refused(house, tmp_path):
    started(house)
    other = house.run("up", "--data", str(tmp_path / "other"), "--port", str(house.port))
    assert other.returncode == 1
    assert f"Port {house.port} is taken" in other.stderr


def test_commands_find_the_running_database(house):
    started(house)
    write(house, 1)
    done = house.run("manage", "--data", str(house.data), "showmigrations", "core")
    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout


@pytest.mark.parametrize("name", ["web", "events", "worker", "database"])
def test_what_is_killed_comes_back(house, name):
    started(house)
    write(house, 10)
    before = json.loads((house.data / "run" / "processes.json").read_text())
    os.kill(before[name], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        now = json.loads((house.data / "run" / "processes.json").read_text() or "{}")
        if now.get(name, before[name]) != before[name] and house.answer("readyz"):
            break
        time.sleep(0.05)
    assert now[name] != before[name]
    assert house.answer("readyz")["status"] == "ok"
    assert 10 in kept(house)


@pytest.mark.parametrize("victims", ["the supervisor", "everything", "all but the web's workers"])
def test_after_kill_9_the_next_start_works_and_nothing_is_lost(house, victims):
    started(house)
    number = {"the supervisor": 20, "everything": 21}.get(victims, 22)
    write(house, number)
    old = house.answer("healthz")["start"]
    noted = json.loads((house.data / "run" / "processes.json").read_text())
    if victims == "the supervisor":
        house.kill([house.process.pid])
    elif victims == "everything":
        house.kill([house.process.pid, *house.processes()])
    else:
        house.kill([house.process.pid, *noted.values()])
    house.process.wait()
    house.start()
    assert house.answer("healthz")["start"] not in ("", old)
    assert number in kept(house)


def test_it_stops_cleanly_and_leaves_nothing(house):
    started(house)
    begun = time.monotonic()
    assert house.stop() == 0
    assert time.monotonic() - begun < 10
    house.wait_until_empty()
    assert not (house.data / "run" / "processes.json").exists()
    assert not (house.data / "run" / "database-url").exists()
    assert "Traceback" not in house.said()


def test_commands_start_a_database_for_themselves(house):
    if house.process.poll() is None:
        house.stop()
    done = house.run("manage", "--data", str(house.data), "showmigrations", "core")
    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout
    house.wait_until_empty()


def test_a_stop_in_the_middle_of_the_start_is_clean(house):
    if house.process.poll() is None:
        house.stop()
    house.launch()
    deadline = time.monotonic() + START
    while "starting PostgreSQL" not in house.said() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert house.stop() == 0
    assert "ready: " not in house.said()
    house.wait_until_empty()
