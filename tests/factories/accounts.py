"""Stations and people for tests. Everything is real: rows, roles, assignments."""

from itertools import count
from typing import Any

from django.test import Client

from chejian.accounts.models import Assignment, Organisation, Region, Role, Station, User
from chejian.accounts.services.defaults import ensure_defaults

_serial = count(1)


def make_organisation(**fields: Any) -> Organisation:
    """The one organisation, made when it is not there."""
    found = Organisation.objects.first()
    return found or Organisation.objects.create(**({"name": "甬城汽修集团"} | fields))


def make_region(code: str = "R1", **fields: Any) -> Region:
    defaults = {"name": "宁波", "organisation": make_organisation()} | fields
    return Region.objects.get_or_create(code=code, defaults=defaults)[0]


def make_station(code: str = "NS", **fields: Any) -> Station:
    """The station with that code, made when it is not there."""
    found = Station.objects.filter(code=code).first()
    if found is not None:
        return found
    region = fields.pop("region", None) or make_region()
    return Station.objects.create(
        code=code, region=region, **({"name": f"{code} 店", "phone": "0574-88880000"} | fields)
    )


def make_role(code: str = "service_adviser", **changes: Any) -> Role:
    """A role by its code: a default one, or a new one with the permissions given."""
    if not Role.objects.filter(code=code).exists():
        ensure_defaults()
    role, _ = Role.objects.get_or_create(code=code, defaults={"name": code})
    for name, value in changes.items():
        setattr(role, name, value)
    if changes:
        role.save()
    return role


def assign(user: User, role: str = "service_adviser", station: Station | None = None) -> Assignment:
    """One more role. Without a station it holds everywhere."""
    user.__dict__.pop("access", None)
    return Assignment.objects.create(user=user, role=make_role(role), station=station)


def make_user(
    role: str | None = "service_adviser",
    station: Station | None = None,
    password: str | None = None,
    **fields: Any,
) -> User:
    """A person with one role at ``station`` (the usual one unless given). ``role=None``: no role.

    A password costs a real argon2 hash: leave it out and use ``client_of``.
    """
    number = next(_serial)
    user = User(
        **(
            {"username": f"user{number}", "name": f"员工{number}", "must_change_password": False}
            | fields
        )
    )
    user.set_password(password)
    user.save()
    if role is not None:
        assign(user, role, station or make_station())
    return user


def client_of(user: User, station: Station | None = None, **headers: str) -> Client:
    """A browser in which that person is logged in, at ``station`` if given."""
    client = Client(headers=headers or None)
    client.force_login(user)
    if station is not None:
        session = client.session
        session["station"] = station.pk
        session.save()
    return client
