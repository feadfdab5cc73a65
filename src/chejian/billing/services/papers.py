"""The settlement list on paper: asked for with the settlement, made by the worker after it."""

from datetime import datetime

from chejian.accounts.models import User
from chejian.billing.models import Settlement
from chejian.workorders.models import OrderPaper
from chejian.workorders.services import request_paper

TASK = "billing.make_settlement_list"


def request_settlement_list(
    *, settlement: Settlement, by: User, at: datetime
) -> OrderPaper:
    """Queue the list of one settlement or reversal; it appears among the order's papers."""
    return request_paper(
        order=settlement.order, kind=OrderPaper.Kind.SETTLEMENT, by=by, at=at,
        subject_id=settlement.pk, task=TASK,
    )
