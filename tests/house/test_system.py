"""The twins of the systems. Windows and macOS are judged by what they would call."""

import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from chejian import system


def test_each_system_has_its_twin():
    assert isinstance(system.twin("linux"), system.Linux)
    assert isinstance(system.twin("darwin"), system.MacOS)
    assert isinstance(system.twin("win32"), system.Windows)


def test_a_lock_is_held_by_one(tmp_path: Path):
    first, second = (tmp_path / "lock").open("a+"), (tmp_path / "lock").open("a+")
    system.HERE.lock(first)
    with pytest.raises(system.AlreadyLockedError):
        system.HERE.lock(second)
    first.close()
    system.HERE.lock(second)
    second.close()


def test_windows_locks_a_byte_beyond_the_note(tmp_path: Path, monkeypatch):
    calls = []

    def locking(handle, mode, length):
        calls.append((os.lseek(handle, 0, os.SEEK_CUR), mode, length))

    monkeypatch.setitem(
        sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    )
    with (tmp_path / "lock").open("w+") as file:
        system.Windows().lock(file)
    assert calls == [(1024, 2, 1)]


def test_windows_says_when_the_lock_is_taken(tmp_path: Path, monkeypatch):
    def locking(*_arguments):
        raise OSError(13, "taken")

    monkeypatch.setitem(
        sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    )
    with (tmp_path / "lock").open("w+") as file, pytest.raises(system.AlreadyLockedError):
        system.Windows().lock(file)


def test_windows_starts_children_in_a_group_of_their_own():
    assert system.Windows().spawn_options(signal.SIGTERM) == {"creationflags": 0x200}


def test_windows_asks_by_ctrl_break(monkeypatch):
    calls = []
    monkeypatch.setattr(os, "kill", lambda pid, number: calls.append((pid, number)))
    system.Windows().ask_to_stop(77, signal.SIGTERM)
    assert calls == [(77, 1)]


def test_windows_reads_the_process_list(monkeypatch):
    said = subprocess.CompletedProcess([], 0, stdout="4 \n77 postgres.exe -D C:\\data\n")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: said)
    assert system.Windows().command_line(77) == "postgres.exe -D C:\\data"
    assert system.Windows().command_line(78) is None


def test_windows_puts_itself_into_a_job_that_ends_its_members(monkeypatch):
    calls = []

    class Kernel:
        def CreateJobObjectW(self, *_arguments):  # noqa: N802 - the system's name
            return 5

        def GetCurrentProcess(self):  # noqa: N802
            return 9

        def SetInformationJobObject(self, job, kind, limits, size):  # noqa: N802
            calls.append((job, kind, limits._obj.basic.limit_flags, size))

        def AssignProcessToJobObject(self, job, process):  # noqa: N802
            calls.append((job, process))

    monkeypatch.setattr(system, "_kernel32", Kernel)
    system.Windows().contain_children()
    assert calls == [(5, 9, 0x2000, 144), (5, 9)]


@pytest.mark.parametrize(
    ("twin", "variables", "wanted"),
    [
        (system.Linux(), {"XDG_DATA_HOME": "/x"}, Path("/x")),
        (system.Linux(), {}, Path("/home/li/.local/share")),
        (system.MacOS(), {}, Path("/home/li/Library/Application Support")),
        (system.Windows(), {}, Path("/home/li/AppData/Local")),
        (system.Windows(), {"LOCALAPPDATA": "/y"}, Path("/y")),
    ],
)
def test_data_goes_where_the_system_wants_it(twin, variables, wanted, monkeypatch):
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/li"))
    assert twin.data_home() == wanted


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_both_unix_twins_see_processes():
    for twin in (system.Linux(), system.MacOS()):
        if isinstance(twin, system.Linux) and sys.platform != "linux":
            continue
        assert "pytest" in (twin.command_line(os.getpid()) or "")
        assert os.getpid() in twin.processes()
        assert twin.command_line(2**22 - 1) is None


@pytest.mark.skipif(sys.platform != "linux", reason="tied by the kernel")
def test_a_child_ends_with_its_parent(tmp_path: Path):
    parent = (
        "import subprocess, sys, time; from chejian.system import HERE\n"
        "p = subprocess.Popen(['sleep', '60'], **HERE.spawn_options(15))\n"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True
    ) as process:
        child = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 5
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    line = system.HERE.command_line(pid)
    return line is not None and "sleep" in line
