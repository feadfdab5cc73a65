"""The product under the benchmark: started as a shop starts it, on a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

PATIENCE = 900.0
PARENT = re.compile(r"\) \S (\d+) ")


class House:
    """One data folder and the starts on it. Linux only where it reads memory."""

    def __init__(self, port: int, events_port: int, kept: Path | None = None) -> None:
        """``kept``: a folder that stays, so that its data serves the next time too."""
        self.port, self.events_port = port, events_port
        self.address = f"http://127.0.0.1:{port}"
        self._folder = None if kept else tempfile.TemporaryDirectory(prefix="chejian-bench-")
        self.data = kept or Path(self._folder.name if self._folder else "")
        self.data.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """Where the running product's own database answers."""
        return (self.data / "house" / "run" / "database-url").read_text(encoding="utf-8")

    def fill(self, scale: int, seed: int) -> str:
        """Make the demo at scale, unless the folder has it; what the command said last."""
        said = self.data / f"filled-{scale}"
        if said.exists():
            return said.read_text(encoding="utf-8")
        house = ["--data", str(self.data / "house")]
        text = self._run("demo", *house, "--scale", str(scale), "--seed", str(seed)).strip()
        (self.data / f"filling-{scale}.log").write_text(text, encoding="utf-8")
        said.write_text(text.splitlines()[-1], encoding="utf-8")
        return said.read_text(encoding="utf-8")

    def check(self) -> str:
        """The last line of ``chejian check``; raises when something does not tie."""
        return self._run("check", "--data", str(self.data / "house")).strip().splitlines()[-1]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "chejian", *command], env=environment(), text=True,
            capture_output=True, check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
        return done.stdout

    def start(self) -> float:
        """Start and wait for the first page; the seconds it took."""
        command = [sys.executable, "-m", "chejian", "up", "--demo", "--data",
                   str(self.data / "house"), "--port", str(self.port),
                   "--events-port", str(self.events_port)]
        began = time.perf_counter()
        with (self.data / "bench.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment() | {"CHEJIAN_TIMING": "1"}, stdout=log, stderr=log
            )
        while not self._serves():
            if self.process.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise RuntimeError((self.data / "bench.log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)
        return time.perf_counter() - began

    def _serves(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/login/")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> float:
        """Stop as by Ctrl-C; the seconds it took."""
        if self.process is None:
            return 0.0
        began = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=120)
        self.process = None
        return time.perf_counter() - began

    def forget(self) -> None:
        self.stop()
        if self._folder:
            self._folder.cleanup()

    def memory(self) -> dict[str, float]:
        """Proportional memory in MB by command, of all processes of this start."""
        assert self.process is not None
        found: dict[str, float] = {}
        for pid in family(self.process.pid):
            name = command_name(Path(f"/proc/{pid}/cmdline"))
            found[name] = found.get(name, 0.0) + proportional_mb(pid)
        return found


def environment() -> dict[str, str]:
    """This process's, without what names another house."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("CHEJIAN", "DATABASE_URL", "DJANGO"))}


def family(root: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found = PARENT.search(stat.read_text(encoding="utf-8", errors="replace"))
        except OSError:  # it has ended meanwhile
            continue
        if found:
            parents[int(stat.parent.name)] = int(found[1])
    members = [root]
    for pid in members:  # grows while it is walked
        members += [child for child, parent in parents.items() if parent == pid]
    return members


def command_name(file: Path) -> str:
    """What a process is to the shop: database, web, events, worker, or the one that watches."""
    words = file.read_text(encoding="utf-8", errors="replace").split("\0")
    if words[0].startswith("postgres") or words[0].endswith("/postgres"):
        return "database"
    known = ("web", "events", "worker", "up")
    return next((word for word in words if word in known), "other")


def proportional_mb(pid: int) -> float:
    """Its own memory and its share of what it has in common with others (PSS)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
