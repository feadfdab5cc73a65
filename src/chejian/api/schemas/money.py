"""Settlement, collection, refunds."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chejian.api.fields import (
    Day,
    In,
    Keyset,
    Money,
    Out,
    Paid,
    Reason,
    RowId,
    Text,
    Yes,
    different,
)
from chejian.api.schemas.deeds import Payer

Method = Literal["cash", "wechat", "alipay", "bank_card", "transfer"]
OptionalId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class SettlementLineOut(Out):
    kind: str
    name: str
    code: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    payable: Decimal
    tax_rate: Decimal
    share: Decimal


class SettlementOut(Out):
    """A frozen document of one payer; a reversal carries a minus. ``cost`` is null for whoever
    may not see costs at the station. ``open_amount``: what the payer still owes.
    """

    id: int
    number: str
    kind: str
    round: int
    payer: str
    party_id: int | None
    reverses_id: int | None
    gross: Decimal
    line_discount: Decimal
    order_discount: Decimal
    round_off: Decimal
    payable: Decimal
    net: Decimal
    tax: Decimal
    cost: Decimal | None
    open_amount: Decimal
    settled_on: date
    at: datetime
    lines: list[SettlementLineOut]


class SettlementList(Out):
    items: list[SettlementOut]


class TenderOut(Out):
    method: str
    amount: Decimal
    reference: str


class PaymentRow(Out):
    id: int
    number: str
    kind: str
    station_id: int
    party_id: int
    order_id: int | None
    amount: Decimal
    allocated: Decimal
    refunded: Decimal
    paid_on: date
    at: datetime


class RefundOut(Out):
    id: int
    number: str
    payment_id: int
    method: str
    amount: Decimal
    reason: str
    refunded_on: date


class PaymentOut(PaymentRow):
    parts: list[TenderOut]
    refunds: list[RefundOut]


class PaymentPage(Out):
    items: list[PaymentRow]
    next: str | None


class PaymentQuery(Keyset):
    station_id: OptionalId | None = None
    customer_id: OptionalId | None = None
    order_id: OptionalId | None = None


class Tender(In):
    method: Method
    amount: Paid
    reference: Text = Field("", max_length=60)


class NewPayment(In):
    """One payment by several methods at once."""

    tenders: list[Tender] = Field(min_length=1, max_length=10)


class AccountPayment(NewPayment):
    """Money for what the customer owes on account at a station; the oldest bill first."""

    station_id: RowId | None = None


class LinePayer(In):
    """Who is to pay a line of the settlement: a job (``labour``) or a part line by its id."""

    kind: Literal["labour", "part"]
    line_id: RowId
    payer: Payer


class Correction(In):
    """Other payers or other deductions; lines that are not named keep their payer."""

    reason: Reason
    payers: Annotated[
        list[LinePayer], Field(max_length=200), different("kind", "line_id")
    ] = Field(default_factory=list)
    order_discount: Money = Decimal(0)
    round_off: Money = Decimal(0)


class NewRefund(In):
    amount: Paid
    method: Method
    reason: Reason


class ApprovalWanted(In):
    """Credit over the limit, or a refund of the order's money."""

    kind: Literal["credit", "refund"]
    amount: Paid
    reason: Text = Field("", max_length=200)


class ApprovalRequestOut(Out):
    """Something that waits for a person who may. ``permission`` is what he must hold at the
    station; ``subject`` and ``subject_id`` name what it is about, as in the events.
    """

    id: int
    kind: str
    status: str
    station_id: int
    permission: str
    subject: str
    subject_id: int
    label: str
    amount: Decimal
    reason: str
    requested_by_id: int
    requested_by_name: str
    requested_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None
    answer: str


class ApprovalRequestPage(Out):
    items: list[ApprovalRequestOut]
    next: str | None


class ApprovalRequestQuery(Keyset):
    """``waiting``: for the person's decision; ``asked``: by him; ``decided``: by him."""

    which: Literal["waiting", "asked", "decided"] = "waiting"


class Decision(In):
    """``amount``: what the decider saw; another one meanwhile is a conflict."""

    approved: Yes
    answer: Text = Field("", max_length=200)
    amount: Money | None = None


class SettlementRow(Out):
    """``cost`` is null for whoever may not see costs at the station."""

    id: int
    number: str
    kind: str
    round: int
    station_id: int
    order_id: int
    payer: str
    party_id: int | None
    reverses_id: int | None
    payable: Decimal
    net: Decimal
    tax: Decimal
    cost: Decimal | None
    settled_on: date
    at: datetime


class SettlementPage(Out):
    items: list[SettlementRow]
    next: str | None


class SettlementQuery(Keyset):
    """``settled_from`` and ``settled_until`` are days, both included."""

    station_id: OptionalId | None = None
    customer_id: OptionalId | None = None
    order_id: OptionalId | None = None
    settled_from: Day | None = None
    settled_until: Day | None = None


class ReceivableRow(Out):
    """What one payer owes by one settlement, or from the time before this system."""

    id: int
    station_id: int
    settlement_id: int | None
    order_id: int | None
    party_id: int | None
    payer: str
    amount: Decimal
    allocated: Decimal
    on_account: bool
    cancelled: bool
    due_on: date


class ReceivablePage(Out):
    items: list[ReceivableRow]
    next: str | None


class ReceivableQuery(Keyset):
    """``open``: only what is still owed."""

    station_id: OptionalId | None = None
    customer_id: OptionalId | None = None
    open: bool = True
