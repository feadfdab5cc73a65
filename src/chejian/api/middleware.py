"""What every request under ``/api/`` has: no session, and refusals in the one shape."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from chejian.api.problems import JSON, problem

PREFIX = "/api/"


class ApiMiddleware:
    """A browser's session says nothing here, so no page of a stranger can act through it (CSRF).

    What Django answers by itself (a method that is not offered, a host that is not ours) comes in
    the shape of every other refusal.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        request.user = AnonymousUser()
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if response.status_code >= 400 and not kind.startswith(JSON):
            kept = {"Allow": response["Allow"]} if response.has_header("Allow") else {}
            return problem(response.status_code, headers=kept)
        return response
