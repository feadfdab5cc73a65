"""Somebody must always be able to change roles, or the shop is locked out of itself."""

from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import keepers
from chejian.accounts.models import Role
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError


class LastAdministrator(DomainError):
    """After this nobody could change roles any more."""

    code = "last_administrator"


def lock_administrators() -> None:
    """Taken first by every verb that could remove the last one: two at once must not."""
    rows = Role.objects.filter(permissions__contains=[str(P.MANAGE_ROLES)]).order_by("pk")
    list(rows.select_for_update())


def keep_an_administrator() -> None:
    """Raise LastAdministrator if the transaction so far leaves nobody who may change roles."""
    if keepers() is None:
        raise LastAdministrator(
            _("Somebody must keep the right to change roles: give it to another person first.")
        )
