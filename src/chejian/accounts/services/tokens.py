"""Tokens of the API: making, revoking, and recognising one in a request."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.access import HELD, read_access
from chejian.accounts.authority import check_holds, check_manage
from chejian.accounts.models import ApiToken, User
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.accounts.services.people import ALPHABET, RoleAt, assign_role
from chejian.accounts.sessions import COLUMNS, NAMES
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit
from chejian.core.text import fold

LONGEST = timedelta(days=366)
MOST_LIVE = 20
PREFIX_SIGNS, SECRET_SIGNS = 8, 32
SHAPE = re.compile(rf"cj_([{ALPHABET}]{{{PREFIX_SIGNS}}})_([{ALPHABET}]{{{SECRET_SIGNS}}})")
# One statement recognises, counts, and brings the person with all that he may do. It does not wait
# for the disk: after a crash of the machine the count of a running minute may be lost, and nothing
# else.
USE = f"""
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS done)
UPDATE accounts_apitoken t
SET used = CASE WHEN t.minute = %(minute)s THEN t.used + 1 ELSE 1 END,
    minute = %(minute)s, last_used_at = %(at)s
FROM accounts_user u, quick
WHERE t.prefix = %(prefix)s AND t.digest = %(digest)s AND t.revoked_at IS NULL
    AND t.expires_at > %(at)s AND u.id = t.user_id AND u.is_active AND NOT u.must_change_password
RETURNING t.id, t.scopes, t.per_minute, t.used, {HELD.format(user="u.id")}, {COLUMNS}
"""  # noqa: S608 - our own names


class BadToken(DomainError):
    """A name, a scope or an end that a token cannot have."""

    code = "bad_token"


class TooManyTokens(DomainError):
    """One person has enough keys; old ones are to be revoked first."""

    code = "too_many_tokens"


class UnknownToken(DomainError):
    """Not a token, or revoked, expired, or its person may not log in."""

    code = "unknown_token"


class TokenExhausted(DomainError):
    """More requests in this minute than the token may make; ``seconds`` until the next one."""

    code = "too_many_requests"


@dataclass(frozen=True)
class Made:
    """A token with the key that is shown once."""

    token: ApiToken
    key: str


@dataclass(frozen=True)
class Used:
    """A request's token, as far as the request needs it."""

    token_id: int
    user: User
    scopes: frozenset[str]


def _draw(signs: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _n in range(signs))


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(
    *, user: User, name: str, scopes: Collection[str], expires_at: datetime, by: User, at: datetime
) -> Made:
    """A key for oneself, or for a service account that one manages. It is shown once.

    Raises NotPermitted, OutOfReach, BadToken, TooManyTokens.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    _require_owner(locked, by)
    words = fold(name)[:60]
    if not words:
        raise BadToken(_("Say what the token is for."), field="name")
    if not scopes or not set(scopes) <= set(Scope):
        raise BadToken(_("Choose what the token may be used for."), field="scopes")
    if not at < expires_at <= at + LONGEST:
        raise BadToken(_("A token ends within a year."), field="expires_on")
    live = ApiToken.objects.filter(user=locked, revoked_at=None, expires_at__gt=at).count()
    if live >= MOST_LIVE:
        raise TooManyTokens(_("There are many tokens already. Revoke one that is not needed."))
    prefix, secret = _draw(PREFIX_SIGNS), _draw(SECRET_SIGNS)
    token = ApiToken.objects.create(
        user=locked, name=words, prefix=prefix, digest=digest_of(secret), scopes=sorted(scopes),
        created_by=by, created_at=at, expires_at=expires_at,
    )
    emit("token.created", locked, station_id=None, by=by, at=at, name=token.name, prefix=prefix)
    return Made(token, f"cj_{prefix}_{secret}")


def _require_owner(user: User, by: User) -> None:
    if user.pk == by.pk:
        return
    if not user.is_service:
        raise NotPermitted(_("Everybody makes tokens for himself only."))
    check_manage(by, user)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: datetime) -> ApiToken:
    """The key opens nothing any more. Its owner may, and whoever manages that person.

    Raises OutOfReach.
    """
    fresh = ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    if fresh.user_id != by.pk:
        check_manage(by, fresh.user)
    if fresh.revoked_at is None:
        fresh.revoked_at, fresh.revoked_by = at, by
        fresh.save(update_fields=["revoked_at", "revoked_by"])
        emit("token.revoked", fresh.user, station_id=None, by=by, at=at, name=fresh.name,
             prefix=fresh.prefix)
    return fresh


@transaction.atomic
def open_service_account(*, name: str, role: RoleAt, by: User, at: datetime) -> User:
    """An account for a program: it has a role like everybody, no password, and tokens.

    Raises NotPermitted, OutOfReach, BadToken.
    """
    check_holds(by, P.MANAGE_STAFF)
    words = fold(name)[:60]
    if not words:
        raise BadToken(_("Say what the token is for."), field="name")
    user = User(
        name=words, username=f"svc-{_draw(PREFIX_SIGNS)}", is_service=True,
        must_change_password=False,
    )
    user.set_unusable_password()
    user.save()
    emit("service_account.created", user, station_id=None, by=by, at=at, name=user.name)
    assign_role(person=user, role=role.role, station=role.station, region=role.region, by=by,
                at=at)
    return user


def use_token(*, key: str, at: datetime) -> Used:
    """Recognise the token of a request and count it. Raises UnknownToken, TokenExhausted."""
    shape = SHAPE.fullmatch(key)
    found = _use(shape[1], digest_of(shape[2]), at) if shape else []
    if not found:
        raise UnknownToken(_("This token opens nothing: it is unknown, revoked or expired."))
    token_id, scopes, per_minute, used, held, *values = found[0]
    if used > per_minute:
        seconds = 60 - int(at.timestamp()) % 60
        raise TokenExhausted(_("Too many requests. Please wait a moment."), seconds=seconds)
    user = User.from_db(DEFAULT_DB_ALIAS, NAMES, values)
    user.__dict__["access"] = read_access(held)
    return Used(token_id, user, frozenset(scopes))


def _use(prefix: str, digest: str, at: datetime) -> list[tuple[Any, ...]]:
    minute = int(at.timestamp()) // 60
    with connection.cursor() as cursor:
        cursor.execute(USE, {"prefix": prefix, "digest": digest, "at": at, "minute": minute})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
