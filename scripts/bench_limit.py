"""The limit of the machine: the bytes of a page, read by one bare statement, from the same server.

``raw`` is the application: no framework, one psycopg connection, the 25 newest orders of a station
and then as many bytes as the real page has. Granian serves it with as many workers as the product
has. Both are asked by the same light client, which only counts bytes, so their rates compare.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

ROWS = ("SELECT id, number, status, plate, contact_name, opened_at, promised_at, total "
        "FROM workorders_workorder WHERE station_id = 1 ORDER BY id DESC LIMIT 25")
SECONDS, CLIENTS = 4.0, 8
_line: list[Any] = []


def raw(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI page of ``BENCH_BYTES`` bytes."""
    if not _line:
        _line.append(psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True))
    rows = _line[0].execute(ROWS).fetchall()
    body = "".join(f"<tr>{row}</tr>" for row in rows).encode()
    body = body.ljust(int(os.environ["BENCH_BYTES"]), b" ")
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"),
                              ("Content-Length", str(len(body)))])
    return [body]


def rate(port: int, path: str, cookie: str = "") -> float:
    """Requests per second of eight connections that read the answers and nothing else."""
    ask = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n").encode()
    done: list[int] = []
    until = time.perf_counter() + SECONDS

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            count = 0
            while time.perf_counter() < until:
                line.sendall(ask)
                _read(line)
                count += 1
            done.append(count)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def _read(line: socket.socket) -> None:
    """One answer with a Content-Length."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += line.recv(65536)
    top, _, body = head.partition(b"\r\n\r\n")
    if not top.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(top.decode())
    length = next(int(field.split(b":")[1]) for field in top.split(b"\r\n")
                  if field.lower().startswith(b"content-length"))
    missing = length - len(body)
    while missing > 0:
        missing -= len(line.recv(min(missing, 65536)))


def limit(database: str, size: int, port: int) -> float:
    """The rate of the bare page of that size."""
    code = ("from chejian.serve import _serve; import os; _serve('scripts.bench_limit:raw', 'wsgi',"
            f" '127.0.0.1', {port}, workers=os.cpu_count() or 1, blocking_threads=1)")
    env = os.environ | {"BENCH_DATABASE": database, "BENCH_BYTES": str(size)}
    with subprocess.Popen([sys.executable, "-c", code], env=env) as server:
        try:
            _wait(port)
            rate(port, "/")  # both workers have their connection
            return rate(port, "/")
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the bare server does not answer")
