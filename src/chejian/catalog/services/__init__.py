"""The verbs of the catalogue, one module per idea. Those named here are called by other apps."""

from chejian.catalog.services.defaults import ensure_defaults

__all__ = ["ensure_defaults"]
