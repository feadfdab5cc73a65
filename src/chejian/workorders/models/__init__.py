"""Work orders: the order with its jobs, and what happens around them."""

from chejian.workorders.models.approval import Authorisation, AuthorisedJob
from chejian.workorders.models.labour import Assignment, TimeEntry
from chejian.workorders.models.lines import (
    JobLine,
    JobStatusChange,
    LineShare,
    PartLine,
    Payer,
)
from chejian.workorders.models.order import Concern, HoldPeriod, StatusChange, WorkOrder
from chejian.workorders.models.outcome import Delivery, Guarantee, OrderPaper
from chejian.workorders.models.parts import PartIssue, PartReturn, PartsRequest
from chejian.workorders.models.past import PastLine, PastOrder, PastPerson, PastWork
from chejian.workorders.models.reception import OrderPhoto, Walkaround, WalkaroundMark

__all__ = [
    "Assignment", "Authorisation", "AuthorisedJob", "Concern", "Delivery", "Guarantee",
    "HoldPeriod", "JobLine", "JobStatusChange", "LineShare", "OrderPaper", "OrderPhoto",
    "PartIssue", "PartLine", "PartReturn", "PartsRequest", "PastLine", "PastOrder", "PastPerson",
    "PastWork", "Payer", "StatusChange", "TimeEntry", "Walkaround", "WalkaroundMark", "WorkOrder",
]
