"""A refusal that no view has put on its own form still reaches the person as a clear page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chejian.core.errors import Conflict, DomainError, NotPermitted


class DomainErrorMiddleware:
    """DomainError → 422 (409 for a conflict, 403 when not permitted), never a bare 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = 422
        if isinstance(error, NotPermitted):
            status = 403
        elif isinstance(error, Conflict):
            status = 409
        context = {"refusals": error.refusals, "error": error}
        part = request.headers.get("HX-Request")
        page = "core/refused_part.html" if part else "core/refused.html"
        return render(request, page, context, status=status)
