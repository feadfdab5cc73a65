import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chejian.console import OperatorError
from chejian.supervisor import (
    Child,
    Role,
    StopRequestedError,
    Supervisor,
    end_leftovers,
    set_up_log,
)
from chejian.system import HERE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not run on Windows")


def role(code, name="part", patience=5.0):
    return Role(name, [sys.executable, "-c", code], dict(os.environ), patience)


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(tmp_path / "processes.json")
    yield made
    made.stop()


def until(condition, supervisor, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        supervisor.tick()


@pytest.mark.parametrize("code", [0, 1])
def test_a_child_that_ends_is_started_again_whatever_its_code(supervisor, tmp_path, code):
    file = tmp_path / "starts"
    child = supervisor.add(role(
        f"import sys, time; open({str(file)!r}, 'a').write('x');"
        f"sys.exit({code}) if open({str(file)!r}).read() == 'x' else time.sleep(60)"
    ))
    until(lambda: file.exists() and file.read_text() == "xx", supervisor)
    assert child.fails == 1
    assert child.ended() is None


def test_the_pause_grows_and_is_forgiven_after_a_steady_time():
    child = Child(role("pass"))
    child.started = 100.0
    assert [child.schedule(101.0) for _ in range(3)] == [0.2, 0.4, 0.8]
    child.fails = 20
    assert child.schedule(101.0) == 30.0
    assert child.schedule(100.0 + 61.0) == 0.2


def test_what_a_killed_child_left_behind_is_ended(supervisor, tmp_path):
    """A server's workers would go on serving the old code."""
    note = tmp_path / "grandchild"
    child = supervisor.add(role(
        "import subprocess, time; p = subprocess.Popen(['sleep', '61']);"
        f"open({str(note)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    ))
    until(lambda: note.exists() and note.read_text(), supervisor)
    grandchild = int(note.read_text())
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: child.process is not None and child.process.pid != first, supervisor)
    deadline = time.monotonic() + 5
    while "sleep 61" in (HERE.command_line(grandchild) or "") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "sleep 61" not in (HERE.command_line(grandchild) or "")


def test_the_first_child_stops_last(supervisor, tmp_path):
    order = tmp_path / "order"
    code = ("import signal, sys, time\n"
            "def end(*_): open({0!r}, 'a').write({1!r}); sys.exit(0)\n"
            "signal.signal(signal.SIGTERM, end); open({0!r} + {1!r}, 'w'); time.sleep(60)")
    for name in "ab":
        supervisor.add(role(code.format(str(order), name), name))
    until(lambda: all(Path(f"{order}{name}").exists() for name in "ab"), supervisor)
    supervisor.stop()
    assert order.read_text() == "ba"


def test_a_child_that_does_not_stop_is_ended_after_its_patience(supervisor, tmp_path):
    ready = tmp_path / "ready"
    child = supervisor.add(role(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(ready)!r}, 'w'); time.sleep(60)", patience=0.3
    ))
    until(ready.exists, supervisor)
    process, begun = child.process, time.monotonic()
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - begun < 3


def test_a_process_run_once_tells_why_it_failed(supervisor):
    supervisor.run_once(role("print('well')"))
    with pytest.raises(OperatorError, match=r"^the reason$"):
        supervisor.run_once(role("print('before'); print('the reason'); raise SystemExit(1)"))


def test_the_operator_stops_even_what_runs_once(supervisor):
    supervisor.listen_for_signals()
    before = {name: signal.getsignal(getattr(signal, name)) for name in ("SIGINT", "SIGTERM")}
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        begun = time.monotonic()
        with pytest.raises(StopRequestedError):
            supervisor.run_once(role("import time; time.sleep(60)"))
        assert time.monotonic() - begun < 5
    finally:
        assert before
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_leftovers_are_ended_only_when_they_are_ours(tmp_path):
    notes = tmp_path / "processes.json"
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen([*sleeper, str(tmp_path)], start_new_session=True)
    stranger = subprocess.Popen(sleeper, start_new_session=True)
    notes.write_text(json.dumps({"web": ours.pid, "events": stranger.pid}))
    try:
        assert end_leftovers(notes, str(tmp_path)) is True
        assert ours.wait(5) == -signal.SIGKILL
        assert stranger.poll() is None
        assert not notes.exists()
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("text", ["", "{", '{"web": '])
def test_a_note_that_was_cut_off_is_no_obstacle(tmp_path, text):
    notes = tmp_path / "processes.json"
    notes.write_text(text)
    assert end_leftovers(notes, "x") is False
    assert not notes.exists()


def test_what_is_for_the_terminal_alone_is_not_kept(supervisor, tmp_path, capsys, monkeypatch):
    """The first password is shown once; the log file outlives it."""
    monkeypatch.setenv("CHEJIAN_START_ID", "any")
    house = logging.getLogger("chejian")
    before = (house.handlers, house.level, house.propagate)
    set_up_log(tmp_path)
    try:
        supervisor.run_once(role(
            "from chejian.console import unkept; print(unkept('Password: x7')); print('kept')"
        ))
        file = (tmp_path / "chejian.log").read_text(encoding="utf-8")
    finally:
        for handler in house.handlers:
            handler.close()
        house.handlers, house.level, house.propagate = before
    assert "Password: x7" in capsys.readouterr().out
    assert "kept" in file
    assert "x7" not in file
