"""Calls that differ between Linux, macOS and Windows: one place, one twin per system.

Nothing else in the house asks which system it runs on. Standard library only.
"""

import ctypes
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

CTRL_BREAK = 1  # signal.CTRL_BREAK_EVENT, which only Windows defines
NEW_PROCESS_GROUP = 0x00000200
KILL_ON_JOB_CLOSE = 0x2000
EXTENDED_LIMIT_INFORMATION = 9
PR_SET_PDEATHSIG = 1


class AlreadyLockedError(Exception):
    """Another process holds the lock."""


class System:
    """What every system can do the same way, and the names of what differs."""

    #: local sockets keep the database off the network; Windows has none for it
    local_sockets = True

    def lock(self, file: IO[str]) -> None:
        """Take an exclusive lock that ends with this process. Raises AlreadyLockedError."""
        raise NotImplementedError

    def spawn_options(self, on_parent_death: int) -> dict[str, Any]:
        """Options of Popen: an own group, and an end that follows the parent's end."""
        raise NotImplementedError

    def contain_children(self) -> None:
        """Called once by a parent: see to it that its children end with it, where that is his."""

    def die_with_parent(self) -> None:
        """Called once by a child: end when the parent is gone."""

    def ask_to_stop(self, pid: int, number: int) -> None:
        """Ask one process to stop by signal ``number``; a process that is gone is no error."""
        raise NotImplementedError

    def kill_group(self, pid: int) -> None:
        """End a process and all that it started, at once."""
        raise NotImplementedError

    def command_line(self, pid: int) -> str | None:
        """The command line of a living process, or None when there is no such process."""
        raise NotImplementedError

    def processes(self) -> dict[int, str]:
        """Command lines of all living processes that can be seen, by pid."""
        raise NotImplementedError

    def data_home(self) -> Path:
        """The folder where a program keeps a user's data."""
        raise NotImplementedError

    def is_root(self) -> bool:
        return False


class Posix(System):
    def lock(self, file: IO[str]) -> None:
        import fcntl  # noqa: PLC0415 - not on Windows

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyLockedError from error

    def spawn_options(self, on_parent_death: int) -> dict[str, Any]:
        return {"start_new_session": True}

    def die_with_parent(self) -> None:
        parent = os.getppid()
        threading.Thread(target=self._watch, args=(parent,), daemon=True).start()

    def _watch(self, parent: int) -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    def ask_to_stop(self, pid: int, number: int) -> None:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return

    def kill_group(self, pid: int) -> None:
        try:
            os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def command_line(self, pid: int) -> str | None:
        answer = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True, text=True, check=False,
        )
        return answer.stdout.strip() or None

    def processes(self) -> dict[int, str]:
        answer = subprocess.run(
            ["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False
        )
        rows = (line.split(None, 1) for line in answer.stdout.splitlines())
        return {int(row[0]): row[1] for row in rows if len(row) == 2}

    def is_root(self) -> bool:
        return os.geteuid() == 0


class Linux(Posix):
    def spawn_options(self, on_parent_death: int) -> dict[str, Any]:
        libc = ctypes.CDLL(None)  # loaded before the fork: the child may not load anything

        def follow_parent() -> None:  # runs after the change of user, so that it holds
            libc.prctl(PR_SET_PDEATHSIG, on_parent_death)

        return {"start_new_session": True, "preexec_fn": follow_parent}

    def die_with_parent(self) -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def command_line(self, pid: int) -> str | None:
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return raw.replace(b"\0", b" ").decode(errors="replace").strip() or None

    def processes(self) -> dict[int, str]:
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        lines = ((pid, self.command_line(pid)) for pid in pids)
        return {pid: line for pid, line in lines if line}

    def data_home(self) -> Path:
        named = os.environ.get("XDG_DATA_HOME")
        return Path(named) if named else Path.home() / ".local" / "share"


class MacOS(Posix):
    def data_home(self) -> Path:
        return Path.home() / "Library" / "Application Support"


class Windows(System):
    local_sockets = False

    def lock(self, file: IO[str]) -> None:
        msvcrt = importlib.import_module("msvcrt")  # only on Windows
        file.seek(1024)  # beyond the note in the file, which others must be able to read
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise AlreadyLockedError from error
        finally:
            file.seek(0)

    def spawn_options(self, on_parent_death: int) -> dict[str, Any]:
        return {"creationflags": NEW_PROCESS_GROUP}

    def contain_children(self) -> None:
        """Put this process into a job object: Windows ends all its members with the last handle."""
        kernel = _kernel32()
        job = kernel.CreateJobObjectW(None, None)
        limits = JobLimits()
        limits.basic.limit_flags = KILL_ON_JOB_CLOSE
        kernel.SetInformationJobObject(
            job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())

    def ask_to_stop(self, pid: int, number: int) -> None:
        try:
            os.kill(pid, CTRL_BREAK)
        except OSError:
            return

    def kill_group(self, pid: int) -> None:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)

    def command_line(self, pid: int) -> str | None:
        return self.processes().get(pid)

    def processes(self) -> dict[int, str]:
        answer = subprocess.run(
            ["powershell", "-NoProfile", "-Command",
             "Get-CimInstance Win32_Process | ForEach-Object "
             "{ \"$($_.ProcessId) $($_.CommandLine)\" }"],
            capture_output=True, text=True, check=False,
        )
        rows = (line.split(None, 1) for line in answer.stdout.splitlines())
        return {int(row[0]): row[1] for row in rows if len(row) == 2 and row[0].isdigit()}

    def data_home(self) -> Path:
        named = os.environ.get("LOCALAPPDATA")
        return Path(named) if named else Path.home() / "AppData" / "Local"


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION of the Windows API."""

    _fields_ = (
        ("per_process_time", ctypes.c_int64),
        ("per_job_time", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of the Windows API."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def _kernel32() -> Any:
    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009 - only on Windows
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.SetInformationJobObject.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32
    ]
    kernel.AssignProcessToJobObject.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    return kernel


def twin(platform: str = sys.platform) -> System:
    """The twin of the system that the program runs on."""
    if platform == "win32":
        return Windows()
    return MacOS() if platform == "darwin" else Linux()


HERE: System = twin()
