"""Changing what a role may do. The database keeps every earlier form of it (pghistory)."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import check_holds
from chejian.accounts.models import Role, User
from chejian.accounts.permissions import P
from chejian.accounts.services.keeping import an_administrator_stays
from chejian.core import formats
from chejian.core.errors import Conflict, DomainError
from chejian.core.outbox import emit


class UnknownPermission(DomainError):
    code = "unknown_permission"


class RolesChanged(Conflict):
    """Somebody else changed roles after the matrix was shown."""

    code = "roles_changed"


@dataclass(frozen=True)
class RoleRights:
    """What a role shall be able to do from now on."""

    role: Role
    permissions: frozenset[str]
    discount_limit: Decimal
    round_off_limit: Decimal


def fingerprint(roles: Iterable[Role]) -> str:
    """Says whether the matrix is still as it was shown."""
    text = "\n".join(
        f"{role.pk} {sorted(role.permissions)} {role.discount_limit:.4f} {role.round_off_limit:.2f}"
        for role in sorted(roles, key=lambda role: role.pk)
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def set_role_permissions(
    *,
    role: Role,
    permissions: Collection[str],
    discount_limit: Decimal,
    round_off_limit: Decimal,
    by: User | None,
    at: datetime,
) -> Role:
    """Change one role. Raises NotPermitted, UnknownPermission, LastAdministrator."""
    wanted = RoleRights(role, frozenset(permissions), discount_limit, round_off_limit)
    set_matrix(rights=[wanted], by=by, at=at)
    role.refresh_from_db()
    return role


@transaction.atomic
def set_matrix(
    *, rights: Sequence[RoleRights], by: User | None, at: datetime, seen: str = ""
) -> list[Role]:
    """Change many roles at once; returns those that really changed.

    ``seen`` is the fingerprint of all roles as they were shown. Raises NotPermitted,
    UnknownPermission, RolesChanged, LastAdministrator.
    """
    check_holds(by, P.MANAGE_ROLES)
    current = {role.pk: role for role in Role.objects.order_by("pk").select_for_update()}
    if seen and fingerprint(current.values()) != seen:
        raise RolesChanged(_("Somebody else has changed roles meanwhile. Please look again."))
    with an_administrator_stays():
        changed = [_change(current[wanted.role.pk], wanted, by, at) for wanted in rights]
    return [role for role in changed if role is not None]


@transaction.atomic
def rename_role(*, role: Role, name: str, by: User | None, at: datetime) -> Role:
    """Call a role as the house calls it. Raises NotPermitted."""
    check_holds(by, P.MANAGE_ROLES)
    role.name = name.strip()
    role.save(update_fields=["name"])
    emit("role.renamed", role, station_id=None, by=by, at=at, name=role.name)
    return role


def _change(role: Role, wanted: RoleRights, by: User | None, at: datetime) -> Role | None:
    unknown = wanted.permissions - set(P)
    if unknown:
        raise UnknownPermission(_("There is no such permission."), codes=sorted(unknown))
    before = (set(role.permissions), role.discount_limit, role.round_off_limit)
    after = (set(wanted.permissions), wanted.discount_limit, wanted.round_off_limit)
    if before == after:
        return None
    role.permissions = sorted(wanted.permissions)
    role.discount_limit = wanted.discount_limit
    role.round_off_limit = wanted.round_off_limit
    role.save(update_fields=["permissions", "discount_limit", "round_off_limit"])
    emit("role.changed", role, station_id=None, by=by, at=at, name=role.name,
         added=sorted(after[0] - before[0]), removed=sorted(before[0] - after[0]),
         limits=_limits(role) if before[1:] != after[1:] else [])
    return role


def _limits(role: Role) -> list[str]:
    """The limits as they are read: 5%, 10.00."""
    return [formats.percent(role.discount_limit), formats.money(role.round_off_limit)]
