"""Opening, changing and closing the accounts of people, and the roles they have where."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import check_grant, check_holds, check_manage
from chejian.accounts.models import Assignment, Region, Role, Staff, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.services.keeping import an_administrator_stays
from chejian.core.errors import DomainError
from chejian.core.outbox import emit
from chejian.core.text import code_key, fold, squeeze

#: without signs that look alike when read from a slip of paper
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
USERNAME = re.compile(r"(?=.*[^\W\d])[\w.-]{2,40}")
MOBILE = re.compile(r"1[3-9]\d{9}")


class LoginTaken(DomainError):
    """Another person has that user name, phone or staff number."""

    code = "login_taken"


class BadUsername(DomainError):
    code = "bad_username"


class BadPhone(DomainError):
    code = "bad_phone"


class OwnAccount(DomainError):
    """Nobody closes his own account."""

    code = "own_account"


class AlreadyAssigned(DomainError):
    code = "already_assigned"


@dataclass(frozen=True)
class RoleAt:
    """A role and where it holds: at a station, in a region, or everywhere."""

    role: Role
    station: Station | None = None
    region: Region | None = None


@dataclass(frozen=True)
class Opened:
    """A person with the password that is shown once."""

    user: User
    password: str


def random_password() -> str:
    """Twelve signs in three groups, easy to read out: about 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _n in range(4)) for _m in range(3))


def tidy_username(text: str) -> str:
    """Lower case, half width. Holds a letter, so that it is never taken for a phone."""
    name = squeeze(text).lower()
    if not USERNAME.fullmatch(name):
        raise BadUsername(
            _("2 to 40 letters, digits, dots or dashes, with at least one letter."),
            field="username",
        )
    return name


def tidy_phone(text: str) -> str | None:
    """A mobile number without country code and marks; None when nothing was given."""
    digits = code_key(text).removeprefix("+").removeprefix("00")
    if len(digits) == 13:
        digits = digits.removeprefix("86")
    if not digits:
        return None
    if not MOBILE.fullmatch(digits):
        raise BadPhone(_("This is not a mobile number of 11 digits."), field="phone")
    return digits


@transaction.atomic
def create_person(
    *,
    name: str,
    username: str,
    phone: str = "",
    roles: Sequence[RoleAt] = (),
    by: User | None,
    at: datetime,
    password: str = "",
    hashed: str = "",
    must_change: bool = True,
    number: str = "",
    job: str = "",
    hired_on: date | None = None,
) -> Opened:
    """Open an account with its staff file and first roles; a password is drawn unless given.

    ``hashed`` is the password's hash, for whoever opens many accounts with one password: hashing
    is slow on purpose. ``by=None`` is the system. Raises NotPermitted, OutOfReach, LoginTaken,
    BadUsername, BadPhone.
    """
    check_holds(by, P.MANAGE_STAFF)
    secret = password or random_password()
    user = User(
        name=fold(name),
        username=tidy_username(username),
        phone=tidy_phone(phone),
        must_change_password=must_change,
    )
    if hashed:
        user.password = hashed
    else:
        user.set_password(secret)
    _save(user)
    staff = Staff(
        user=user, number=number.strip() or f"{user.pk:04d}", job=job.strip(), hired_on=hired_on
    )
    _save(staff)
    for wanted in roles:
        _give(user, wanted, by)
    emit("person.created", user, station_id=None, by=by, at=at, name=user.name, roles=_say(roles))
    return Opened(user, secret)


@transaction.atomic
def update_person(
    *, person: User, name: str, username: str, phone: str, by: User | None, at: datetime
) -> User:
    """Change how somebody is called and logs in. Raises OutOfReach, LoginTaken, Bad…"""
    fresh = User.objects.select_for_update().get(pk=person.pk)
    check_manage(by, fresh)
    fresh.name, fresh.username = fold(name), tidy_username(username)
    fresh.phone = tidy_phone(phone)
    _save(fresh)
    emit("person.updated", fresh, station_id=None, by=by, at=at, name=fresh.name)
    return fresh


@transaction.atomic
def deactivate(*, person: User, by: User | None, at: datetime) -> User:
    """Close the account: his sessions end with the next click, his documents stay.

    Raises OutOfReach, OwnAccount, LastAdministrator.
    """
    with an_administrator_stays():
        fresh = User.objects.select_for_update().get(pk=person.pk)
        check_manage(by, fresh)
        if by is not None and by.pk == fresh.pk:
            raise OwnAccount(_("You cannot close your own account."))
        fresh.is_active = False
        fresh.save(update_fields=["is_active"])
    emit("person.deactivated", fresh, station_id=None, by=by, at=at, name=fresh.name)
    return fresh


@transaction.atomic
def reactivate(*, person: User, by: User | None, at: datetime) -> User:
    """Open a closed account again, with the roles it had. Raises OutOfReach."""
    fresh = User.objects.select_for_update().get(pk=person.pk)
    check_manage(by, fresh)
    fresh.is_active = True
    fresh.save(update_fields=["is_active"])
    emit("person.reactivated", fresh, station_id=None, by=by, at=at, name=fresh.name)
    return fresh


@transaction.atomic
def assign_role(
    *,
    person: User,
    role: Role,
    station: Station | None = None,
    region: Region | None = None,
    by: User | None,
    at: datetime,
) -> Assignment:
    """Give a role at a station, in a region, or everywhere. Raises OutOfReach, AlreadyAssigned."""
    assignment = _give(person, RoleAt(role, station, region), by)
    emit("role.given", person, station_id=station.pk if station else None, by=by, at=at,
         name=person.name, role=role.name, place=_place(station, region))
    return assignment


@transaction.atomic
def remove_role(*, assignment: Assignment, by: User | None, at: datetime) -> None:
    """Take a role away. Raises OutOfReach, LastAdministrator."""
    check_grant(by, assignment.role, assignment.station, assignment.region)
    person, role, station = assignment.user, assignment.role, assignment.station
    place = _place(station, assignment.region)
    with an_administrator_stays():
        assignment.delete()
    emit("role.taken", person, station_id=station.pk if station else None, by=by, at=at,
         name=person.name, role=role.name, place=place)


def _give(person: User, wanted: RoleAt, by: User | None) -> Assignment:
    check_grant(by, wanted.role, wanted.station, wanted.region)
    region = None if wanted.station is not None else wanted.region
    assignment, made = Assignment.objects.get_or_create(
        user=person, role=wanted.role, station=wanted.station, region=region
    )
    if not made:
        raise AlreadyAssigned(_("This person has that role there already."))
    return assignment


def _place(station: Station | None, region: Region | None) -> str:
    return str(station or region or "")


def _say(roles: Sequence[RoleAt]) -> list[str]:
    return [f"{one.role.name} {_place(one.station, one.region)}".strip() for one in roles]


def _save(row: Any) -> None:
    """Save, and say which login is taken: two clerks may type the same one at once."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        found = re.search(r"\((phone|username|number)\)", str(error))
        if found is None:
            raise
        words = {
            "phone": _("Another person logs in with this phone."),
            "username": _("Another person has this user name."),
            "number": _("Another person has this staff number."),
        }
        raise LoginTaken(words[found[1]], field=found[1]) from error
