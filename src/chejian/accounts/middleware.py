"""Who is asking, from which station, in which language."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation

type Next = Callable[[HttpRequest], HttpResponse]

COUNTER_IDLE = 8 * 3600
PHONE_IDLE = 30 * 24 * 3600
SEEN_EVERY = 300


class LanguageMiddleware:
    """The person's language, else the cookie chosen at the login page, else Chinese."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(
            settings.LANGUAGE_COOKIE_NAME, ""
        )
        language = chosen if chosen in self.known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class AccessMiddleware:
    """Ends idle sessions and puts ``request.station`` beside ``request.user``."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.station = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            if self._idle(request):
                logout(request)
            else:
                self._place(request)
        return self.get_response(request)

    def _idle(self, request: HttpRequest) -> bool:
        now = int(time.time())
        seen = request.session.get("seen", now)
        limit = PHONE_IDLE if request.session.get("long") else COUNTER_IDLE
        if now - seen > limit:
            return True
        if now - seen >= SEEN_EVERY or "seen" not in request.session:
            request.session["seen"] = now
        return False

    def _place(self, request: HttpRequest) -> None:
        stations = request.user.access.stations  # type: ignore[union-attr]
        chosen = request.session.get("station")
        if chosen not in stations:
            chosen = next(iter(stations), None)
        if chosen is not None:
            request.station = stations[chosen]  # type: ignore[attr-defined]
