"""A browser's share of the benchmark: cookies, forms, and what the server says of its own time."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TIMING = re.compile(r'app;dur=([\d.]+), cpu;dur=([\d.]+), db;dur=[\d.]+;desc="(\d+)"')


class AnswerError(Exception):
    """The product answered with something else than was expected."""


@dataclass
class Answer:
    """One answer, with the seconds the client waited and what the server says of it."""

    status: int
    text: str
    location: str
    seconds: float
    server_ms: float  # this and the next are 0 when the server does not tell (CHEJIAN_TIMING)
    cpu_ms: float
    statements: int

    def ids(self, pattern: str) -> list[int]:
        """Every id in the page that stands where ``pattern`` has its group, once each."""
        return [int(found) for found in dict.fromkeys(re.findall(pattern, self.text))]


@dataclass
class Person:
    """Somebody logged in, on a connection of his own. Not to be shared between threads."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connection: HTTPConnection | None = None

    @classmethod
    def log_in(cls, address: str, name: str, password: str) -> "Person":
        parts = urlsplit(address)
        person = cls(parts.hostname or "127.0.0.1", parts.port or 80)
        person.get("/login/")
        person.post("/login/", {"login": name, "password": password}, expect=302)
        return person

    def twin(self) -> "Person":
        """The same session on another connection."""
        return Person(self.host, self.port, dict(self.cookies))

    def get(self, path: str, *, fragment: bool = False, expect: int = 200) -> Answer:
        return self._ask("GET", path, None, {"HX-Request": "true"} if fragment else {}, expect)

    def post(
        self, path: str, data: dict[str, object], *, fragment: bool = False, expect: int = 302
    ) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   "X-CSRFToken": self.cookies.get("csrftoken", ""),
                   **({"HX-Request": "true"} if fragment else {})}
        return self._ask("POST", path, urlencode(data, doseq=True), headers, expect)

    def send_json(
        self, path: str, data: dict[str, object], *, key: str, expect: int = 201
    ) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask("POST", path, json.dumps(data), headers, expect)

    def _ask(
        self, method: str, path: str, body: str | None, more: dict[str, str], expect: int
    ) -> Answer:
        headers = self.headers | more
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        began = time.perf_counter()
        try:
            response = self._send(method, path, body, headers)
        except ConnectionError:  # the server closes what was idle for a while
            self.connection, began = None, time.perf_counter()
            response = self._send(method, path, body, headers)
        text = response.read().decode(errors="replace")  # a file may be asked for too
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: crumb.value for name, crumb in SimpleCookie(line).items()}
        if response.status != expect:
            raise AnswerError(f"{method} {path}: {response.status} {words_of(text)}")
        told = TIMING.search(response.headers.get("Server-Timing", ""))
        return Answer(
            response.status, text, response.headers.get("Location", ""), seconds,
            float(told[1]) if told else 0.0, float(told[2]) if told else 0.0,
            int(told[3]) if told else 0,
        )

    def _send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> HTTPResponse:
        if self.connection is None:
            self.connection = HTTPConnection(self.host, self.port, timeout=60)
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()


def words_of(page: str) -> str:
    """The words of a page, for a message: no tags, no scripts."""
    bare = re.sub(r"(?s)<(script|style|nav|head)\b.*?</\1>|<[^>]+>", " ", page)
    return " ".join(bare.split())[-300:]


def percentile(values: Iterable[float], percent: float) -> float:
    """The value that ``percent`` of all do not exceed (nearest rank). Raises ValueError if none."""
    ranked = sorted(values)
    if not ranked:
        raise ValueError("no values")
    place = max(1, -(-len(ranked) * percent // 100))
    return ranked[int(place) - 1]


def together[T](acts: Sequence[Callable[[], T]], times: int) -> tuple[list[T], float]:
    """Each act ``times`` over in a thread of its own: what came back, and acts per second."""
    failed: list[Exception] = []
    found: list[T] = []
    gate = threading.Barrier(len(acts) + 1)

    def run(act: Callable[[], T]) -> None:
        gate.wait()
        try:
            found.extend(act() for _ in range(times))
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return found, len(found) / (time.perf_counter() - began)
