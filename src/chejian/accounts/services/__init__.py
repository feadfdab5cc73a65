"""The verbs of accounts, one module per idea. Those named here are the ones other apps call."""

from chejian.accounts.services.approvals import (
    decide,
    request_approval,
    usable_approval,
    use_approval,
)
from chejian.accounts.services.defaults import ensure_defaults

__all__ = [
    "decide",
    "ensure_defaults",
    "request_approval",
    "usable_approval",
    "use_approval",
]
