"""The door: logging in and out, the password asked for again, the first own password."""

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chejian.accounts.demo_login import DEMO_PASSWORD, is_demo, is_local
from chejian.accounts.forms.people import OwnPasswordForm
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import Organisation, User
from chejian.accounts.queries.people import demo_people
from chejian.accounts.services.login import log_in
from chejian.accounts.services.passwords import change_password
from chejian.core.answers import next_url
from chejian.core.errors import DomainError

YEAR = 365 * 24 * 3600


@never_cache
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """By user name or phone. Whoever is logged in already goes on to where he wanted."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(next_url(request, settings.LOGIN_REDIRECT_URL))
        return _door(request)
    name = request.POST.get("login", "").strip()
    demo = is_demo()
    if demo and not is_local(request):
        return _door(request, _("The demo can be used on its own computer only."), name, 403)
    try:
        user = log_in(
            login=name, password=request.POST.get("password", ""),
            address=request.META.get("REMOTE_ADDR"), at=timezone.now(),
        )
    except DomainError as error:
        return _door(request, str(error), name, 422)
    enter(request, user)
    return _with_preferences(
        redirect(next_url(request, settings.LOGIN_REDIRECT_URL)), request, user
    )


def enter(request: HttpRequest, user: User) -> None:
    """Begin the session. A technician's phone stays logged in for 30 days without use."""
    auth.login(request, user)
    on_phone = "Mobi" in request.headers.get("User-Agent", "")
    request.session["long"] = on_phone and user.access.on_phone_only
    request.session.pop("away", None)
    request.session.pop("seen", None)


def _with_preferences(
    response: HttpResponse, request: HttpRequest, user: User
) -> HttpResponse:
    """What the page's script reads from cookies is as the person left it on another computer."""
    response.set_cookie("theme", user.theme, max_age=YEAR, samesite="Lax")
    response.set_cookie(
        "menu", "rail" if user.menu_folded else "wide", max_age=YEAR, samesite="Lax"
    )
    if not user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        language = Organisation.objects.values_list("language", flat=True).first()
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language or settings.LANGUAGE_CODE,
            max_age=YEAR, samesite="Lax",
        )
    return response


def _door(
    request: HttpRequest, error: str = "", name: str = "", status: int = 200
) -> HttpResponse:
    shows_demo = is_demo() and is_local(request)
    context: dict[str, Any] = {
        "error": error,
        "login": name or _who_was_away(request),
        "next": next_url(request, ""),
        "expired": "away" in request.session and not error,
        "demo_password": DEMO_PASSWORD if shows_demo else "",
        "demo_people": demo_people() if shows_demo else [],
    }
    return render(request, "accounts/login.html", context, status=status)


def _who_was_away(request: HttpRequest) -> str:
    away = request.session.get("away")
    found = User.objects.filter(pk=away, is_active=True).first() if away else None
    return found.username if found else ""


@never_cache
@sensitive_post_parameters("password")
def login_again(request: HttpRequest) -> HttpResponse:
    """Asked by the page: GET whether the session lives, POST the password of the same person.

    204, else 401 when nobody is known here any more, 422 with the reason when refused.
    """
    if request.method != "POST":
        return HttpResponse(status=204 if request.user.is_authenticated else 401)
    if request.user.is_authenticated:
        known: User | None = request.user
    else:
        away = request.session.get("away")
        known = User.objects.filter(pk=away).first() if away else None
    if known is None:
        return _say(request, _("Please log in on the login page."), 401)
    try:
        user = log_in(
            login=known.username, password=request.POST.get("password", ""),
            address=request.META.get("REMOTE_ADDR"), at=timezone.now(),
        )
    except DomainError as error:
        return _say(request, str(error), 422)
    if not request.user.is_authenticated:
        enter(request, user)
    return HttpResponse(status=204, headers={"X-CSRFToken": get_token(request)})


def _say(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("login")


@never_cache
@sensitive_post_parameters()
@staff()
def own_password(request: StaffRequest) -> HttpResponse:
    """Change one's own password; after the first login there is no way around it."""
    form = OwnPasswordForm(request.POST or None, user=request.user)
    first = request.user.must_change_password
    if request.method == "POST" and form.is_valid():
        user = attempt(
            form,
            lambda: change_password(
                user=request.user, old=form.cleaned_data.get("old", ""),
                new=form.cleaned_data["new"], address=request.META.get("REMOTE_ADDR"),
                at=timezone.now(),
            ),
        )
        if user is not None:
            auth.update_session_auth_hash(request, user)
            messages.success(request, _("The password has been changed."))
            return redirect(settings.LOGIN_REDIRECT_URL if first else "preferences")
    return render(
        request, "accounts/own_password.html", {"form": form, "first": first},
        status=422 if form.errors else 200,
    )
