"""The stored transitions of a work order and of its jobs (decisions.md). Pure data."""

from chejian.accounts.permissions import P
from chejian.core.states import Transition, TransitionTable

T = Transition

WORKING = (P.WORK, P.WORK_ANY, P.LEAD_TEAM)
DISPATCHING = (P.DISPATCH, P.LEAD_TEAM)

#: the customer has agreed to these jobs: they count in the totals and are billed
BILLABLE = ("authorised", "assigned", "working", "paused", "done", "inspected")
#: nobody has begun: an edit in the customer's disfavour asks him again
NOT_BEGUN = ("authorised", "assigned")
#: jobs and parts may be added and approved while the order is in one of these
OPEN_FOR_WORK = ("draft", "received", "in_progress", "on_hold")
#: parts leave and come back until the settlement
OPEN_FOR_PARTS = ("received", "in_progress", "on_hold", "pending_inspection", "completed")
#: prices, payers and discounts may change until the settlement
OPEN_FOR_PRICES = ("draft", *OPEN_FOR_PARTS)
#: the status stays: a correction is a document with a minus and a new one
CORRECTABLE = ("settled", "delivered", "closed")
#: nothing more happens to these
OVER = ("delivered", "closed", "cancelled")

WORK_ORDER = TransitionTable(
    name="workorder",
    initial="draft",
    transitions=(
        T("draft", "receive", "received", (P.OPEN_ORDER,), ("customer_known", "car_known")),
        T("received", "start", "in_progress", WORKING,
          ("job_assigned", "walkaround_settled")),
        T("in_progress", "hold", "on_hold", WORKING, (), needs_reason=True),
        T("on_hold", "resume", "in_progress", WORKING),
        T("in_progress", "finish", "pending_inspection", WORKING,
          ("jobs_finished", "no_open_clock", "no_open_request")),
        T("pending_inspection", "fail", "in_progress", (P.INSPECT,), (), needs_reason=True),
        T("pending_inspection", "pass", "completed", (P.INSPECT,),
          ("inspection_passed", "inspector_independent")),
        T("completed", "reopen", "in_progress", (P.REOPEN,), (), needs_reason=True),
        T("completed", "settle", "settled", (P.SETTLE,),
          ("nothing_proposed", "lines_priced", "discounts_allowed", "issues_match")),
        T("settled", "reverse", "completed", (P.REVERSE_SETTLEMENT,), (), needs_reason=True),
        T("settled", "deliver", "delivered", (P.DELIVER,), ("customer_cleared", "exit_recorded")),
        T("delivered", "close", "closed", (), ("follow_up_over",)),
        *(
            T(source, "void", "cancelled", (P.VOID,), ("parts_returned", "deposit_refunded"),
              needs_reason=True)
            for source in ("draft", "received", "in_progress", "on_hold", "pending_inspection",
                           "completed")
        ),
    ),
)

JOB = TransitionTable(
    name="job",
    initial="proposed",
    transitions=(
        T("proposed", "authorise", "authorised", (P.AUTHORISE,)),
        T("proposed", "decline", "declined", (P.AUTHORISE,)),
        T("authorised", "revoke", "proposed", (P.EDIT_ORDER,)),
        T("declined", "propose", "proposed", (P.EDIT_ORDER,)),
        T("assigned", "revoke", "proposed", (P.EDIT_ORDER,)),
        T("authorised", "assign", "assigned", DISPATCHING),
        T("assigned", "unassign", "authorised", DISPATCHING),
        T("assigned", "start", "working", WORKING),
        T("working", "pause", "paused", WORKING),
        T("paused", "start", "working", WORKING),
        T("working", "finish", "done", WORKING),
        T("paused", "finish", "done", WORKING),
        T("done", "inspect", "inspected", (P.INSPECT,)),
        T("done", "rework", "assigned", (P.INSPECT, P.REOPEN)),
        T("inspected", "rework", "assigned", (P.INSPECT, P.REOPEN)),
        *(
            T(source, "cancel", "cancelled", (P.EDIT_ORDER, P.DISPATCH),
              ("nothing_issued",))
            for source in ("proposed", "authorised", "assigned", "paused")
        ),
    ),
)
