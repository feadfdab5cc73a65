"""Small rules shared by the verbs of money."""

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.errors import NotPermitted


def require(by: User, permission: str, station_id: int) -> None:
    """Raise NotPermitted unless the person holds the permission at the row's station."""
    if not by.can_at(permission, station_id):
        raise NotPermitted(_("You do not have the permission for this."))
