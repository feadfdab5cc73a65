"""What a person may do where, loaded by one statement and asked in memory after that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

LOAD = """
SELECT s.id, s.code, s.name, r.code, r.name, r.permissions, r.discount_limit, r.round_off_limit,
       r.home, a.station_id IS NULL AND a.region_id IS NULL
FROM accounts_assignment a
JOIN accounts_role r ON r.id = a.role_id
JOIN accounts_station s ON s.active AND (
    a.station_id = s.id
    OR (a.station_id IS NULL AND (a.region_id IS NULL OR a.region_id = s.region_id)))
WHERE a.user_id = %s
ORDER BY s.id, r.id
"""


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


@dataclass
class Access:
    """A person's stations with what he may do at each.

    ``everywhere`` holds the codes of roles that are bound to no station: they go on to hold at
    stations that will be opened.
    """

    stations: dict[int, StationAccess]
    everywhere: frozenset[str] = frozenset()

    @property
    def station_ids(self) -> list[int]:
        return list(self.stations)

    def can_at(self, code: str, station_id: int) -> bool:
        here = self.stations.get(station_id)
        return here is not None and code in here.permissions

    def can(self, code: str) -> bool:
        return any(code in here.permissions for here in self.stations.values())

    def can_any(self, codes: Iterable[str]) -> bool:
        return any(self.can(code) for code in codes)

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
    stations: dict[int, StationAccess] = {}
    everywhere: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(LOAD, [user_id])
        for (
            sid, code, name, role, role_name, permissions, discount, round_off, home, wide,
        ) in cursor:
            here = stations.setdefault(sid, StationAccess(sid, code, name))
            here.roles.append(role)
            here.role_names.append(role_name)
            here.permissions.update(permissions)
            here.homes.add(home)
            if wide:
                everywhere.update(permissions)
            here.discount_limit = max(here.discount_limit, discount)
            here.round_off_limit = max(here.round_off_limit, round_off)
    return Access(stations, frozenset(everywhere))
