"""What surrounds every page: menu with live counts, stations, person, the live channel."""

import time
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
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

KEYS: tuple[tuple[str, str | Promise], ...] = (
    ("Ctrl K", _("Find")),
    ("F2", _("Receive a car")),
    ("Ctrl ⏎", _("Finish the page")),
    ("Enter", _("Next cell, next line")),
    ("Esc", _("Close, cancel the cell")),
    ("?", _("All keys")),
)


def provide(request: HttpRequest) -> Shell:
    """The shell of a logged-in person; an empty one for everybody else."""
    user = request.user
    if not isinstance(user, User):
        return Shell()
    here: StationAccess | None = getattr(request, "station", None)
    if here is None:
        return Shell(name=user.name)
    counts = menu_counts(user, here)
    usual = [
        MenuGroup(section.label, items)
        for section in MENU
        if (items := _items(section.entries, request, user, counts))
    ]
    groups = arranged(usual, user.favourites)
    flat = [item for group in groups for item in group.items]
    return Shell(
        groups=groups,
        places=[item for group in usual for item in group.items if item.name != "home"],
        end=_items(END, request, user, counts),
        tabs=(flat[1:] if lands_on_phone(here) else flat)[:3],
        stations=[
            StationChoice(place.station_id, place.name, place is here)
            for place in user.access.stations.values()
        ],
        quick=_items(QUICK, request, user, {}),
        person=[
            MenuItem(_("My settings"), "adjust", reverse("preferences")),
            MenuItem(_("My password"), "key", reverse("change_password")),
        ],
        name=user.name,
        role="、".join(here.role_names),
        notices=counts.get("approvals", 0),
        notices_url=reverse("notices"),
        search_url=reverse("search"),
        help_url=reverse("help"),
        events_url=events_address(request),
        events_token=events_token.mint(
            [f"station:{here.station_id}", "all"], TOKEN_TTL, settings.SECRET_KEY,
            int(time.time()),
        ),
        keys=KEYS,
    )


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


def _items(
    entries: Sequence[Entry], request: HttpRequest, user: User, counts: dict[str, int],
) -> list[MenuItem]:
    here: StationAccess | None = getattr(request, "station", None)
    found = []
    for entry in entries:
        if not entry.opens_to(user, here):
            continue
        url = reverse(entry.name)
        active = request.path == url or (url != "/" and request.path.startswith(url))
        found.append(
            MenuItem(entry.label, entry.icon, url, counts.get(entry.count) or None, active,
                     entry.kbd, entry.name)
        )
    return found
