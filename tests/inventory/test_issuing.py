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


def test_the_last_piece_takes_the_rest(keeper, shelf):
    part = make_part()
    stock(part, shelf, 3, "33.3333", by=keeper)
    values = [take(part, shelf, 1, keeper).value for _ in range(3)]
    assert values == [D("-33.33"), D("-33.34"), D("-33.33")]
    assert figures(part, shelf) == (D(0), D(0), D(0))


def test_returns_come_back_at_their_own_cost(keeper, shelf):
    part = make_part()
    stock(part, shelf, 3, "3.3333", by=keeper)
    move = take(part, shelf, 3, keeper)
    stock(part, shelf, 10, 99, by=keeper)
    assert [give(move, 1, keeper).value for _ in range(3)] == [D("3.33"), D("3.33"), D("3.34")]
    assert figures(part, shelf) == (D(13), D(0), D("1000.00"))


def test_what_costs_nothing_posts_nothing(keeper, shelf):
    part = make_part()
    stock(part, shelf, 2, 0, by=keeper)
    move = take(part, shelf, 1, keeper)
    assert (move.value, move.entry) == (D(0), None)
    assert JournalEntry.objects.count() == 0


def test_more_than_there_is_is_refused_in_words(keeper, shelf):
    part = make_part("A-1", "机油滤清器")
    stock(part, shelf, 2, by=keeper)
    with pytest.raises(InsufficientStock) as caught:
        take(part, shelf, 3, keeper)
    error = caught.value
    assert (error.part, error.wanted, error.available) == (part, D(3), D(2))
    assert "A-1 机油滤清器" in str(error)
    assert figures(part, shelf) == (D(2), D(0), D("120.00"))
    assert StockMove.objects.filter(kind="issue").count() == 0
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0001"])
def test_odd_quantities_are_refused(keeper, shelf, quantity):
    part = make_part()
    stock(part, shelf, 2, by=keeper)
    with pytest.raises(BadQuantity):
        take(part, shelf, quantity, keeper)
    assert figures(part, shelf) == (D(2), D(0), D("120.00"))


def test_more_than_went_out_cannot_come_back(keeper, shelf):
    part = make_part()
    stock(part, shelf, 3, by=keeper)
    move = take(part, shelf, 2, keeper)
    give(move, 1, keeper)
    with pytest.raises(ReturnTooLarge):
        give(move, "1.5", keeper)
    assert figures(part, shelf) == (D(2), D(0), D("120.00"))


def test_only_an_issue_comes_back(keeper, shelf):
    part = make_part()
    receipt = stock(part, shelf, 3, by=keeper)
    with pytest.raises(NotAnIssue):
        give(receipt.lines.get().move, 1, keeper)


def test_the_ledger_is_append_only(keeper, shelf):
    from django.db import IntegrityError, transaction

    part = make_part()
    stock(part, shelf, 3, by=keeper)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMove.objects.update(quantity=D(5))
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMove.objects.all().delete()


def test_bins_are_remembered_and_emptied(keeper, shelf):
    part = make_part()
    stock(part, shelf, 2, by=keeper, bin_code="A-01")
    stock(part, shelf, 5, by=keeper, bin_code="B-02")
    stock(part, shelf, 1, by=keeper)  # no bin named: the last one
    level = StockLevel.objects.get(part=part)
    lying = {place.bin.code: place.quantity for place in level.bins.select_related("bin")}
    assert lying == {"A-01": D(2), "B-02": D(6)}
    assert level.last_bin.code == "B-02"
    assert take(part, shelf, 1, keeper, bin=Bin.objects.get(code="A-01")).bin.code == "A-01"
    assert take(part, shelf, 1, keeper).bin.code == "B-02"
    assert take(part, shelf, 6, keeper).bin is None  # from both
    assert figures(part, shelf) == (D(0), D(0), D(0))


def test_a_bin_named_must_hold_enough(keeper, shelf):
    part = make_part()
    stock(part, shelf, 2, by=keeper, bin_code="A-01")
    stock(part, shelf, 5, by=keeper, bin_code="B-02")
    with pytest.raises(InsufficientInBin):
        take(part, shelf, 3, keeper, bin=Bin.objects.get(code="A-01"))
    assert figures(part, shelf) == (D(7), D(0), D("420.00"))


def test_a_return_goes_back_to_its_bin_or_the_one_named(keeper, shelf):
    part = make_part()
    stock(part, shelf, 2, by=keeper, bin_code="A-01")
    move = take(part, shelf, 2, keeper)
    assert give(move, 1, keeper).bin.code == "A-01"
    other = Bin.objects.create(warehouse=shelf, code="C-03")
    assert give(move, 1, keeper, bin=other).bin.code == "C-03"
    assert StockLevel.objects.get(part=part).last_bin.code == "C-03"


def hold(part, shelf, quantity, by, label="WO-NS-26-000009") -> StockReservation:
    return reserve(
        part=part, warehouse=shelf, quantity=D(quantity), label=label, by=by, at=timezone.now()
    )


def test_reserved_pieces_are_not_free(keeper, shelf):
    part = make_part()
    stock(part, shelf, 5, by=keeper)
    reservation = hold(part, shelf, 4, keeper)
    assert (reservation.held, figures(part, shelf)[1]) == (D(4), D(4))
    with pytest.raises(InsufficientStock) as caught:
        take(part, shelf, 2, keeper)
    assert caught.value.available == D(1)
    take(part, shelf, 3, keeper, reservation=reservation)
    reservation.refresh_from_db()
    assert (reservation.used, reservation.held, reservation.released_at) == (D(3), D(1), None)
    assert figures(part, shelf) == (D(2), D(1), D("120.00"))
    take(part, shelf, 1, keeper, reservation=reservation)
    reservation.refresh_from_db()
    assert reservation.used == D(4)
    assert reservation.released_at is not None
    with pytest.raises(ReservationOver):
        take(part, shelf, 1, keeper, reservation=reservation)
    assert figures(part, shelf) == (D(1), D(0), D("60.00"))


def test_more_than_reserved_comes_from_what_is_free(keeper, shelf):
    part = make_part()
    stock(part, shelf, 5, by=keeper)
    reservation = hold(part, shelf, 2, keeper)
    take(part, shelf, 4, keeper, reservation=reservation)
    assert figures(part, shelf) == (D(1), D(0), D("60.00"))


def test_a_reservation_of_another_part_is_refused(keeper, shelf):
    part, other = make_part(), make_part()
    stock(part, shelf, 5, by=keeper)
    stock(other, shelf, 5, by=keeper)
    with pytest.raises(WrongReservation):
        take(other, shelf, 1, keeper, reservation=hold(part, shelf, 2, keeper))


def test_waiting_reservations_are_filled_oldest_first(keeper, shelf):
    part = make_part()
    stock(part, shelf, 1, by=keeper)
    first, second, third = (hold(part, shelf, 2, keeper) for _ in range(3))
    stock(part, shelf, 2, by=keeper)

    def held():
        return [StockReservation.objects.get(pk=r.pk).held for r in (first, second, third)]

    assert held() == [D(2), D(1), D(0)]
    release(reservation=first, by=keeper, at=timezone.now())
    assert held() == [D(0), D(2), D(1)]
    move = take(part, shelf, 2, keeper, reservation=second)
    assert held() == [D(0), D(0), D(1)]
    give(move, 1, keeper)
    assert held() == [D(0), D(0), D(2)]
    assert figures(part, shelf) == (D(2), D(2), D("120.00"))


def test_a_reservation_is_given_up_once(keeper, shelf):
    part = make_part()
    stock(part, shelf, 1, by=keeper)
    reservation = hold(part, shelf, 1, keeper)
    release(reservation=reservation, by=keeper, at=timezone.now())
    with pytest.raises(ReservationOver):
        release(reservation=reservation, by=keeper, at=timezone.now())
    assert figures(part, shelf) == (D(1), D(0), D("60.00"))


def test_receive_is_replayed_by_its_key(keeper, shelf):
    import uuid

    part, key = make_part(), uuid.uuid4()
    lines = [ReceiptLine(part, D(2), D("12.3456"))]
    twice = [
        receive(warehouse=shelf, lines=lines, by=keeper, at=timezone.now(), key=key)
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert figures(part, shelf) == (D(2), D(0), D("24.69"))
