"""Work orders as they are answered: the head, and the order with everything on it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chejian.api.fields import Keyset, Line, Moment, Out

OptionalId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Status = Literal[
    "draft", "received", "in_progress", "on_hold", "pending_inspection", "completed", "settled",
    "delivered", "closed", "cancelled",
]


class OrderQuery(Keyset):
    q: Line = ""
    status: Status | None = None
    station_id: OptionalId | None = None
    vehicle_id: OptionalId | None = None
    customer_id: OptionalId | None = None
    opened_from: Moment | None = None
    opened_before: Moment | None = None


class OrderRow(Out):
    """``contact_phone`` is masked for whoever may not see whole numbers at the station."""

    id: int
    number: str
    station_id: int
    status: str
    hold_reason: str
    priority: int
    plate: str
    vehicle_id: int
    customer_id: int
    customer_name: str
    contact_name: str
    contact_phone: str
    adviser_id: int
    adviser_name: str
    repair_type_id: int
    opened_at: datetime
    promised_at: datetime | None
    completed_at: datetime | None
    settled_at: datetime | None
    delivered_at: datetime | None
    total: Decimal
    customer_total: Decimal
    cleared: bool
    version: int


class OrderPage(Out):
    items: list[OrderRow]
    next: str | None


class ConcernOut(Out):
    """``etag`` goes into If-Match when the concern is changed."""

    id: int
    text: str
    when: str
    how_often: str
    diagnosis: str
    etag: str


class ShareOut(Out):
    payer: str
    rate: Decimal


class WorkerOut(Out):
    """A technician on a job: his share, and whether his clock runs."""

    technician_id: int
    name: str
    share: Decimal
    running: bool


class RequestOut(Out):
    id: int
    quantity: Decimal
    used: Decimal
    held: Decimal
    requested_at: datetime


class IssueOut(Out):
    """``cost`` is null for whoever may not see costs at the station."""

    id: int
    warehouse_id: int
    quantity: Decimal
    returned: Decimal
    cost: Decimal | None
    issued_at: datetime


class PartLineOut(Out):
    """A part on a job. ``cost`` is null for whoever may not see costs at the station."""

    id: int
    job_id: int
    part_id: int | None
    number: str
    name: str
    brand: str
    origin: str
    unit: str
    customer_supplied: bool
    quantity: Decimal
    unit_price: Decimal
    list_price: Decimal
    amount: Decimal
    discount: Decimal
    payer: str
    tax_rate: Decimal
    issued: Decimal
    cost: Decimal | None
    cancelled: bool
    version: int
    shares: list[ShareOut]
    requests: list[RequestOut]
    issues: list[IssueOut]


class JobOut(Out):
    """A job with its parts. ``fixed_price`` null: hours times rate."""

    id: int
    position: int
    operation_id: int | None
    name: str
    status: str
    additional: bool
    flat_hours: Decimal
    rate: Decimal
    fixed_price: Decimal | None
    amount: Decimal
    discount: Decimal
    payer: str
    tax_rate: Decimal
    comeback_of_id: int | None
    rework: bool
    pause_reason: str
    added_at: datetime
    finished_at: datetime | None
    version: int
    shares: list[ShareOut]
    workers: list[WorkerOut]
    part_lines: list[PartLineOut]


class OrderOut(OrderRow):
    """One order with its concerns, jobs and parts. ``version`` is that of the head alone; each
    line has its own.
    """

    repair_class_id: int | None
    labour_class: str
    price_level: str
    received_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    odometer_in: int | None
    odometer_out: int | None
    fuel_percent: int | None
    charge_percent: int | None
    old_parts: str
    rework_round: int
    walkaround_settled: bool
    comeback_of_id: int | None
    deposit_held: Decimal
    order_discount: Decimal
    round_off: Decimal
    labour_total: Decimal
    parts_total: Decimal
    discount_total: Decimal
    proposed_total: Decimal
    remarks: str
    concerns: list[ConcernOut]
    jobs: list[JobOut]


class MarkOut(Out):
    panel: str
    x: Decimal
    y: Decimal
    kind: str
    note: str


class WalkaroundOut(Out):
    """The whole sheet. ``etag`` goes into If-Match when it is written anew."""

    id: int
    body: str
    belongings: str
    interior: str
    warning_lamps: str
    tyres: str
    spare_and_tools: bool
    documents: str
    test_drive_agreed: bool
    wash: bool
    signature_id: int | None
    signed_name: str
    signed_at: datetime | None
    waived_reason: str
    recorded_at: datetime
    marks: list[MarkOut]
    etag: str


class PhotoOut(Out):
    """``file_id`` and ``poster_id`` lead to the files."""

    id: int
    file_id: int
    poster_id: int | None
    stage: str
    caption: str
    job_id: int | None
    taken_at: datetime


class PhotoList(Out):
    items: list[PhotoOut]


class PaperOut(Out):
    """``file_id`` is there once the status is ready."""

    id: int
    kind: str
    status: str
    file_id: int | None
    error: str
    requested_at: datetime
    ready_at: datetime | None


class PaperList(Out):
    items: list[PaperOut]


class ApprovalOut(Out):
    """An answer of the customer; its hash continues the chain of the order's answers."""

    id: int
    channel: str
    given_by: str
    amount: Decimal
    note: str
    hash: str
    at: datetime


class ApprovalList(Out):
    items: list[ApprovalOut]


class ItemOut(Out):
    name: str
    standard: str
    unit: str
    measured: str
    passed: bool


class InspectionOut(Out):
    """A verdict with what was looked at. ``certificate`` is its number where one was issued."""

    id: int
    round: int
    verdict: str
    reason: str
    road_test_km: Decimal | None
    self_inspection: bool
    inspector_id: int
    at: datetime
    certificate: str | None
    items: list[ItemOut]


class InspectionList(Out):
    items: list[InspectionOut]


class MeasurementOut(ItemOut):
    """A value measured at the work; a later one stands beside the earlier one."""

    id: int
    job_id: int
    by_id: int
    at: datetime


class MeasurementList(Out):
    items: list[MeasurementOut]


class TechnicianOut(Out):
    id: int
    name: str


class TechnicianList(Out):
    items: list[TechnicianOut]
