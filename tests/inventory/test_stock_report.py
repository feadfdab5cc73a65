"""进销存: opening, in, out and closing tie for every part, in pieces and in value."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.http import QueryDict
from django.utils import timezone

from chejian.accounts.listing import viewer_of
from chejian.core.lists.address import read_address
from chejian.core.lists.cells import plain_rows
from chejian.core.lists.reading import page, totals
from chejian.inventory.models import StockMove
from chejian.inventory.services import issue
from chejian.inventory.stock_report import STOCK_REPORT
from tests.factories import catalog, inventory
from tests.factories.workorders import Shop

pytestmark = pytest.mark.django_db
COLUMNS = ("number", "opening", "opening_value", "came", "came_value", "average", "went",
           "went_value", "other", "closing", "closing_value")


@pytest.fixture
def shop(defaults):
    return Shop()


def report(user, shop, span):
    query = QueryDict(f"span={span}&cols={','.join(COLUMNS)}&sort=number")
    asked = read_address(STOCK_REPORT, viewer_of(user, shop.station.pk, STOCK_REPORT), query)
    return asked, plain_rows(asked, page(asked))


def test_the_report_ties(shop):
    keeper, today = shop.storekeeper, timezone.localdate()
    old, new = catalog.make_part("A-1"), catalog.make_part("B-1")
    inventory.stock(old, shop.warehouse, 10, 20, by=keeper)
    first = today.replace(day=1) - timedelta(days=3)
    before = StockMove.objects.get()
    inventory.stock(new, shop.warehouse, 4, 5, by=keeper)
    issue(part=old, warehouse=shop.warehouse, quantity=D(3), label="WO-NS-26-000001", by=keeper,
          at=timezone.now())
    asked, rows = report(keeper, shop, "this_month")
    assert rows == [
        ["A-1", 0, 0, 10, 200, 20, 3, 60, 0, 7, 140],
        ["B-1", 0, 0, 4, 20, 5, 0, 0, 0, 4, 20],
    ]
    sums = {column.key: value for column, value in totals(asked).sums}
    assert sums["closing_value"] == sums["opening_value"] + sums["came_value"] - sums["went_value"]
    assert before.occurred_on == today
    assert first < date(today.year, today.month, 1)
    assert report(keeper, shop, "last_month")[1] == []


def test_values_are_for_who_may_see_costs(shop):
    inventory.stock(catalog.make_part("A-1"), shop.warehouse, 10, 20, by=shop.storekeeper)
    asked, rows = report(shop.adviser, shop, "this_month")
    assert rows == [["A-1", 0, 10, 0, 0, 10]]
    assert {column.key for column, _sum in totals(asked).sums} == {
        "opening", "came", "went", "other", "closing"}
