"""Issue, return, reserve, release, receive: the ledger, its cache and the books."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.books import chart
from chejian.books.models import JournalEntry
from chejian.books.queries import balance
from chejian.inventory.errors import (
    BadQuantity,
    InsufficientInBin,
    InsufficientStock,
    NotAnIssue,
    ReservationOver,
    ReturnTooLarge,
    WrongReservation,
)
from chejian.inventory.models import Bin, StockLevel, StockMove, StockReservation, Warehouse
from chejian.inventory.services import (
    ReceiptLine,
    issue,
    receive,
    release,
    reserve,
    return_issue,
)
from tests.factories.accounts import make_user
from tests.factories.catalog import make_part
from tests.factories.inventory import make_warehouse, stock

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def keeper(station: Station) -> User:
    return make_user("storekeeper", station)


@pytest.fixture
def shelf(station: Station) -> Warehouse:
    return make_warehouse(station)


def take(part, shelf, quantity, by, **more) -> StockMove:
    return issue(
        part=part, warehouse=shelf, quantity=D(quantity), label="WO-NS-26-000001", by=by,
        at=timezone.now(), **more,
    )


def give(move, quantity, by, **more) -> StockMove:
    return return_issue(
        move=move, quantity=D(quantity), label="WO-NS-26-000001", by=by, at=timezone.now(), **more
    )


def figures(part, shelf) -> tuple[D, D, D]:
    level = StockLevel.objects.get(part=part, warehouse=shelf)
    return level.quantity, level.reserved, level.value


def test_the_worked_example_of_the_trade(keeper, shelf):
    part = make_part()
    stock(part, shelf, 10, 100, by=keeper)
    stock(part, shelf, 20, 115, by=keeper)
    move = take(part, shelf, 12, keeper)
    assert (move.quantity, move.value) == (D(-12), D("-1320.00"))
    stock(part, shelf, 6, 126, by=keeper)
    assert figures(part, shelf) == (D(24), D(0), D("2736.00"))
    back = give(move, 2, keeper)
    assert (back.quantity, back.value) == (D(2), D("220.00"))
    assert figures(part, shelf) == (D(26), D(0), D("2956.00"))


def test_issue_posts_its_value_to_work_in_progress(keeper, shelf, station):
    part = make_part()
    stock(part, shelf, 3, "33.3333", by=keeper)
    move = take(part, shelf, 1, keeper)
    assert move.entry.kind == "stock_issue"
    assert move.entry.label == "WO-NS-26-000001"
    assert balance(chart.WORK_IN_PROGRESS, station.pk) == D("33.33")
    assert balance(chart.STOCK, station.pk) == D("66.67")
    assert balance(chart.OPENING_BALANCE, station.pk) == D("-100.00")
    give(move, 1, keeper)
    assert balance(chart.WORK_IN_PROGRESS, station.pk) == D(0)
    assert balance(chart.STOCK, station.pk) == D("100.00")
