"""What surrounds every page. Core knows no user and no menu: the front desk provides them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest

from chejian.core.errors import Text


@dataclass(frozen=True)
class MenuItem:
    """One link. ``icon`` is a name of the sprite, ``kbd`` a key printed beside the label."""

    label: Text
    icon: str
    url: str
    count: int | None = None
    active: bool = False
    kbd: str = ""
    name: str = ""


@dataclass(frozen=True)
class MenuGroup:
    """Links under one heading; an empty label draws no heading."""

    label: Text
    items: Sequence[MenuItem]


@dataclass(frozen=True)
class StationChoice:
    id: int
    name: str
    active: bool = False


@dataclass(frozen=True)
class Shell:
    """Everything that ``base.html`` needs besides the page itself."""

    groups: Sequence[MenuGroup] = ()
    end: Sequence[MenuItem] = ()
    tabs: Sequence[MenuItem] = ()
    stations: Sequence[StationChoice] = ()
    quick: Sequence[MenuItem] = ()
    person: Sequence[MenuItem] = ()
    name: str = ""
    role: Text = ""
    #: every place of the menu, in its usual order, for whoever arranges his own
    places: Sequence[MenuItem] = ()
    notices: int = 0
    notices_url: str = ""
    help_url: str = ""
    search_url: str = ""
    station_url: str = "/preferences/station/"
    theme_url: str = "/preferences/theme/"
    language_url: str = "/preferences/language/"
    logout_url: str = "/logout/"
    home_url: str = "/"
    events_url: str = ""
    events_token: str = ""
    keys: Sequence[tuple[str, Text]] = field(default_factory=tuple)

    @property
    def station(self) -> StationChoice | None:
        """The station where the person works now."""
        return next((choice for choice in self.stations if choice.active), None)


type Provider = Callable[[HttpRequest], Shell]

_providers: list[Provider] = []


def register_shell(provider: Provider) -> None:
    """Called once when the front desk is ready; the last one registered is asked."""
    _providers.append(provider)


def shell(request: HttpRequest) -> Shell:
    """The shell for this request, made once; an empty one where nobody provides."""
    made: Shell | None = getattr(request, "_shell", None)
    if made is None:
        made = _providers[-1](request) if _providers else Shell()
        request._shell = made  # type: ignore[attr-defined]
    return made
