"""How long an answer took and how many statements it needed, told in its ``Server-Timing`` header.

Off unless ``CHEJIAN_TIMING`` is set: an operator looks for a slow page with his browser's own
tools, and the benchmark reads the same header.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class Tally:
    """Counts what goes to the database and how long it stays away."""

    def __init__(self) -> None:
        self.statements = 0
        self.seconds = 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.statements += 1
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began


class ServerTimingMiddleware:
    """``app``: the whole answer; ``cpu``: this thread's own work, the same on a busy machine;
    ``db``: the part in the database, with the statements.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tally, began, worked = Tally(), time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(tally):
            response = self.get_response(request)
        response.headers["Server-Timing"] = (
            f"app;dur={(time.perf_counter() - began) * 1000:.2f}, "
            f"cpu;dur={(time.thread_time() - worked) * 1000:.2f}, "
            f'db;dur={tally.seconds * 1000:.2f};desc="{tally.statements}"'
        )
        return response
