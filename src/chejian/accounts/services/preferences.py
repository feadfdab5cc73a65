"""What everybody may set for himself: language, appearance, menu, favourites, station."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.core.errors import DomainError

FAVOURITES = 20


class UnknownChoice(DomainError):
    code = "unknown_choice"


class ForeignStation(DomainError):
    """A station at which the person has no role: for him it does not exist."""

    code = "foreign_station"


@transaction.atomic
def set_preference(*, user: User, name: str, value: Any) -> User:
    """Set ``theme``, ``language``, ``menu_folded`` or ``favourites``. Raises UnknownChoice."""
    checks = {
        "theme": lambda: value in User.Theme.values,
        "language": lambda: value in dict(settings.LANGUAGES),
        "menu_folded": lambda: isinstance(value, bool),
        "favourites": lambda: _is_list_of_places(value),
    }
    if name not in checks or not checks[name]():
        raise UnknownChoice(_("There is no such choice."), field=name)
    setattr(user, name, value)
    user.save(update_fields=[name])
    return user


def switch_station(*, user: User, station_id: int) -> StationAccess:
    """The station to work at from now on; the session remembers it. Raises ForeignStation."""
    here = user.access.stations.get(station_id)
    if here is None:
        raise ForeignStation(_("You have no role at this station."))
    return here


def _is_list_of_places(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > FAVOURITES:
        return False
    return all(isinstance(place, str) and 0 < len(place) <= 60 for place in value)
