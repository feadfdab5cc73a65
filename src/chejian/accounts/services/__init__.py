"""The verbs of accounts, one module per idea. Those named here are the ones other apps call."""

from chejian.accounts.services.approvals import (
    decide,
    request_approval,
    usable_approval,
    use_approval,
)
from chejian.accounts.services.audit import record_unmasking
from chejian.accounts.services.defaults import ensure_defaults
from chejian.accounts.services.people import RoleAt, create_person

__all__ = [
    "RoleAt",
    "create_person",
    "decide",
    "ensure_defaults",
    "record_unmasking",
    "request_approval",
    "usable_approval",
    "use_approval",
]
