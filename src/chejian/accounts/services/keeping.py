"""Somebody must always be able to change roles, or the shop is locked out of itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Assignment, Role
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError


class LastAdministrator(DomainError):
    """After this nobody could change roles any more."""

    code = "last_administrator"


@contextmanager
def an_administrator_stays() -> Iterator[None]:
    """Around what could take the right to change roles from its last holder.

    The roles are locked first, so that two such deeds at once see each other. Raises
    LastAdministrator.
    """
    rows = Role.objects.filter(permissions__contains=[str(P.MANAGE_ROLES)]).order_by("pk")
    list(rows.select_for_update())
    somebody = _somebody_can()
    yield
    if somebody and not _somebody_can():
        raise LastAdministrator(
            _("Somebody must keep the right to change roles: give it to another person first.")
        )


def _somebody_can() -> bool:
    """Whether an active person can change roles, everywhere or at a station that is open."""
    return (
        Assignment.objects.filter(
            role__permissions__contains=[str(P.MANAGE_ROLES)], user__is_active=True
        )
        .exclude(station__active=False)
        .exists()
    )
