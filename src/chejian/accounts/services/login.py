"""Logging in, with a lock after repeated failures that stands in the database.

Five failures for one login within fifteen minutes lock it for fifteen minutes, fifty from one
address lock the address. While a lock holds no password is looked at and nothing is counted, so
that nobody can prolong it for another person.
"""

import math
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chejian.accounts.models import LoginFailure, User
from chejian.accounts.queries.people import person_called
from chejian.core.errors import DomainError
from chejian.core.text import fold

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
PER_LOGIN = 5
PER_ADDRESS = 50
KEPT = timedelta(days=1)


class WrongLogin(DomainError):
    """User name or password is wrong; ``left`` more tries."""

    code = "wrong_login"


class LoginLocked(DomainError):
    """Too many failures; ``minutes`` until the next try."""

    code = "login_locked"


def log_in(*, login: str, password: str, address: str | None, at: datetime) -> User:
    """The active person with that user name or phone, and that password.

    A failure is committed although the verb raises. Raises WrongLogin, LoginLocked.
    """
    with transaction.atomic():
        outcome = _attempt(login, password, address, at)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def _attempt(
    login: str, password: str, address: str | None, at: datetime
) -> User | DomainError:
    person = person_called(login)
    name = person.username if person else fold(login).lower()[:60]
    _one_at_a_time(name)
    until = _locked_until(name, address, at)
    if until is not None:
        return _locked(until, at)
    if _is_right(person, password):
        LoginFailure.objects.filter(login=name).delete()
        LoginFailure.objects.filter(at__lt=at - KEPT).delete()
        assert person is not None
        return person
    LoginFailure.objects.create(login=name, address=address, at=at)
    until = _locked_until(name, address, at)
    return _locked(until, at) if until is not None else _wrong(name, at)


def _is_right(person: User | None, password: str) -> bool:
    if person is None:
        User().set_password(password)  # the same work, so that time tells nothing
        return False
    return person.check_password(password) and person.is_active


def _one_at_a_time(name: str) -> None:
    """Many guesses at once must not slip through before the first failure is counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [name])


def _locked_until(name: str, address: str | None, at: datetime) -> datetime | None:
    locks = [_lock_of(LoginFailure.objects.filter(login=name), PER_LOGIN, at)]
    if address is not None:
        locks.append(_lock_of(LoginFailure.objects.filter(address=address), PER_ADDRESS, at))
    return max((lock for lock in locks if lock is not None), default=None)


def _lock_of(
    failures: "models.QuerySet[LoginFailure]", limit: int, at: datetime
) -> datetime | None:
    """The end of the lock, if the last ``limit`` failures fell into one window."""
    latest = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
    if len(latest) < limit or latest[0] - latest[-1] > WINDOW:
        return None
    until = latest[0] + LOCK
    return until if until > at else None


def _locked(until: datetime, at: datetime) -> LoginLocked:
    minutes = math.ceil((until - at).total_seconds() / 60)
    return LoginLocked(
        ngettext(
            "Too many failed attempts. Please try again in %(num)s minute.",
            "Too many failed attempts. Please try again in %(num)s minutes.",
            minutes,
        )
        % {"num": minutes},
        minutes=minutes,
    )


def _wrong(name: str, at: datetime) -> WrongLogin:
    recent = LoginFailure.objects.filter(login=name, at__gt=at - WINDOW).count()
    left = max(PER_LOGIN - recent, 1)
    if left > 2:
        return WrongLogin(_("User name or password is not right."), left=left)
    return WrongLogin(
        ngettext(
            "User name or password is not right. %(num)s more try.",
            "User name or password is not right. %(num)s more tries.",
            left,
        )
        % {"num": left},
        left=left,
    )
