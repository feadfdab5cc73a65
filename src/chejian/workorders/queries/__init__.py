"""Reads of the work order, one module per question. Those named here are asked by other apps."""

from chejian.workorders.queries.guarantees import live_guarantees
from chejian.workorders.queries.lists import house_for, jobs_of, open_requests, recent_issues
from chejian.workorders.queries.next_step import Action, NextStep, next_action
from chejian.workorders.queries.readiness import Readiness, parts_readiness
from chejian.workorders.queries.shares import PayerShare, payer_shares
from chejian.workorders.queries.sheet import Sheet, load_sheet
from chejian.workorders.queries.stages import Badge, Step, badges, stage

__all__ = [
    "Action",
    "Badge",
    "NextStep",
    "PayerShare",
    "Readiness",
    "Sheet",
    "Step",
    "badges",
    "house_for",
    "jobs_of",
    "live_guarantees",
    "load_sheet",
    "next_action",
    "open_requests",
    "parts_readiness",
    "payer_shares",
    "recent_issues",
    "stage",
]
