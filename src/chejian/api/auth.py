"""Who asks: the token of the request, its person, and what it may be used for."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from chejian.accounts.models import User
from chejian.accounts.services.tokens import Used, use_token


class ApiRequest(HttpRequest):
    """A request with a token: ``user`` is its person, ``auth`` what the token may."""

    user: User
    auth: Used


class Token(HttpBearer):
    """``Authorization: Bearer cj_…``; raises UnknownToken (401) or TokenExhausted (429)."""

    def authenticate(self, request: HttpRequest, token: str) -> Used:
        used = use_token(key=token.strip(), at=timezone.now())
        request.user = used.user
        return used
