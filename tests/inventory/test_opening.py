"""Opening stock: warehouses by name, the ledger through the receipt, bins of what is empty."""

from decimal import Decimal

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.catalog.models import Part, TaxRate
from chejian.core.models import Event
from chejian.inventory.models import StockLevel, StockMove, StockReceipt, Warehouse
from chejian.inventory.services.opening import (
    OpeningLine,
    ensure_warehouses,
    open_stock,
    opened_places,
)


@pytest.fixture
def parts(defaults: None) -> list[Part]:
    rate = TaxRate.objects.get(code="13")
    return [Part.objects.create(number=f"P{n}", name=f"件{n}", tax_rate=rate) for n in range(3)]


def test_warehouses_are_made_once_and_coded_by_initials(station: Station, manager: User) -> None:
    at = timezone.now()
    names = ["主仓", "油品仓", "主厂", "主仓"]
    made = ensure_warehouses(station_id=station.pk, names=names, by=manager, at=at)
    assert {name: row.code for name, row in made.items()} == {
        "主仓": "ZC", "油品仓": "YPC", "主厂": "ZC2",
    }
    again = ensure_warehouses(station_id=station.pk, names=names, by=manager, at=at)
    assert again == made
    assert Warehouse.objects.count() == 3
    assert Event.objects.filter(kind="warehouse.created").count() == 3


def test_what_is_on_hand_is_received_and_empty_bins_are_remembered(
    station: Station, manager: User, parts: list[Part]
) -> None:
    at = timezone.now()
    warehouse = ensure_warehouses(station_id=station.pk, names=["主仓"], by=manager, at=at)["主仓"]
    lines = [
        OpeningLine(parts[0], Decimal(4), Decimal("10.5"), "A-1"),
        OpeningLine(parts[1], Decimal(0), Decimal(9), "B-2"),
        OpeningLine(parts[2], Decimal("1.5"), Decimal(0), ""),
    ]
    receipt = open_stock(warehouse=warehouse, lines=lines, note="x", by=manager, at=at)
    assert receipt is not None
    assert (receipt.kind, receipt.total_net) == (StockReceipt.Kind.OPENING, Decimal("42.00"))
    assert StockMove.objects.count() == 2
    empty = StockLevel.objects.get(part=parts[1])
    assert (empty.quantity, empty.last_bin and empty.last_bin.code) == (0, "B-2")
    assert opened_places([warehouse]) == {
        (parts[0].pk, warehouse.pk): Decimal(4), (parts[2].pk, warehouse.pk): Decimal("1.5"),
    }


def test_nothing_on_hand_makes_no_receipt(
    station: Station, manager: User, parts: list[Part]
) -> None:
    at = timezone.now()
    warehouse = ensure_warehouses(station_id=station.pk, names=["主仓"], by=manager, at=at)["主仓"]
    line = OpeningLine(parts[0], Decimal(0), Decimal(9), "B-2")
    assert open_stock(warehouse=warehouse, lines=[line], note="", by=manager, at=at) is None
    assert not StockReceipt.objects.exists()
