"""Stock: what lies where, how it moved, and goods coming in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chejian.api.fields import In, Keyset, Line, Out, Price, Quantity, RowId, Text, Yes, plain

OptionalId = Annotated[int, Field(ge=1, le=2**63 - 1)]
WarehouseCode = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8), plain
]
WarehouseName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), plain
]
BinCode = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), plain
]


class StockQuery(Keyset):
    q: Line = ""
    station_id: OptionalId | None = None
    warehouse_id: OptionalId | None = None
    part_id: OptionalId | None = None
    held: bool = False


class LevelOut(Out):
    """A part in one warehouse. ``value`` is null for whoever may not see costs there."""

    id: int
    part_id: int
    part_number: str
    part_name: str
    unit: str
    station_id: int
    warehouse_id: int
    warehouse: str
    bin: str | None
    quantity: Decimal
    reserved: Decimal
    value: Decimal | None


class LevelPage(Out):
    items: list[LevelOut]
    next: str | None


class MoveQuery(Keyset):
    station_id: OptionalId | None = None
    warehouse_id: OptionalId | None = None
    part_id: OptionalId | None = None


class MoveOut(Out):
    """A line of the ledger, signed. ``label`` is the number of its document."""

    id: int
    part_id: int
    part_number: str
    station_id: int
    warehouse_id: int
    bin: str | None
    kind: str
    quantity: Decimal
    value: Decimal | None
    label: str
    occurred_on: date
    at: datetime


class MovePage(Out):
    items: list[MoveOut]
    next: str | None


class WarehouseRow(Out):
    id: int
    station_id: int
    code: str
    name: str
    active: bool


class WarehouseList(Out):
    items: list[WarehouseRow]


class BinOut(Out):
    id: int
    code: str


class WarehouseOut(WarehouseRow):
    """A warehouse with its bins. ``etag`` goes into If-Match when it is changed."""

    bins: list[BinOut]
    etag: str


class NewWarehouse(In):
    station_id: RowId | None = None
    code: WarehouseCode
    name: WarehouseName


class WarehouseChange(In):
    """The warehouse exactly so. One that holds stock cannot be closed."""

    code: WarehouseCode
    name: WarehouseName
    active: Yes = True


class NewBin(In):
    code: BinCode


class ReceiptQuery(Keyset):
    station_id: OptionalId | None = None


class ReceiptRow(Out):
    id: int
    number: str
    kind: str
    station_id: int
    warehouse_id: int
    supplier_id: int | None
    note: str
    total_net: Decimal | None
    total_tax: Decimal | None
    occurred_on: date
    at: datetime


class ReceiptLineOut(Out):
    id: int
    part_id: int
    part_number: str
    part_name: str
    bin: str | None
    quantity: Decimal
    unit_cost: Decimal | None
    net: Decimal | None
    tax_rate: Decimal


class ReceiptOut(ReceiptRow):
    """A receipt with its lines. Costs are null for whoever may not see them there."""

    lines: list[ReceiptLineOut]


class ReceiptPage(Out):
    items: list[ReceiptRow]
    next: str | None


class NewReceiptLine(In):
    """``unit_cost`` is net of VAT. Without ``bin`` it goes to the bin remembered;
    without ``tax_rate`` the part's own is taken.
    """

    part_id: RowId
    quantity: Quantity
    unit_cost: Price
    bin: Text = Field("", max_length=20)
    tax_rate: Literal["0.13", "0.06", "0.03", "0.01", "0"] | None = None


class NewReceipt(In):
    warehouse_id: RowId
    supplier_id: RowId | None = None
    note: Text = Field("", max_length=60)
    lines: list[NewReceiptLine] = Field(min_length=1, max_length=500)
