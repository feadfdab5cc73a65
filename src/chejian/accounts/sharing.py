"""What a person keeps for himself or shares with a role or a station: views, templates, queries."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted


class Visibility(models.TextChoices):
    PRIVATE = "private", _("Only me")
    ROLE = "role", _("People of a role")
    STATION = "station", _("People of a station")


class SharedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows of ``Shareable`` models."""

    def visible_to(self, user: Any) -> Self:
        """His own, those for a role he has anywhere, those for a station of his."""
        access = user.access
        return self.filter(
            models.Q(owner=user)
            | models.Q(visibility=Visibility.ROLE, role__code__in=roles_of(user))
            | models.Q(visibility=Visibility.STATION, station_id__in=access.station_ids)
        )


class Shareable(models.Model):
    """Base: an owner, and who else may use it. Only the owner, or who manages staff, changes it."""

    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    visibility = models.CharField(
        _("who may use it"), max_length=8, choices=Visibility, default=Visibility.PRIVATE
    )
    role = models.ForeignKey(
        "accounts.Role", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("role"),
    )
    station = models.ForeignKey(
        "accounts.Station", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("station"),
    )

    class Meta:
        abstract = True

    def may_change(self, user: Any) -> bool:
        """The owner; a shared one also whoever manages the staff that uses it."""
        if self.owner_id == user.pk:
            return True
        if self.visibility == Visibility.STATION and self.station_id:
            return bool(user.can_at(P.MANAGE_STAFF, self.station_id))
        return self.visibility == Visibility.ROLE and bool(user.can(P.MANAGE_ROLES))


def shared_with(by: Any, visibility: str, role: Any, station: Any) -> dict[str, Any]:
    """The three columns as they belong together: what the visibility does not need is empty.

    Without a role or station it stays private: nothing is shared by mistake. Raises NotPermitted
    for a role that the person does not have, or a station where he has none.
    """
    if visibility == Visibility.ROLE and role is not None:
        if role.code not in roles_of(by) and not by.can(P.MANAGE_ROLES):
            raise NotPermitted(_("You can share with people of your own roles."))
        return {"visibility": visibility, "role": role, "station": None}
    if visibility == Visibility.STATION and station is not None:
        if station.pk not in by.access.station_ids:
            raise NotPermitted(_("You have no role at this station."))
        return {"visibility": visibility, "role": None, "station": station}
    return {"visibility": Visibility.PRIVATE, "role": None, "station": None}


def roles_of(user: Any) -> set[str]:
    """Codes of every role that he has anywhere."""
    return {code for here in user.access.stations.values() for code in here.roles}


def check_shared(name: str) -> models.CheckConstraint:
    """The database's copy of ``shared_with``: a constraint for ``Meta.constraints``."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(visibility=Visibility.PRIVATE, role=None, station=None)
        | models.Q(visibility=Visibility.ROLE, role__isnull=False, station=None)
        | models.Q(visibility=Visibility.STATION, role=None, station__isnull=False),
    )
