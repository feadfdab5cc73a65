"""Goods coming in, one line and eight hundred."""

import time
from decimal import Decimal as D

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.books import chart
from chejian.books.models import JournalEntry
from chejian.books.queries import balance
from chejian.catalog.models import Part
from chejian.core.checks import run_checks
from chejian.inventory.errors import BadReceipt
from chejian.inventory.models import Bin, StockLevel, StockMove, StockReceipt, Warehouse
from chejian.inventory.queries import availability
from chejian.inventory.services import ReceiptLine, receive
from tests.factories.accounts import make_user
from tests.factories.catalog import make_part, tax_rate
from tests.factories.inventory import make_warehouse
from tests.factories.parties import make_party

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def keeper(station: Station) -> User:
    return make_user("storekeeper", station)


@pytest.fixture
def shelf(station: Station) -> Warehouse:
    return make_warehouse(station)


def test_a_receipt_with_its_moves_and_entry(keeper, shelf, station):
    pads, oil = make_part(name="刹车片"), make_part(name="机油")
    supplier = make_party(name="宁波汽配", is_supplier=True)
    receipt = receive(
        warehouse=shelf,
        lines=[
            ReceiptLine(pads, D(2), D("86.4444"), "A-01"),
            ReceiptLine(oil, D("3.5"), D(20), tax_rate=D("0.06")),
            ReceiptLine(pads, D(1), D(90), "A-02"),
        ],
        supplier=supplier, note="DN-7", by=keeper, at=timezone.now(),
    )
    assert receipt.number == f"GR-NS-{receipt.occurred_on:%y}-000001"
    assert (receipt.total_net, receipt.total_tax) == (D("332.89"), D("38.38"))
    moves = StockMove.objects.filter(label=receipt.number).order_by("pk")
    assert [(m.quantity, m.value, m.bin.code) for m in moves] == [
        (D(2), D("172.89"), "A-01"), (D("3.5"), D("70.00"), ""), (D(1), D("90.00"), "A-02"),
    ]
    assert StockLevel.objects.get(part=pads).value == D("262.89")
    assert balance(chart.STOCK, station.pk) == D("332.89")
    assert balance(chart.GOODS_NOT_INVOICED, station.pk, supplier) == D("-332.89")
    assert JournalEntry.objects.get().kind == "stock_receipt"
    found = availability([pads.pk, oil.pk, 0], station.pk)
    assert (found[pads.pk].available, found[pads.pk].bin) == (D(3), "A-02")
    assert found[0].places == []


@pytest.mark.parametrize(
    ("quantity", "cost"), [("0", "1"), ("-1", "1"), ("1", "-0.01"), ("1", "0.00001")]
)
def test_bad_lines_are_refused_and_nothing_is_kept(keeper, shelf, quantity, cost):
    lines = [ReceiptLine(make_part(), D(1), D(1)), ReceiptLine(make_part(), D(quantity), D(cost))]
    with pytest.raises(BadReceipt) as caught:
        receive(warehouse=shelf, lines=lines, by=keeper, at=timezone.now())
    assert caught.value.data["line"] == 2
    assert StockReceipt.objects.count() == StockMove.objects.count() == 0
    assert Bin.objects.count() == 0


def test_an_empty_receipt_is_refused(keeper, shelf):
    with pytest.raises(BadReceipt):
        receive(warehouse=shelf, lines=[], by=keeper, at=timezone.now())
    assert StockReceipt.objects.count() == 0


def test_eight_hundred_lines_take_few_statements(keeper, shelf, django_assert_max_num_queries):
    rate = tax_rate()
    parts = Part.objects.bulk_create(
        Part(number=f"N{n:04d}", name=f"件{n}", tax_rate=rate) for n in range(800)
    )
    lines = [
        ReceiptLine(part, D(n % 9 + 1), D("12.3456"), f"A-{n % 40:02d}")
        for n, part in enumerate(parts)
    ]
    begun = time.perf_counter()
    with django_assert_max_num_queries(60):
        receipt = receive(
            warehouse=shelf, lines=lines, kind="opening", by=keeper, at=timezone.now()
        )
    assert time.perf_counter() - begun < 3
    assert StockLevel.objects.count() == receipt.lines.count() == 800
    assert Bin.objects.count() == 40
    assert all(result.ties for result in run_checks())
