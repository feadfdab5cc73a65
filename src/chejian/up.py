"""`chejian up`: the database, everything that serves, one log, one address."""

import http.client
import json
import logging
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chejian import folder, postgres, postgres_home, secrets_store
from chejian.console import OperatorError, _
from chejian.supervisor import (
    Role,
    StopRequestedError,
    Supervisor,
    child_environment,
    end_leftovers,
    python_module,
    set_up_log,
)
from chejian.system import HERE

LOOPBACK = "127.0.0.1"
PATIENCE = {"web": 8.0, "events": 5.0, "worker": 25.0, "database": 60.0}
PATIENCE_WITH_PORTS = 8.0

log = logging.getLogger("chejian.supervisor")


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for."""

    data: Path
    port: int = 8700
    events_port: int = 8701
    demo: bool = False
    lan: bool = False

    @property
    def host(self) -> str:
        return "0.0.0.0" if self.lan else LOOPBACK  # noqa: S104 - asked for by name

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"


def up(wishes: Wishes, own_server: str | None) -> None:
    """Run until asked to stop. Raises OperatorError when it cannot start."""
    if wishes.demo and wishes.lan:
        raise OperatorError(
            _("The demo's passwords are public: --demo and --lan do not go together.")
        )
    data = folder.open_folder(wishes.data)
    HERE.contain_children()
    with folder.locked(data, {"address": wishes.address}):
        set_up_log(data / "logs")
        notes = folder.run_folder(data) / "processes.json"
        had_leftovers = end_leftovers(notes, str(data))
        for port in (wishes.port, wishes.events_port):
            check_port(wishes.host, port, PATIENCE_WITH_PORTS if had_leftovers else 0.0)
        supervisor = Supervisor(notes)
        supervisor.listen_for_signals()
        with suppress(StopRequestedError), _database(supervisor, data, own_server) as url:
            _serve(supervisor, wishes, data, url)
        log.info(_("stopped"))


@contextmanager
def _database(supervisor: Supervisor, data: Path, own_server: str | None) -> Iterator[str]:
    """Start the embedded database as the supervisor's first child, or use one's own server."""
    secrets_store.ensure(data, has_database=not own_server and folder.has_database(data))
    if own_server:
        try:
            yield own_server
        finally:
            supervisor.stop()
        return
    cluster = postgres.Cluster(postgres_home.files_folder(data))
    log.info(_("database folder: %s"), cluster.files)
    cluster.prepare()
    try:
        _start_database(supervisor, cluster)
        folder.remember_database(data, cluster.url())
        yield cluster.url()
    finally:
        supervisor.stop()
        folder.forget_database(data)
        cluster.forget_sockets()


def _start_database(supervisor: Supervisor, cluster: postgres.Cluster) -> None:
    child = supervisor.add(Role(
        "database", cluster.command(), cluster.environment, PATIENCE["database"],
        options=cluster.popen_options(), ask_to_stop=cluster.ask_to_stop, before=cluster.recover,
    ))

    def ended() -> int | None:
        supervisor.raise_if_stopping()
        return child.ended()

    postgres.wait_ready(cluster, ended, child.said, child.start)
    cluster.ensure_database()


def _serve(supervisor: Supervisor, wishes: Wishes, data: Path, url: str) -> None:
    start_id = secrets.token_hex(8)
    environment = child_environment(
        CHEJIAN_DATA=str(data), DATABASE_URL=url, CHEJIAN_START_ID=start_id,
        CHEJIAN_EVENTS_PORT=str(wishes.events_port), CHEJIAN_LAN=str(int(wishes.lan)),
        CHEJIAN_STATIC_HASHED="1", DJANGO_SETTINGS_MODULE="chejian.settings",
    )
    demo = ["--demo"] if wishes.demo else []
    supervisor.run_once(Role(
        "prepare", python_module("prepare", "--data", str(data), *demo), environment, 5.0
    ))
    faces, worker = _roles(wishes, data)
    for name, arguments in faces:
        supervisor.add(Role(name, python_module(*arguments), environment, PATIENCE[name]))
    for port in (wishes.port, wishes.events_port):
        _wait_until_served(supervisor, port, start_id)
    _greet(wishes)
    # jobs wait a second, pages do not: the worker would take the start's processor time
    supervisor.add(Role("worker", python_module(*worker), environment, PATIENCE["worker"]))
    supervisor.watch()


def _roles(wishes: Wishes, data: Path) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The two servers, and the worker."""
    place = ["--data", str(data)]
    host = ["--host", wishes.host]
    events = ["events", *place, *host, "--port", str(wishes.events_port)]
    web = ["web", *place, *host, "--port", str(wishes.port)]
    return [("events", events), ("web", web)], ["worker", *place]


def _wait_until_served(supervisor: Supervisor, port: int, start_id: str) -> None:
    begun = time.monotonic()
    while started_as(port) != start_id:
        # quick at first; a server that answers with errors is not asked ten times a second
        asked = time.monotonic()
        pause = min(0.1 + (asked - begun) / 20, 2.0)
        while time.monotonic() < asked + pause:
            supervisor.tick()


def started_as(port: int) -> str:
    """The start id of whoever serves the port: an old process must not pass for a new one."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return str(json.loads(answer.read()).get("start", "")) if answer.status == 200 else ""
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    finally:
        connection.close()


def _greet(wishes: Wishes) -> None:
    log.info(_("ready: %s"), wishes.address)
    if wishes.lan:
        log.info(_("for phones in the same network: http://%s:%s/"), own_address(), wishes.port)
    log.info(_("Ctrl-C stops everything."))


def own_address() -> str:
    """This machine's address in its network, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documents, see RFC 5737
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def check_port(host: str, port: int, patience: float) -> None:
    """Raises OperatorError when the port is taken; waits for processes that are just ending."""
    deadline = time.monotonic() + patience
    while not _is_free(host, port):
        if time.monotonic() >= deadline:
            raise OperatorError(
                _("Port {port} is taken by another program. Choose another with --port and "
                  "--events-port.").format(port=port)
            )
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        if HERE.local_sockets:  # on Windows this option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


