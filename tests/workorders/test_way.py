"""The whole way of an order, by its verbs."""

from decimal import Decimal

import pytest

from chejian.workorders.queries import payer_shares
from tests.factories.workorders import Shop, brought_to

pytestmark = pytest.mark.django_db


def test_an_order_goes_from_the_counter_to_the_exit() -> None:
    shop = Shop()
    order = brought_to("delivered", shop, jobs=2, part=shop.stocked())
    assert order.status == "delivered"
    assert order.number.startswith("WO-NS-")
    assert (order.labour_total, order.parts_total, order.total) == (
        Decimal("288.00"), Decimal("100.00"), Decimal("388.00")
    )
    assert sum(share.payable for share in payer_shares(order)) == order.total
    assert [job.status for job in order.jobs.all()] == ["inspected", "inspected"]
    assert order.guarantees.count() == 2
    assert [change.target for change in order.changes.order_by("id")] == [
        "received", "in_progress", "pending_inspection", "completed", "settled", "delivered",
    ]
