"""A refusal that no view has put on its own form still reaches the person as a clear page."""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chejian.core.errors import Conflict, DomainError, NotPermitted

log = logging.getLogger(__name__)


class DomainErrorMiddleware:
    """DomainError → 422 (409 for a conflict, 403 when not permitted), never a bare 500.

    So is a text or number that the database cannot hold, such as one with a zero byte: nothing was
    written, and the person can mend it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError):
            log.warning("%s: %s", request.path, error)
            error = DomainError(_("Something that was given is too large or has unusable signs."))
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
