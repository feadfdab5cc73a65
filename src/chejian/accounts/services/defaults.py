"""What must be there before the first person works: the roles."""

from django.db import transaction

from chejian.accounts.models import Role
from chejian.accounts.permissions import DEFAULT_ROLES


@transaction.atomic
def ensure_defaults() -> None:
    """Create the roles that are missing. One that was changed stays as it was made."""
    Role.objects.bulk_create(
        [
            Role(
                code=role.code,
                name=role.name,
                permissions=sorted(role.permissions),
                discount_limit=role.discount_limit,
                round_off_limit=role.round_off_limit,
                home=role.home,
            )
            for role in DEFAULT_ROLES
        ],
        ignore_conflicts=True,
    )
