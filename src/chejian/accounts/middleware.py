"""Who is asking, from which station, in which language."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from chejian.accounts.models import Organisation

type Next = Callable[[HttpRequest], HttpResponse]

COUNTER_IDLE = 8 * 3600
PHONE_IDLE = 30 * 24 * 3600
SEEN_EVERY = 300
PROGRAMS = "/api/"

#: what a person may do before he has chosen his own password, and without any station
OPEN = frozenset(
    {"login", "login_again", "logout", "change_password", "set_language", "set_theme",
     "healthz", "readyz", "styleguide"}
)
#: what the session keeps when it has expired, so that the same person can go on
KEPT = ("station", "long")


class LanguageMiddleware:
    """The person's language, else the cookie chosen at the login page, else the organisation's.

    Programs say which language they want (``Accept-Language``).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._chosen(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def _chosen(self, request: HttpRequest) -> str:
        if request.path.startswith(PROGRAMS):
            return translation.get_language_from_request(request)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.user.is_authenticated:
            chosen = request.user.language or cookie
        else:
            chosen = cookie or self._of_the_house(request)
        return chosen if chosen in self.known else settings.LANGUAGE_CODE

    def _of_the_house(self, request: HttpRequest) -> str:
        if request.path in ("/healthz", "/readyz"):  # must answer without a database
            return settings.LANGUAGE_CODE
        return Organisation.objects.values_list("language", flat=True).first() or ""


class AccessMiddleware:
    """Ends idle sessions, puts ``request.station`` beside ``request.user``, asks for own passwords.

    An expired session remembers who it was, so that the password can be asked for in place.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.station = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            if self._idle(request):
                expire(request)
            else:
                self._place(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not request.user.is_authenticated or name in OPEN:
            return None
        if request.user.must_change_password:
            return _to_own_password(request)
        if request.station is None:  # type: ignore[attr-defined]
            return render(request, "accounts/no_station.html", status=403)
        return None

    def _idle(self, request: HttpRequest) -> bool:
        now = int(time.time())
        seen = request.session.get("seen", now)
        limit = PHONE_IDLE if request.session.get("long") else COUNTER_IDLE
        if now - seen > limit:
            return True
        by_itself = "X-Live" in request.headers  # a live screen asked, not a person
        if "seen" not in request.session or (now - seen >= SEEN_EVERY and not by_itself):
            request.session["seen"] = now
        return False

    def _place(self, request: HttpRequest) -> None:
        stations = request.user.access.stations  # type: ignore[union-attr]
        chosen = request.session.get("station")
        if chosen not in stations:
            chosen = next(iter(stations), None)
        if chosen is not None:
            request.station = stations[chosen]  # type: ignore[attr-defined]


def expire(request: HttpRequest) -> None:
    """Log out, but remember who it was and where he worked."""
    kept = {key: request.session[key] for key in KEPT if key in request.session}
    away = request.user.pk
    logout(request)
    request.session.update({**kept, "away": away})


def _to_own_password(request: HttpRequest) -> HttpResponse:
    place = reverse("change_password")
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=403, headers={"HX-Redirect": place})
    return redirect(place)
