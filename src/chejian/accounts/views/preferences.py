"""What everybody may set for himself. Each setting is posted alone and works without a script."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import User
from chejian.accounts.queries.people import roles_by_place
from chejian.accounts.services.preferences import (
    ForeignStation,
    UnknownChoice,
    set_preference,
    switch_station,
)
from chejian.core.answers import next_url

YEAR = 365 * 24 * 3600


@require_GET
@staff()
def preferences(request: StaffRequest) -> HttpResponse:
    context = {
        "themes": User.Theme.choices,
        "languages": settings.LANGUAGES,
        "roles": roles_by_place(request.user),
    }
    return render(request, "accounts/preferences.html", context)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Also before the login, where only the browser remembers it."""
    theme = request.POST.get("theme", "")
    if request.user.is_authenticated:
        set_preference(user=request.user, name="theme", value=theme)
    elif theme not in User.Theme.values:
        raise UnknownChoice(field="theme")
    return _kept(request, "theme", theme)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Also before the login, where only the browser remembers it."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated:
        set_preference(user=request.user, name="language", value=language)
    elif language not in dict(settings.LANGUAGES):
        raise UnknownChoice(field="language")
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, language)


@require_POST
@staff()
def set_menu(request: StaffRequest) -> HttpResponse:
    folded = request.POST.get("menu") == "rail"
    set_preference(user=request.user, name="menu_folded", value=folded)
    return _kept(request, "menu", "rail" if folded else "wide")


@require_POST
@staff()
def set_favourites(request: StaffRequest) -> HttpResponse:
    """Places of the menu in the person's own order: a JSON list, or boxes ticked with numbers."""
    if "favourites" in request.POST:
        try:
            wanted = json.loads(request.POST["favourites"])
        except ValueError as error:
            raise UnknownChoice(field="favourites") from error
    else:
        wanted = _in_order(request)
    set_preference(user=request.user, name="favourites", value=wanted)
    return _answer(request)


def _in_order(request: StaffRequest) -> list[str]:
    """The ticked places by their numbers; those without a number last, as they stand."""
    ticked = request.POST.getlist("pick")

    def number(name: str) -> tuple[int, int]:
        typed = request.POST.get(f"order_{name}", "").strip()
        return (int(typed) if typed.isdecimal() else 1000, ticked.index(name))

    return sorted(dict.fromkeys(ticked), key=number)


@require_POST
@staff()
def set_station(request: StaffRequest) -> HttpResponse:
    """Work at another of one's stations. Another's station does not exist: 404."""
    wanted = request.POST.get("station", "")
    if not wanted.isdecimal():
        raise Http404
    try:
        here = switch_station(user=request.user, station_id=int(wanted))
    except ForeignStation as error:
        raise Http404 from error
    request.session["station"] = here.station_id
    return _answer(request)


def _kept(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    response = _answer(request)
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax")
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return redirect(next_url(request, "/"))
