"""The verbs of the move-in: start, match columns, check, import."""

from chejian.movein.services.matching import accept_mends, match_columns
from chejian.movein.services.running import (
    check,
    commit_import,
    fail,
    request_check,
    request_import,
)
from chejian.movein.services.starting import start_import
from chejian.movein.services.undo import undo_import

__all__ = [
    "accept_mends",
    "check",
    "commit_import",
    "fail",
    "match_columns",
    "request_check",
    "request_import",
    "start_import",
    "undo_import",
]
