"""The built wheel, in an environment that has nothing of ours, installed by pip alone."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals")]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("chejian-*.whl"))


def test_the_wheel_carries_words_pages_and_styles(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for ending in ("zh_Hans/LC_MESSAGES/django.mo", "core/jinja2/core/ui.html", "css/base.css",
                   "dist-info/licenses/LICENSE", "core/migrations/0001_initial.py"):
        assert any(name.endswith(ending) for name in names), ending
    assert [name for name in names if name.startswith(("tests/", "scripts/", "var/"))] == []


def test_it_starts_in_a_clean_environment(wheel, tmp_path):
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("CHEJIAN", "DATABASE_URL", "DJANGO", "PYTHON"))
    } | {"CHEJIAN_LANGUAGE": "en"}
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)],
        capture_output=True, text=True, env=environment, check=False, cwd=tmp_path,
    )
    assert installed.returncode == 0, installed.stderr
    program = str(venv / "bin" / "chejian")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True,
                             env=environment, cwd=tmp_path)
    assert version.stdout.startswith("chejian 0.")
    _serve(program, tmp_path, environment)


def _serve(program, folder, environment):
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        port, events = one.getsockname()[1], two.getsockname()[1]
    with (folder / "log").open("w") as sink:
        process = subprocess.Popen(
            [program, "up", "--data", str(folder / "data"), "--port", str(port),
             "--events-port", str(events)],
            stdout=sink, stderr=sink, env=environment, cwd=folder,
        )
    try:
        deadline = time.monotonic() + 120
        while _answer(port).get("status") != "ok":
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=10).read().decode()
        assert "登录" in page
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        outside = folder / "data" / "database-folder"  # root's, see docs/operations.md
        if outside.is_file():
            shutil.rmtree(outside.read_text(encoding="utf-8").strip(), ignore_errors=True)


def _answer(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as page:
            return json.load(page)
    except (OSError, ValueError):
        return {}
