"""What surrounds every page: menu with live counts, stations, person, the live channel."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chejian import events_token
from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.live import events_address
from chejian.core.shell import MenuGroup, MenuItem, Shell, StationChoice
from chejian.desk.counts import menu_counts
from chejian.desk.menu import END, MENU, QUICK, Entry

TOKEN_TTL = 12 * 3600
TOKEN_KEPT = 600
COUNTED = {
    entry.name: entry.count for section in MENU for entry in section.entries if entry.count
}

KEYS: tuple[tuple[str, str | Promise], ...] = (
    ("Ctrl K", _("Find")),
    ("F2", _("Receive a car")),
    ("Ctrl ⏎", _("Finish the page")),
    ("Enter", _("Next cell, next line")),
    ("Esc", _("Close, cancel the cell")),
    ("?", _("All keys")),
)


@dataclass(frozen=True)
class Laid:
    """The parts of a shell that follow from what a person may do: the same until that changes."""

    groups: Sequence[MenuGroup]
    places: Sequence[MenuItem]
    end: Sequence[MenuItem]
    quick: Sequence[MenuItem]
    person: Sequence[MenuItem]
    stations: Sequence[StationChoice]
    keys: Sequence[tuple[str, str]]
    role: str
    on_phone: bool


def provide(request: HttpRequest) -> Shell:
    """The shell of a logged-in person; an empty one for everybody else."""
    user = request.user
    if not isinstance(user, User):
        return Shell()
    here: StationAccess | None = getattr(request, "station", None)
    if here is None:
        return Shell(name=user.name)
    laid, counts = _laid(user, here), menu_counts(user, here)
    groups = [
        MenuGroup(group.label, _live(group.items, request.path, counts)) for group in laid.groups
    ]
    flat = [item for group in groups for item in group.items]
    return Shell(
        groups=groups,
        places=laid.places,
        end=_live(laid.end, request.path, counts),
        tabs=(flat[1:] if laid.on_phone else flat)[:3],
        stations=laid.stations,
        quick=laid.quick,
        person=laid.person,
        name=user.name,
        role=laid.role,
        notices=counts.get("approvals", 0),
        notices_url=fixed("notices"),
        search_url=fixed("search"),
        help_url=fixed("help"),
        events_url=events_address(request),
        events_token=_token(here.station_id, int(time.time()) // TOKEN_KEPT),
        keys=laid.keys,
    )


def _laid(user: User, here: StationAccess) -> Laid:
    """Kept with his rights, for each station, language and choice of favourites."""
    key = ("shell", here.station_id, get_language(), *user.favourites)
    kept = user.access.kept
    if key not in kept:
        kept[key] = _lay(user, here)
    found: Laid = kept[key]
    return found


def _lay(user: User, here: StationAccess) -> Laid:
    usual = [
        MenuGroup(str(section.label), items)
        for section in MENU if (items := _items(section.entries, user, here))
    ]
    return Laid(
        groups=arranged(usual, user.favourites),
        places=[item for group in usual for item in group.items if item.name != "home"],
        end=_items(END, user, here),
        quick=_items(QUICK, user, here),
        person=[
            MenuItem(str(_("My settings")), "adjust", reverse("preferences")),
            MenuItem(str(_("My password")), "key", reverse("change_password")),
        ],
        stations=[
            StationChoice(place.station_id, place.name, place is here)
            for place in user.access.stations.values()
        ],
        keys=[(key, str(word)) for key, word in KEYS],
        role="、".join(here.role_names),
        on_phone=lands_on_phone(here),
    )


def _live(items: Sequence[MenuItem], path: str, counts: dict[str, int]) -> list[MenuItem]:
    """The items with their figures of now, and the one that the person looks at."""
    found = []
    for item in items:
        count = counts.get(COUNTED.get(item.name, "")) or None
        active = path == item.url or (item.url != "/" and path.startswith(item.url))
        found.append(replace(item, count=count, active=active) if count or active else item)
    return found


@lru_cache(maxsize=512)
def _token(station_id: int, _span: int) -> str:
    """What opens the live channel of a station: nobody's own, so it serves for some minutes."""
    channels = [f"station:{station_id}", "all"]
    return events_token.mint(channels, TOKEN_TTL, settings.SECRET_KEY, int(time.time()))


fixed = cache(reverse)


def arranged(usual: Sequence[MenuGroup], favourites: Sequence[str]) -> list[MenuGroup]:
    """自定义菜单: the person's favourites below his home, in his order; the rest as usual.

    A favourite that he may no longer open is not there.
    """
    items = {item.name: item for group in usual for item in group.items}
    chosen = [items[name] for name in favourites if name in items and name != "home"]
    if not chosen:
        return list(usual)
    taken = {item.name for item in chosen}
    rest = [
        MenuGroup(group.label, left)
        for group in usual
        if (left := [item for item in group.items if item.name not in taken | {"home"}])
    ]
    home = [items["home"]] if "home" in items else []
    return [MenuGroup("", [*home, *chosen]), *rest]


def lands_on_phone(here: StationAccess) -> bool:
    """Whether his home is the list of his jobs: a technician without the station's orders."""
    return P.WORK in here.permissions and P.VIEW_ORDERS not in here.permissions


def _items(entries: Sequence[Entry], user: User, here: StationAccess) -> list[MenuItem]:
    return [
        MenuItem(str(entry.label), entry.icon, reverse(entry.name), kbd=entry.kbd, name=entry.name)
        for entry in entries if entry.opens_to(user, here)
    ]
