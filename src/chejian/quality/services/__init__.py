"""The verbs of quality, one module per idea. Those named here are called by other apps."""

from chejian.quality.services.certificates import request_certificate
from chejian.quality.services.defaults import ensure_defaults
from chejian.quality.services.inspecting import Measured, inspect
from chejian.quality.services.measuring import measure, save_item

__all__ = ["Measured", "ensure_defaults", "inspect", "measure", "request_certificate", "save_item"]
