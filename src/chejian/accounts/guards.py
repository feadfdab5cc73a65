"""Guards of views: fetch and authorise in one step. Strangers get 404, onlookers 403."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User


class StaffRequest(HttpRequest):
    """A request of a logged-in person: ``station`` is where he works at the moment."""

    user: User
    station: StationAccess
    htmx: Any


type View[**P] = Callable[Concatenate[StaffRequest, P], HttpResponse]


def staff[**P](*permissions: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Only for staff who hold any of ``permissions`` (none named: every logged-in person).

    Which station matters is judged later on the row; here it is enough to hold it anywhere.
    The middleware has already seen to it that the person chose a password and has a station.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return login_again(request)
            if permissions and not request.user.access.can_any(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def staff_here[**P](*permissions: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """The same for screens about the present station: held elsewhere is not enough."""

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def here(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.station.permissions.isdisjoint(permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped: Any = here  # wraps() keeps the parameters, which mypy cannot follow
        return staff(*permissions)(wrapped)

    return decorate


def login_again(request: HttpRequest) -> HttpResponse:
    """To the login page; a fragment or a script is told to ask for the password in place."""
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=401, headers={"X-Reauth": "1"})
    return redirect_to_login(_way_back(request), reverse("login"))


def _way_back(request: HttpRequest) -> str:
    """A form leads back to the page that it stands on: many of its addresses are only posted to."""
    page = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return page.partition(request.get_host())[2] or "/"
    return request.get_full_path()


def fetch[M: models.Model](
    rows: models.QuerySet[M], user: User, pk: int, *permissions: str
) -> M:
    """The visible row, or 404; then 403 unless any of ``permissions`` is held at its station.

    ``rows`` is already narrowed by ``visible_to(user)``.
    """
    return judged(rows.filter(pk=pk).first(), user, *permissions)


def judged[M: models.Model](row: M | None, user: User, *permissions: str) -> M:
    """The same for a row that was looked for already, among those that the person may see."""
    if row is None:
        raise Http404
    station_id = getattr(row, "station_id", None)
    held = (
        any(user.can_at(code, station_id) for code in permissions)
        if station_id is not None
        else any(user.can(code) for code in permissions)
    )
    if permissions and not held:
        raise PermissionDenied
    return row
