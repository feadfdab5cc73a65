"""The verbs of accounts, one module per idea. Those named here are called by other apps."""

from chejian.accounts.services.defaults import ensure_defaults

__all__ = ["ensure_defaults"]
