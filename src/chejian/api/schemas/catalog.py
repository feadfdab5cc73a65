"""Parts, labour, common jobs, and the terms that orders are made of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chejian.api.fields import (
    Change,
    Hours,
    In,
    Keyset,
    Line,
    Out,
    Price,
    Quantity,
    RowId,
    Shelf,
    Text,
    Yes,
    plain,
)

TemplateName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), plain
]
Origin = Literal["", "genuine", "equivalent", "remanufactured", "salvaged"]
Number = Annotated[Text, Field(max_length=40)]
Numbers = Annotated[list[Number], Field(max_length=100)]


class PartQuery(Keyset):
    q: Line = ""
    active: bool | None = None


class PartRow(Out):
    id: int
    number: str
    name: str
    spec: str
    brand: str
    origin: str
    unit: str
    barcode: str
    tax_rate: Decimal
    retail_price: Decimal
    member_price: Decimal | None
    contract_price: Decimal | None
    wholesale_price: Decimal | None
    claim_price: Decimal | None
    safety_stock: Decimal
    active: bool
    version: int
    created_at: datetime


class PictureOut(Out):
    id: int
    file_id: int
    caption: str


class PlaceOut(Out):
    """``average_cost`` is null for whoever may not see costs there."""

    station_id: int
    warehouse_id: int
    warehouse: str
    bin: str
    quantity: Decimal
    reserved: Decimal
    average_cost: Decimal | None


class PartOut(PartRow):
    """One part. ``stock`` lists the places of the stations where the person may see stock."""

    fitment: str
    remarks: str
    oe_numbers: list[str]
    interchange_numbers: list[str]
    pictures: list[PictureOut]
    stock: list[PlaceOut]


class PartPage(Out):
    items: list[PartRow]
    next: str | None


class PartFields(In):
    spec: Line = ""
    brand: Number = ""
    origin: Origin = ""
    unit: Text = Field("件", min_length=1, max_length=10)
    fitment: Text = Field("", max_length=200)
    barcode: Number = ""
    remarks: Text = Field("", max_length=200)
    retail_price: Price = Decimal(0)
    member_price: Price | None = None
    contract_price: Price | None = None
    wholesale_price: Price | None = None
    claim_price: Price | None = None
    safety_stock: Shelf = Decimal(0)
    active: Yes = True
    oe_numbers: Numbers = Field(default_factory=list)
    interchange_numbers: Numbers = Field(default_factory=list)


class NewPart(PartFields):
    """Without ``tax_rate_id`` the usual rate of goods is taken (13 %)."""

    number: Text = Field(min_length=1, max_length=40)
    name: Text = Field(min_length=1, max_length=80)
    tax_rate_id: RowId | None = None


class PartPatch(Change, PartFields):
    number: Text = Field("", min_length=1, max_length=40)
    name: Text = Field("", min_length=1, max_length=80)
    tax_rate_id: RowId = 1


class OperationQuery(Keyset):
    q: Line = ""


class OperationOut(Out):
    id: int
    code: str
    name: str
    flat_hours: Decimal
    fixed_price: Decimal | None
    skill: str
    tax_rate: Decimal
    active: bool
    version: int


class OperationPage(Out):
    items: list[OperationOut]
    next: str | None


class NewOperation(In):
    code: Text = Field(min_length=1, max_length=30)
    name: Text = Field(min_length=1, max_length=80)
    flat_hours: Hours = Decimal(0)
    fixed_price: Price | None = None
    skill: Text = Field("", max_length=20)
    tax_rate_id: RowId | None = None
    active: Yes = True


class OperationPatch(Change):
    code: Text = Field("", min_length=1, max_length=30)
    name: Text = Field("", min_length=1, max_length=80)
    flat_hours: Hours = Decimal(0)
    fixed_price: Price | None = None
    skill: Text = Field("", max_length=20)
    tax_rate_id: RowId = 1
    active: Yes = True


class CommonJob(Out):
    id: int
    name: str


class TemplatePartOut(Out):
    part_id: int
    number: str
    name: str
    quantity: Decimal


class TemplateJobOut(Out):
    operation_id: int
    code: str
    name: str
    parts: list[TemplatePartOut]


class TemplateOut(Out):
    """A common job: what comes onto an order with it. ``etag`` goes into If-Match."""

    id: int
    name: str
    active: bool
    position: int
    jobs: list[TemplateJobOut]
    etag: str


class TemplateList(Out):
    items: list[TemplateOut]


class TemplatePartIn(In):
    part_id: RowId
    quantity: Quantity = Decimal(1)


class TemplateJobIn(In):
    operation_id: RowId
    parts: list[TemplatePartIn] = Field(default_factory=list, max_length=100)


class TemplateIn(In):
    """The common job exactly so, its jobs in their order."""

    name: TemplateName
    active: Yes = True
    position: int = Field(0, strict=True, ge=0, le=32_767)
    jobs: list[TemplateJobIn] = Field(min_length=1, max_length=50)


class InspectionItemOut(Out):
    """Something the inspector looks at; ``at_work``: the technician measures it too."""

    id: int
    name: str
    standard: str
    unit: str
    at_work: bool
    repair_class_ids: list[int]


class RepairTypeOut(Out):
    id: int
    code: str
    name: str
    payer: str
    repair_class_id: int | None


class RepairClassOut(Out):
    id: int
    code: str
    name: str
    guarantee_km: int
    guarantee_days: int
    needs_certificate: bool


class LabourClassOut(Out):
    id: int
    code: str
    name: str
    rate: Decimal


class TaxRateOut(Out):
    id: int
    code: str
    name: str
    rate: Decimal


class TermsOut(Out):
    """What orders and parts are made of: the shop's own types, classes, rates, common jobs
    and what an inspection looks at.
    """

    repair_types: list[RepairTypeOut]
    repair_classes: list[RepairClassOut]
    labour_classes: list[LabourClassOut]
    tax_rates: list[TaxRateOut]
    job_templates: list[CommonJob]
    inspection_items: list[InspectionItemOut]
