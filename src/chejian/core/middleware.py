"""A refusal that no view has put on its own form still reaches the person as a clear page."""

import errno
import logging
from collections.abc import Callable

from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chejian.core.errors import Conflict, DomainError, NotPermitted

log = logging.getLogger(__name__)


DISK_FULL = "53100"


class NoRoom(DomainError):
    """The server's disk is full: nothing was written."""

    code = "no_room"


def no_room(error: BaseException) -> bool:
    """Whether the database or the file store had no room left."""
    if isinstance(error, OperationalError):
        return getattr(error.__cause__, "sqlstate", "") == DISK_FULL
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


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
        if no_room(error):
            log.error("%s: %s", request.path, error)
            error = NoRoom(_("The server's disk is full. Nothing was saved, and what you typed is "
                             "still here. Make room, then send it again."))
        if not isinstance(error, DomainError):
            return None
        status = 507 if isinstance(error, NoRoom) else 422
        if isinstance(error, NotPermitted):
            status = 403
        elif isinstance(error, Conflict):
            status = 409
        context = {"refusals": error.refusals, "error": error}
        part = request.headers.get("HX-Request")
        page = "core/refused_part.html" if part else "core/refused.html"
        return render(request, page, context, status=status)
