"""What the verbs of a work order take."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chejian.api.fields import (
    Change,
    Hours,
    In,
    Kilometres,
    Line,
    Moment,
    Money,
    Paid,
    Percent,
    Phone,
    Picture,
    Place,
    Price,
    Quantity,
    Rate,
    Reason,
    RowId,
    TestDrive,
    Text,
    Words,
    Yes,
    different,
)

Payer = Literal["customer", "maker", "insurer", "internal", "goodwill"]
OldParts = Literal["take", "leave", "none"]
Priority = Literal[1, 2, 3, 4]
Ids = Annotated[list[RowId], Field(max_length=100)]
Name = Annotated[Text, Field(max_length=60)]


class Concern(In):
    text: Annotated[Words, Field(min_length=1)]
    when: Line = ""
    how_often: Text = Field("", max_length=40)


class ConcernChange(In):
    """What is left out stays."""

    text: Annotated[Words, Field(min_length=1)] | None = None
    when: Line | None = None
    how_often: Text | None = Field(None, max_length=40)
    diagnosis: Words | None = None


class NewOrder(In):
    """Car and customer by their ids; without ``customer_id`` it is the car's owner.

    ``repair_type_id``: see the terms. Without it the first of the shop's types is taken.
    """

    vehicle_id: RowId
    customer_id: RowId | None = None
    station_id: RowId | None = None
    repair_type_id: RowId | None = None
    contact_name: Name = ""
    contact_phone: Phone = ""
    concerns: list[Concern] = Field(default_factory=list, max_length=20)
    odometer: Kilometres | None = None
    fuel_percent: Percent | None = None
    charge_percent: Percent | None = None
    promised_at: Moment | None = None
    priority: Priority = 3
    old_parts: OldParts = "leave"
    comeback_of_id: RowId | None = None


class OrderPatch(Change):
    """The head of the order; what is left out stays."""

    repair_type_id: RowId = 1
    repair_class_id: RowId | None = None
    priority: Priority = 3
    contact_name: Name = ""
    contact_phone: Text = Field("", max_length=20)
    promised_at: Moment | None = None
    fuel_percent: Percent | None = None
    charge_percent: Percent | None = None
    old_parts: OldParts = "leave"
    remarks: Words = ""


class Hold(In):
    reason: Literal["parts", "customer", "outsourced", "other"]
    note: Text = Field("", max_length=200)


class WithReason(In):
    reason: Reason


class Reopening(In):
    """The jobs named are done again; none: only new work is added."""

    reason: Reason
    job_ids: Ids = Field(default_factory=list)


class NewJob(In):
    """From the catalogue, or in free words. Another price than the list's needs a permission."""

    operation_id: RowId | None = None
    name: Line = ""
    flat_hours: Hours | None = None
    rate: Price | None = None
    fixed_price: Price | None = None
    payer: Payer | None = None
    additional: Yes | None = None


class JobPatch(Change):
    name: Line = ""
    flat_hours: Hours = Decimal(0)
    rate: Price = Decimal(0)
    fixed_price: Price | None = None
    discount: Money = Decimal(0)
    payer: Payer = "customer"


class TemplateUse(In):
    job_template_id: RowId


class NewPartLine(In):
    """A part of the catalogue, or one that the customer brings (by its name)."""

    part_id: RowId | None = None
    quantity: Quantity = Decimal(1)
    name: Line = ""
    customer_supplied: Yes = False
    unit_price: Price | None = None
    payer: Payer | None = None


class PartLinePatch(Change):
    quantity: Quantity = Decimal(1)
    unit_price: Price = Decimal(0)
    discount: Money = Decimal(0)
    payer: Payer = "customer"
    name: Line = ""


class Share(In):
    payer: Payer
    rate: Rate


class Split(In):
    """The rates come to one."""

    shares: Annotated[list[Share], Field(min_length=1, max_length=5), different("payer")]


class Answer(In):
    job_id: RowId
    approved: Yes


class NewApproval(In):
    """The customer's yes or no, per job. ``signature``: a PNG as a data URL."""

    answers: Annotated[list[Answer], Field(min_length=1, max_length=100), different("job_id")]
    given_by: Annotated[Name, Field(min_length=1)]
    channel: Literal["in_person", "phone", "wechat", "sms", "signature"]
    note: Text = Field("", max_length=200)
    signature: Picture = ""


class TechnicianShare(In):
    technician_id: RowId
    share: Rate | None = None


class NewAssignment(In):
    """Jobs to technicians (with shares, or even ones) or to a team; nobody: taken back."""

    job_ids: Annotated[Ids, Field(min_length=1)]
    technicians: Annotated[
        list[TechnicianShare], Field(max_length=20), different("technician_id")
    ] = Field(default_factory=list)
    team_id: RowId | None = None


class ClockStart(In):
    """Without a name it is the token's own person."""

    technician_id: RowId | None = None


class Pause(In):
    reason: Annotated[Line, Field(min_length=1)]
    technician_id: RowId | None = None


class NewRequest(In):
    quantity: Quantity
    warehouse_id: RowId


class NewIssue(In):
    """Without ``warehouse_id`` it is the station's first."""

    quantity: Quantity = Decimal(1)
    warehouse_id: RowId | None = None
    bin: Text = Field("", max_length=20)
    receiver_id: RowId | None = None


class NewReturn(In):
    quantity: Quantity
    bin: Text = Field("", max_length=20)
    reason: Text = Field("", max_length=100)


class Mark(In):
    """A mark on a panel, at a relative place on it."""

    panel: Text = Field(min_length=1, max_length=30)
    x: Place
    y: Place
    kind: Literal["scratch", "dent", "broken", "rust"]
    note: Line = ""


class WalkaroundSheet(In):
    """The whole sheet: ``marks`` replace those before. ``signature``: a PNG as a data URL."""

    body: Literal["sedan", "suv", "van", "pickup"] = "sedan"
    belongings: Words = ""
    interior: Text = Field("", max_length=200)
    warning_lamps: Text = Field("", max_length=200)
    tyres: Text = Field("", max_length=200)
    spare_and_tools: Yes = True
    documents: Text = Field("", max_length=100)
    test_drive_agreed: Yes = True
    wash: Yes = False
    marks: list[Mark] = Field(default_factory=list, max_length=200)
    signature: Picture = ""
    signed_name: Name = ""
    waived_reason: Text = Field("", max_length=200)


class NewPaper(In):
    kind: Literal["repair_order", "walkaround"]


class Item(In):
    name: Annotated[Name, Field(min_length=1)]
    passed: Yes
    measured: Text = Field("", max_length=40)
    standard: Name = ""
    unit: Text = Field("", max_length=12)


class Measurements(In):
    """What a technician measured at his job."""

    items: list[Item] = Field(min_length=1, max_length=100)


class NewInspection(In):
    """A verdict with the items that were looked at. ``job_ids``: those to be done again."""

    verdict: Literal["passed", "failed"]
    items: list[Item] = Field(default_factory=list, max_length=100)
    reason: Words = ""
    road_test_km: TestDrive | None = None
    job_ids: Ids = Field(default_factory=list)


class NewDelivery(In):
    """``signature``: a PNG as a data URL."""

    odometer_out: Kilometres
    collected_by: Annotated[Name, Field(min_length=1)]
    papers: list[Literal["settlement", "certificate", "invoice", "repair_order", "keys"]] = Field(
        default_factory=list, max_length=5
    )
    old_parts_given: Yes = False
    note: Text = Field("", max_length=200)
    signature: Picture = ""


class Discounts(In):
    order_discount: Money = Decimal(0)
    round_off: Money = Decimal(0)


class DiscountRequest(In):
    """For a job or a part line by its id, else for the order with its rounding-off."""

    amount: Paid
    reason: Reason
    job_id: RowId | None = None
    part_line_id: RowId | None = None
