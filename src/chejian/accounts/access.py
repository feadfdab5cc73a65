"""What a person may do where, loaded by one statement and asked in memory after that."""

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from chejian.core import planned

#: what the person ``{user}`` holds, as one text: his roles, each once, and where each holds
HELD = """
(SELECT json_build_object(
    'roles', (
        SELECT json_agg(json_build_array(r.id, r.code, r.name, r.permissions,
            r.discount_limit::text, r.round_off_limit::text, r.home) ORDER BY r.id)
        FROM accounts_role r
        WHERE r.id IN (SELECT role_id FROM accounts_assignment WHERE user_id = {user})),
    'places', (
        SELECT json_agg(json_build_array(s.id, s.code, s.name, a.role_id,
            a.station_id IS NULL AND a.region_id IS NULL) ORDER BY s.id, a.role_id)
        FROM accounts_assignment a
        JOIN accounts_station s ON s.active AND (
            a.station_id = s.id
            OR (a.station_id IS NULL AND (a.region_id IS NULL OR a.region_id = s.region_id)))
        WHERE a.user_id = {user}))::text)
"""
#: people whose rights are kept made up in a process; the text from the database is the key, so
#: that what is kept can never be out of date
KEPT = 512


@dataclass
class StationAccess:
    """The sum of one person's roles at one station."""

    station_id: int
    code: str
    name: str
    roles: list[str] = field(default_factory=list)
    role_names: list[str] = field(default_factory=list)
    permissions: set[str] = field(default_factory=set)
    homes: set[str] = field(default_factory=set)
    discount_limit: Decimal = Decimal(0)
    round_off_limit: Decimal = Decimal(0)


@dataclass(frozen=True)
class Role:
    """A role as the rights are made up from it; the limits are still text."""

    code: str
    name: str
    permissions: Sequence[str]
    discount_limit: str
    round_off_limit: str
    home: str


@dataclass
class Access:
    """A person's stations with what he may do at each.

    ``everywhere`` holds the codes of roles that are bound to no station: they go on to hold at
    stations that will be opened.
    """

    stations: dict[int, StationAccess]
    everywhere: frozenset[str] = frozenset()
    #: what was worked out for exactly these rights, by whoever needs it again
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def station_ids(self) -> list[int]:
        return list(self.stations)

    def can_at(self, code: str, station_id: int) -> bool:
        here = self.stations.get(station_id)
        return here is not None and code in here.permissions

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """Every code that is held at any station."""
        return frozenset().union(*(here.permissions for here in self.stations.values()))

    def can(self, code: str) -> bool:
        return code in self.anywhere

    def can_any(self, codes: Iterable[str]) -> bool:
        return not self.anywhere.isdisjoint(codes)

    @property
    def on_phone_only(self) -> bool:
        """Whether every role has the phone for its home: a technician's."""
        homes = set().union(*(here.homes for here in self.stations.values()))
        return homes == {"phone"}

    def stations_with(self, code: str) -> list[int]:
        return [here.station_id for here in self.stations.values() if code in here.permissions]

    def limits_at(self, station_id: int) -> tuple[Decimal, Decimal]:
        """Largest order discount (rate) and rounding-off (yuan) allowed there without approval."""
        here = self.stations.get(station_id)
        return (here.discount_limit, here.round_off_limit) if here else (Decimal(0), Decimal(0))


def load_access(user_id: int) -> Access:
    """Read all assignments with their stations; a region or the whole organisation spreads out."""
    found = planned.rows(f"SELECT {HELD.format(user='%(user)s')}", {"user": user_id})
    return read_access(found[0][0])


@lru_cache(maxsize=KEPT)
def read_access(held: str) -> Access:
    """What the text says. The same text gives the same object: nobody may change it."""
    said = json.loads(held)
    roles = {role[0]: Role(*role[1:]) for role in said["roles"] or ()}
    stations: dict[int, StationAccess] = {}
    everywhere: set[str] = set()
    for sid, code, name, role_id, wide in said["places"] or ():
        role = roles[role_id]
        here = stations.setdefault(sid, StationAccess(sid, code, name))
        here.roles.append(role.code)
        here.role_names.append(role.name)
        here.permissions.update(role.permissions)
        here.homes.add(role.home)
        if wide:
            everywhere.update(role.permissions)
        here.discount_limit = max(here.discount_limit, Decimal(role.discount_limit))
        here.round_off_limit = max(here.round_off_limit, Decimal(role.round_off_limit))
    return Access(stations, frozenset(everywhere))
