"""The organisation's places: regions, stations, and the teams and bays of a station."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import check_holds, check_station, covers
from chejian.accounts.models import Bay, Organisation, Region, Station, Team, User
from chejian.accounts.permissions import P
from chejian.accounts.services.keeping import an_administrator_stays
from chejian.accounts.services.staff_file import NameTaken
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit

#: stands in every document number, so it is short and plain
STATION_CODE = re.compile(r"[A-Z0-9]{1,4}")


class BadCode(DomainError):
    code = "bad_code"


class LastStation(DomainError):
    """The organisation needs one station at least."""

    code = "last_station"


@transaction.atomic
def update_organisation(
    *, organisation: Organisation, name: str, language: str, by: User | None, at: datetime
) -> Organisation:
    """Raises NotPermitted."""
    _check_whole(by)
    organisation.name, organisation.language = name.strip(), language
    organisation.save(update_fields=["name", "language"])
    emit("organisation.updated", organisation, station_id=None, by=by, at=at, name=name)
    return organisation


@transaction.atomic
def create_region(
    *, organisation: Organisation, code: str, name: str, by: User | None, at: datetime
) -> Region:
    """Raises NotPermitted, NameTaken."""
    _check_whole(by)
    _check_free(Region.objects.filter(code=code.strip().upper()), "code")
    region = Region.objects.create(
        organisation=organisation, code=code.strip().upper(), name=name.strip()
    )
    emit("region.created", region, station_id=None, by=by, at=at, name=region.name)
    return region


@transaction.atomic
def update_region(*, region: Region, name: str, by: User | None, at: datetime) -> Region:
    """Raises NotPermitted."""
    _check_whole(by)
    region.name = name.strip()
    region.save(update_fields=["name"])
    emit("region.updated", region, station_id=None, by=by, at=at, name=region.name)
    return region


@transaction.atomic
def create_station(
    *, region: Region, code: str, name: str, by: User | None, at: datetime, **fields: Any
) -> Station:
    """Open a station. Its code stays for ever: it stands in every document number.

    Raises NotPermitted, BadCode, NameTaken.
    """
    _check_whole(by)
    code = code.strip().upper()
    if not STATION_CODE.fullmatch(code):
        raise BadCode(_("1 to 4 capital letters or digits."), field="code")
    _check_free(Station.objects.filter(code=code), "code")
    station = Station.objects.create(region=region, code=code, name=name.strip(), **fields)
    emit("station.created", station, station_id=station.pk, by=by, at=at, name=station.name)
    return station


@transaction.atomic
def update_station(
    *, station: Station, by: User | None, at: datetime, **fields: Any
) -> Station:
    """Change a station's data, or close it by ``active=False``; never its code.

    Raises NotPermitted, LastStation, LastAdministrator.
    """
    check_station(by, P.MANAGE_STATIONS, station)
    if "code" in fields:
        raise BadCode(_("The code of a station cannot be changed."), field="code")
    with an_administrator_stays():
        fresh = Station.objects.select_for_update().get(pk=station.pk)
        for name, value in fields.items():
            setattr(fresh, name, value)
        fresh.save()
        if not Station.objects.filter(active=True).exists():
            raise LastStation(_("One station must stay open."), field="active")
    emit("station.updated", fresh, station_id=fresh.pk, by=by, at=at, name=fresh.name)
    return fresh


@transaction.atomic
def create_team(
    *, station: Station, name: str, by: User | None, at: datetime,
    leader: User | None = None, members: Sequence[User] = (),
) -> Team:
    """Raises NotPermitted, NameTaken."""
    check_station(by, P.MANAGE_STAFF, station)
    _check_free(Team.objects.filter(station=station, name=name.strip()), "name")
    team = Team.objects.create(station=station, name=name.strip(), leader=leader)
    team.members.set(_with_leader(leader, members))
    emit("team.created", team, station_id=station.pk, by=by, at=at, name=team.name)
    return team


@transaction.atomic
def update_team(
    *, team: Team, name: str, by: User | None, at: datetime,
    leader: User | None = None, members: Sequence[User] = (),
) -> Team:
    """The leader is always a member. Raises NotPermitted, NameTaken."""
    check_station(by, P.MANAGE_STAFF, team.station)
    others = Team.objects.filter(station=team.station, name=name.strip()).exclude(pk=team.pk)
    _check_free(others, "name")
    team.name, team.leader = name.strip(), leader
    team.save(update_fields=["name", "leader"])
    team.members.set(_with_leader(leader, members))
    emit("team.updated", team, station_id=team.station_id, by=by, at=at, name=team.name)
    return team


@transaction.atomic
def create_bay(
    *, station: Station, name: str, kind: str, by: User | None, at: datetime
) -> Bay:
    """Raises NotPermitted, NameTaken."""
    check_station(by, P.MANAGE_STAFF, station)
    _check_free(Bay.objects.filter(station=station, name=name.strip()), "name")
    bay = Bay.objects.create(station=station, name=name.strip(), kind=kind.strip())
    emit("bay.created", bay, station_id=station.pk, by=by, at=at, name=bay.name)
    return bay


@transaction.atomic
def update_bay(
    *, bay: Bay, name: str, kind: str, active: bool, by: User | None, at: datetime
) -> Bay:
    """Raises NotPermitted, NameTaken."""
    check_station(by, P.MANAGE_STAFF, bay.station)
    others = Bay.objects.filter(station=bay.station, name=name.strip()).exclude(pk=bay.pk)
    _check_free(others, "name")
    bay.name, bay.kind, bay.active = name.strip(), kind.strip(), active
    bay.save(update_fields=["name", "kind", "active"])
    emit("bay.updated", bay, station_id=bay.station_id, by=by, at=at, name=bay.name)
    return bay


def _with_leader(leader: User | None, members: Sequence[User]) -> set[User]:
    return {*members, leader} if leader is not None else set(members)


def _check_whole(by: User | None) -> None:
    """Regions and new stations are the organisation's: a right at one station is too small."""
    if by is None:
        return
    check_holds(by, P.MANAGE_STATIONS)
    if not covers(by, P.MANAGE_STATIONS, None, None):
        raise NotPermitted(_("You manage single stations only."))


def _check_free(rows: Any, field: str) -> None:
    if rows.exists():
        raise NameTaken(_("This is taken already."), field=field)
