"""The verbs of the move-in: start, match columns, check, import."""

from chejian.movein.services.archives import (
    delete_archive,
    fail_archive,
    make_archive,
    note_fetch,
    request_archive,
)
from chejian.movein.services.batches import (
    fail_batch,
    import_batch,
    keep_batch,
    request_batch_import,
    request_batch_undo,
    request_trial,
    start_batch,
    try_out,
    type_controls,
    undo_batch,
)
from chejian.movein.services.choosing import choose
from chejian.movein.services.matching import accept_mends, match_columns
from chejian.movein.services.running import (
    check,
    commit_import,
    fail,
    request_check,
    request_import,
)
from chejian.movein.services.sheet import SIGNABLE, sign_off
from chejian.movein.services.starting import start_import
from chejian.movein.services.undo import UNDOERS, keep_import, request_undo, undo_import

__all__ = [
    "SIGNABLE",
    "UNDOERS",
    "accept_mends",
    "check",
    "choose",
    "commit_import",
    "delete_archive",
    "fail",
    "fail_archive",
    "fail_batch",
    "import_batch",
    "keep_batch",
    "keep_import",
    "make_archive",
    "match_columns",
    "note_fetch",
    "request_archive",
    "request_batch_import",
    "request_batch_undo",
    "request_check",
    "request_import",
    "request_trial",
    "request_undo",
    "sign_off",
    "start_batch",
    "start_import",
    "try_out",
    "type_controls",
    "undo_batch",
    "undo_import",
]
