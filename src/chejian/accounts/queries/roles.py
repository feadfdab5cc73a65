"""The rows of the permission matrix, and how the roles came to be what they are.

The database itself keeps every form of a role (``accounts_roleevent``); what is shown here is the
event that the verb appended, which also says who did it and what came and went.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from chejian.accounts.models import Role
from chejian.accounts.permissions import GROUPS, LABELS
from chejian.core.models import Event


@dataclass(frozen=True)
class RoleChange:
    """Who changed which role when: permissions that came and went, limits as they are since."""

    role: str
    at: datetime
    by: str
    added: list[Promise]
    removed: list[Promise]
    limits: list[str]


def permission_groups() -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """Groups with their codes and names, in the order of the list of permissions."""
    return [
        (label, [(code, word) for code, word in LABELS.items() if code.split(".")[0] == group])
        for group, label in GROUPS.items()
    ]


def role_history(*, role: Role | None = None, limit: int = 20) -> list[RoleChange]:
    """The newest changes of one role or of all."""
    events = Event.objects.filter(kind="role.changed", subject_type=Role._meta.label)
    if role is not None:
        events = events.filter(subject_id=role.pk)
    return [_read(event) for event in events.order_by("-pk")[:limit]]


def _read(event: Event) -> RoleChange:
    said: dict[str, Any] = event.data
    return RoleChange(
        role=said["name"],
        at=event.at,
        by=event.actor_name,
        added=[LABELS[code] for code in said["added"] if code in LABELS],
        removed=[LABELS[code] for code in said["removed"] if code in LABELS],
        limits=said["limits"],
    )
