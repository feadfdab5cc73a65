"""Keeps a handful of processes running and writes what they say into one log.

Loads no Django. A child that ends for any reason is started again, with a growing pause; what a
dead child left of its own group is ended first, for such a remnant would hold the port and serve
old code. Children are started by the main thread: on Linux their end is tied to it.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chejian.console import UNKEPT, OperatorError, _
from chejian.system import HERE

TICK = 0.1
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a child that lived so long starts again without a longer pause
STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

log = logging.getLogger("chejian.supervisor")


class StopRequestedError(Exception):
    """The operator wants everything to end."""


@dataclass
class Role:
    """A process to keep alive. ``before`` runs before each start but the first."""

    name: str
    command: list[str]
    environment: dict[str, str]
    patience: float
    options: dict[str, Any] = field(default_factory=dict)
    ask_to_stop: Callable[[int], None] = lambda pid: HERE.ask_to_stop(pid, signal.SIGTERM)
    before: Callable[[], None] = lambda: None


class Child:
    """One role's present process, and what it said last."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.fails = 0
        self.due = 0.0
        self.tail: deque[str] = deque(maxlen=50)
        self.started = 0.0
        self.process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None

    def start(self) -> None:
        options = self.role.options or HERE.spawn_options(on_parent_death=signal.SIGTERM)
        self.tail.clear()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.role.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            **{"env": self.role.environment, **options},
        )
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()

    def ended(self) -> int | None:
        return self.process.poll() if self.process else None

    def said(self) -> str:
        if self._listener:
            self._listener.join(timeout=1)
        return "\n".join(self.tail)

    def clear_remnants(self) -> None:
        if self.process:
            HERE.kill_group(self.process.pid)

    def schedule(self, now: float) -> float:
        """Decide when to start again; returns the pause."""
        if now - self.started > STEADY_AFTER:
            self.fails = 0
        pause = min(FIRST_PAUSE * 2.0**self.fails, LONGEST_PAUSE)
        self.fails += 1
        self.due = now + pause
        return pause

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.role.ask_to_stop(self.process.pid)

    def wait(self, deadline: float, hurry: Callable[[], bool]) -> None:
        """Wait until the process ended; past the deadline it is ended with its whole group."""
        while self.process and self.process.poll() is None:
            if time.monotonic() > deadline or hurry():
                log.warning(_("%s does not stop in time and is ended"), self.role.name)
                HERE.kill_group(self.process.pid)
                self.process.wait()
            time.sleep(TICK / 5)
        self.clear_remnants()
        if self._listener:
            self._listener.join(timeout=1)

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is None:
            return
        speaker = logging.getLogger(f"chejian.child.{self.role.name}")
        for line in process.stdout:
            said = line.rstrip().removeprefix(UNKEPT)
            self.tail.append(said)
            speaker.info("%s", said, extra={"unkept": line.startswith(UNKEPT)})


class Supervisor:
    """Children in the order of their start; they stop in groups, the first one last."""

    def __init__(self, notes: Path) -> None:
        self.children: list[Child] = []
        self._notes = notes
        self._requests = 0

    def listen_for_signals(self) -> None:
        for name in STOP_SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, self._request_stop)

    def _request_stop(self, *_args: object) -> None:
        self._requests += 1

    def add(self, role: Role) -> Child:
        child = Child(role)
        self.children.append(child)
        child.start()
        self._write_notes()
        return child

    def tick(self) -> None:
        """One look at all children; raises StopRequestedError when the operator asked to stop."""
        self.raise_if_stopping()
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.ended() is not None:
                self._bury(child, now)
            elif child.process is None and now >= child.due:
                self._start_again(child)
        time.sleep(TICK)

    def _bury(self, child: Child, now: float) -> None:
        code = child.ended()
        child.clear_remnants()
        child.process = None
        pause = child.schedule(now)
        log.error(_("%(name)s ended (%(code)s), starting again in %(pause).1f s"),
                  {"name": child.role.name, "code": code, "pause": pause})

    def _start_again(self, child: Child) -> None:
        try:
            child.role.before()
            child.start()
        except (OperatorError, OSError) as error:
            log.error("%s", error)  # noqa: TRY400 - a message for people, not a trace
            child.schedule(time.monotonic())
        self._write_notes()

    def run_once(self, role: Role) -> None:
        """Run a process to its end beside the others. Raises OperatorError if it fails."""
        child = Child(role)
        child.start()
        try:
            while child.ended() is None:
                self.tick()
        finally:
            if child.ended() is None:
                child.clear_remnants()
        if child.ended() != 0:
            last = [line for line in child.said().splitlines() if line.strip()][-1:]
            raise OperatorError(" ".join(last) or f"{role.name}: {child.ended()}")

    def raise_if_stopping(self) -> None:
        if self._requests:
            raise StopRequestedError

    def watch(self) -> None:
        while True:
            self.tick()

    def stop(self) -> None:
        """Ask all but the first to stop together, then the first: the database outlives its users.

        A second request of the operator cuts the waiting short.
        """
        self._requests = 0
        log.info(_("stopping ..."))
        for group in (self.children[1:], self.children[:1]):
            begun = time.monotonic()
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.wait(begun + child.role.patience, lambda: self._requests > 0)
        self._notes.unlink(missing_ok=True)

    def _write_notes(self) -> None:
        """Which processes are ours, for a next start after all of this was killed."""
        living = {
            child.role.name: child.process.pid for child in self.children if child.process
        }
        self._notes.write_text(json.dumps(living), encoding="utf-8")


def end_leftovers(notes: Path, mark: str) -> bool:
    """End what a killed supervisor left: noted processes whose command line bears ``mark``.

    The number of a dead process may belong to another by now, hence the mark. Returns whether
    there was anything.
    """
    if not notes.exists():
        return False
    try:
        noted: dict[str, int] = json.loads(notes.read_text(encoding="utf-8"))
    except ValueError:  # cut off while being written
        noted = {}
    for name, pid in noted.items():
        if name != "database":  # it has its own way, which loses nothing
            _end_group(pid, mark)
    notes.unlink(missing_ok=True)
    return bool(noted)


def _end_group(pid: int, mark: str) -> None:
    """Workers whose own server was killed end by themselves (``System.die_with_parent``)."""
    if mark in (HERE.command_line(pid) or ""):
        HERE.kill_group(pid)


def set_up_log(folder: Path) -> None:
    """One readable log: time, who speaks, what; on the terminal and in a file that rolls over."""
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415 - only the first process logs

    folder.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(
        folder / "chejian.log", maxBytes=5_000_000, backupCount=4, encoding="utf-8"
    )
    file.addFilter(lambda record: not getattr(record, "unkept", False))
    screen = logging.StreamHandler(sys.stdout)
    for handler in (file, screen):
        handler.setFormatter(_LineFormatter("%(asctime)s %(speaker)-8s %(message)s", "%H:%M:%S"))
    file.setFormatter(_LineFormatter("%(asctime)s %(speaker)-8s %(message)s"))
    logging.raiseExceptions = False  # a full disk must not stop the shop because of its log
    root = logging.getLogger("chejian")
    root.handlers = [file, screen]
    root.setLevel(logging.INFO)
    root.propagate = False


class _LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.speaker = record.name.rpartition(".")[2].replace("supervisor", "chejian")
        return super().format(record)


def python_module(*arguments: str) -> list[str]:
    """A command of this program in a process of its own."""
    return [sys.executable, "-m", "chejian", *arguments]


def child_environment(**added: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", **added}
