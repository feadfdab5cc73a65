"""The verbs of the work order, one module per idea. Those named here are called by other apps."""

from chejian.workorders.services.approval import authorise
from chejian.workorders.services.common import lock_order, locked_line
from chejian.workorders.services.correcting import correct_bill
from chejian.workorders.services.discounts import ask_discount, set_discounts
from chejian.workorders.services.dispatch import assign
from chejian.workorders.services.handing_on import assign_adviser
from chejian.workorders.services.jobs import (
    add_job,
    apply_template,
    cancel_job,
    propose_again,
    update_job,
)
from chejian.workorders.services.outcome import (
    close,
    close_due,
    deliver,
    mark_reversed,
    mark_settled,
    record_inspection,
    reopen,
    set_cleared,
    set_deposit,
    void,
)
from chejian.workorders.services.papers import request_paper
from chejian.workorders.services.part_lines import add_part, cancel_part, split_line, update_part
from chejian.workorders.services.parts import (
    cancel_request,
    issue_part,
    request_missing,
    request_parts,
    return_part,
)
from chejian.workorders.services.reception import (
    Said,
    add_concern,
    open_order,
    receive,
    remove_concern,
    update_concern,
    update_head,
)
from chejian.workorders.services.walkaround import (
    Mark,
    add_photo,
    keep_walkaround,
    record_walkaround,
    sign_walkaround,
    waive_walkaround,
)
from chejian.workorders.services.work import (
    finish,
    finish_job,
    hold,
    pause_job,
    resume,
    resume_if_ready,
    resume_ready,
    start_job,
)

__all__ = [
    "Mark",
    "Said",
    "add_concern",
    "add_job",
    "add_part",
    "add_photo",
    "apply_template",
    "ask_discount",
    "assign",
    "assign_adviser",
    "authorise",
    "cancel_job",
    "cancel_part",
    "cancel_request",
    "close",
    "close_due",
    "correct_bill",
    "deliver",
    "finish",
    "finish_job",
    "hold",
    "issue_part",
    "keep_walkaround",
    "lock_order",
    "locked_line",
    "mark_reversed",
    "mark_settled",
    "open_order",
    "pause_job",
    "propose_again",
    "receive",
    "record_inspection",
    "record_walkaround",
    "remove_concern",
    "reopen",
    "request_missing",
    "request_paper",
    "request_parts",
    "resume",
    "resume_if_ready",
    "resume_ready",
    "return_part",
    "set_cleared",
    "set_deposit",
    "set_discounts",
    "sign_walkaround",
    "split_line",
    "start_job",
    "update_concern",
    "update_head",
    "update_job",
    "update_part",
    "void",
    "waive_walkaround",
]
