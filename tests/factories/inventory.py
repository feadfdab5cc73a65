"""Warehouses and stock for tests. Stock comes in by the real verb, so that the books tie."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.books.models import Account
from chejian.books.services import ensure_defaults
from chejian.catalog.models import Part
from chejian.inventory.models import StockReceipt, Warehouse
from chejian.inventory.services import ReceiptLine, receive
from tests.factories.accounts import make_station, make_user


def make_warehouse(station: Station | None = None, code: str = "A", **fields: Any) -> Warehouse:
    """The warehouse with that code at the station, made when it is not there."""
    station = station or make_station()
    defaults = {"name": f"{code} 仓"} | fields
    return Warehouse.objects.get_or_create(station=station, code=code, defaults=defaults)[0]


def stock(
    part: Part,
    warehouse: Warehouse | None = None,
    quantity: Decimal | int | str = 10,
    unit_cost: Decimal | int | str = "60",
    by: User | None = None,
    bin_code: str = "",
) -> StockReceipt:
    """Put pieces on the shelf as an opening."""
    if not Account.objects.exists():
        ensure_defaults()
    warehouse = warehouse or make_warehouse()
    by = by or make_user("storekeeper", warehouse.station)
    line = ReceiptLine(part, Decimal(quantity), Decimal(unit_cost), bin_code)
    return receive(
        warehouse=warehouse, lines=[line], kind="opening", by=by, at=timezone.now()
    )
