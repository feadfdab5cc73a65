"""Made data whose sums are known: two stations, orders of known amounts on known days."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.http import QueryDict

from chejian.reports.question import Question, read_question
from chejian.reports.running import Result, run
from chejian.reports.subjects import SUBJECTS
from chejian.workorders.models import WorkOrder
from tests.factories import accounts, parties, vehicles, workorders
from tests.factories.workorders import Shop

DAYS = [(2026, 1, 5), (2026, 1, 31), (2026, 3, 2), (2026, 3, 2)]
TOTALS = [D("100.10"), D("200.20"), D("300.30"), D("0.01")]


@dataclass
class Data:
    here: Shop
    there: Shop
    orders: list[WorkOrder] = field(default_factory=list)


def order_of(shop: Shop, day: tuple[int, int, int], total: D, customer) -> WorkOrder:
    """An order opened at half past midnight in Shanghai: the day before in Greenwich."""
    order = workorders.make_order(shop, customer=customer, vehicle=vehicles.make_vehicle())
    opened = datetime(*day, 0, 30, tzinfo=UTC).timestamp() - 8 * 3600
    WorkOrder.objects.filter(pk=order.pk).update(
        opened_at=datetime.fromtimestamp(opened, UTC), labour_total=total, total=total,
        customer_total=total,
    )
    order.refresh_from_db()
    return order


@pytest.fixture
def data(defaults) -> Data:
    made = Data(Shop(accounts.make_station("NS")), Shop(accounts.make_station("YZ")))
    first, second = parties.make_party("王芳"), parties.make_party("王芳", phone="13900000002")
    for place, (day, total) in enumerate(zip(DAYS, TOTALS, strict=True)):
        made.orders.append(order_of(made.here, day, total, (first, second)[place % 2]))
    made.orders.append(order_of(made.there, (2026, 1, 5), D("1000.00"), first))
    return made


def ask(subject: str, text: str, user, shop: Shop) -> Question:
    return read_question(SUBJECTS[subject], user, shop.station.pk, QueryDict(text))


def answer(subject: str, text: str, user, shop: Shop, **more) -> Result:
    return run(ask(subject, text, user, shop), **more)


def lines(result: Result) -> list[tuple]:
    return [(*line.labels, *line.figures) for line in result.lines]
