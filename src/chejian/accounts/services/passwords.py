"""Changing one's own password, and giving a new one to somebody who forgot his."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import check_manage
from chejian.accounts.models import LoginFailure, User
from chejian.accounts.services.login import WrongLogin, log_in
from chejian.accounts.services.people import Opened, random_password
from chejian.core.errors import DomainError, Refusal, Refused
from chejian.core.outbox import emit


class SamePassword(DomainError):
    code = "same_password"


class NotForService(DomainError):
    """Programs come with tokens; nobody logs in as a service account."""

    code = "not_for_service"


class WrongPassword(DomainError):
    code = "wrong_password"


def change_password(
    *, user: User, old: str, new: str, address: str | None, at: datetime
) -> User:
    """Set one's own password; all other sessions end.

    The old one is not asked for while the first one must be changed: it was typed a moment ago.
    Raises WrongPassword, LoginLocked, SamePassword, Refused with the reasons of a weak one.
    """
    if not user.must_change_password:
        try:
            log_in(login=user.username, password=old, address=address, at=at)
        except WrongLogin as error:
            raise WrongPassword(_("The old password is not right."), field="old") from error
    _check_strength(user, new)
    return _set_password(user, new, at)


@transaction.atomic
def _set_password(user: User, new: str, at: datetime) -> User:
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    emit("password.changed", user, station_id=None, by=user, at=at, name=user.name)
    return user


@transaction.atomic
def reset_password(*, person: User, by: User | None, at: datetime) -> Opened:
    """Draw a new password, shown once, to be changed at the next login; also ends a lock.

    Raises OutOfReach, NotForService.
    """
    fresh = User.objects.select_for_update().get(pk=person.pk)
    check_manage(by, fresh)
    if fresh.is_service:
        raise NotForService(_("A service account has no password: give it a token."))
    password = random_password()
    fresh.set_password(password)
    fresh.must_change_password = True
    fresh.save(update_fields=["password", "must_change_password"])
    LoginFailure.objects.filter(login=fresh.username).delete()
    emit("password.reset", fresh, station_id=None, by=by, at=at, name=fresh.name)
    return Opened(fresh, password)


def _check_strength(user: User, new: str) -> None:
    if user.check_password(new):
        raise SamePassword(_("Please choose another password than the present one."), field="new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Refused(
            [Refusal("weak_password", message, "new") for message in error.messages]
        ) from error
