"""Tokens of the API: one's own, and those of service accounts."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.authority import may_manage
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.forms.tokens import ServiceAccountForm, TokenForm
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import ApiToken, User
from chejian.accounts.permissions import P
from chejian.accounts.scopes import SCOPE_WORDS
from chejian.accounts.services import tokens as verbs
from chejian.core.answers import done

SHOWN = 50


@never_cache
@require_http_methods(["GET", "POST"])
@staff()
def tokens(request: StaffRequest) -> HttpResponse:
    """One's own tokens, and the form for another."""
    return _tokens_page(request, request.user)


@never_cache
@require_http_methods(["GET", "POST"])
@staff(P.MANAGE_STAFF)
def service_account(request: StaffRequest, pk: int) -> HttpResponse:
    """The tokens of one service account."""
    return _tokens_page(request, get_object_or_404(_accounts(request), pk=pk))


def _tokens_page(request: StaffRequest, owner: User) -> HttpResponse:
    form = TokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: verbs.make_token(
            user=owner, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"],
            expires_at=form.ends(), by=request.user, at=timezone.now(),
        ))
    at = timezone.now()
    rows = list(ApiToken.objects.filter(user=owner).order_by("-pk")[:SHOWN])
    context = {
        "owner": owner, "own": owner.pk == request.user.pk, "made": made,
        "form": TokenForm() if made else form, "scope_words": SCOPE_WORDS,
        "live": [token for token in rows if token.live(at)],
        "over": [token for token in rows if not token.live(at)],
        "may": owner.pk == request.user.pk or may_manage(request.user, owner),
    }
    status = 422 if form.errors and made is None else 200
    return render(request, "accounts/tokens.html", context, status=status)


@require_POST
@staff()
def token_revocations(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own token, or one of a person whom one manages; others do not exist."""
    rows = ApiToken.objects.select_related("user")
    mine = rows.filter(user=request.user)
    if request.user.can(P.MANAGE_STAFF):
        mine = mine | rows.filter(user__in=User.objects.managed_by(request.user).values("pk"))
    token = get_object_or_404(mine, pk=pk)
    verbs.revoke_token(token=token, by=request.user, at=timezone.now())
    back = "tokens" if token.user_id == request.user.pk else "service_account"
    fallback = redirect(back, *([] if back == "tokens" else [token.user_id])).url
    return done(request, _("The token was revoked."), fallback)


@require_http_methods(["GET", "POST"])
@staff(P.MANAGE_STAFF)
def service_accounts(request: StaffRequest) -> HttpResponse:
    """Accounts of programs, and the form for a new one."""
    form = ServiceAccountForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        opened = attempt(form, lambda: verbs.open_service_account(
            name=form.cleaned_data["name"], role=form.role_at(), by=request.user,
            at=timezone.now(),
        ))
        if opened is not None:
            return redirect("service_account", opened.pk)
    rows = _accounts(request).prefetch_related(
        "assignments__role", "assignments__station", "assignments__region"
    )
    context = {"form": form, "accounts": rows.order_by("-pk")[:SHOWN]}
    status = 422 if form.errors else 200
    return render(request, "accounts/service_accounts.html", context, status=status)


def _accounts(request: StaffRequest) -> QuerySet[User]:
    return User.objects.managed_by(request.user).filter(is_service=True)
