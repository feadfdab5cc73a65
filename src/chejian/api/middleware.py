"""What every request under ``/api/`` has: no session, and refusals in the one shape."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from chejian.api.problems import JSON, problem

PREFIX = "/api/"
BODY_HEADERS = ("content-type", "content-length")


class ApiMiddleware:
    """Without cookies there is no session: no page of a stranger can act through it (CSRF).

    What Django answers by itself (a method that is not offered, a host that is not ours) comes in
    the shape of every other refusal; that is why this stands before all others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if response.status_code < 400 or kind.startswith(JSON):
            return response
        with translation.override(translation.get_language_from_request(request)):
            shaped = problem(response.status_code)
        for name, value in response.headers.items():
            if name.lower() not in BODY_HEADERS:
                shaped.headers[name] = value
        return shaped
