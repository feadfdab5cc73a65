"""Customers: persons and companies, with the people to call at theirs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from chejian.api.fields import Change, In, Keyset, Line, Money, Out, Phone, RowId, Text, Words, Yes
from chejian.api.schemas.tags import TagPut

OptionalId = Annotated[int, Field(ge=1, le=2**63 - 1)]
PartyKind = Literal["person", "company"]
PriceLevel = Literal["retail", "member", "contract", "wholesale", "claim"]


class CustomerQuery(Keyset):
    q: Line = ""
    role: Literal["customer", "supplier", "insurer", "maker", ""] = ""
    tag_id: OptionalId | None = None


class CustomerRow(Out):
    """``phone`` is masked; POST a disclosure to see it whole."""

    id: int
    kind: str
    name: str
    phone: str
    legacy_number: str
    is_customer: bool
    is_supplier: bool
    is_insurer: bool
    is_maker: bool
    price_level: str
    member_tier: str
    credit_limit: Decimal
    credit_term_days: int
    version: int
    created_at: datetime


class ContactOut(Out):
    """``etag`` goes into If-Match when the contact is changed."""

    id: int
    name: str
    phone: str
    job: str
    active: bool
    etag: str


class CustomerOut(CustomerRow):
    """One customer. ``merged_into_id`` names the record that took this one up."""

    uscc: str
    address: str
    remarks: str
    merged_into_id: int | None
    contacts: list[ContactOut]
    tags: list[TagPut]


class CustomerPage(Out):
    items: list[CustomerRow]
    next: str | None


class NewCustomer(In):
    """A name or a phone is needed."""

    name: Text = Field("", max_length=120)
    phone: Phone = ""
    kind: PartyKind = "person"
    is_customer: Yes = True
    is_supplier: Yes = False
    is_insurer: Yes = False
    is_maker: Yes = False
    uscc: Text = Field("", max_length=18)
    address: Text = Field("", max_length=200)
    member_tier: Text = Field("", max_length=20)
    legacy_number: Text = Field("", max_length=40)
    remarks: Words = ""
    price_level: PriceLevel = "retail"
    credit_limit: Money = Decimal(0)
    credit_term_days: int = Field(30, strict=True, ge=0, le=3650)


class CustomerPatch(Change):
    name: Text = Field("", max_length=120)
    phone: Phone = ""
    kind: PartyKind = "person"
    is_customer: Yes = True
    is_supplier: Yes = False
    is_insurer: Yes = False
    is_maker: Yes = False
    uscc: Text = Field("", max_length=18)
    address: Text = Field("", max_length=200)
    member_tier: Text = Field("", max_length=20)
    legacy_number: Text = Field("", max_length=40)
    remarks: Words = ""
    price_level: PriceLevel = "retail"
    credit_limit: Money = Decimal(0)
    credit_term_days: int = Field(30, strict=True, ge=0, le=3650)


class NewContact(In):
    name: Text = Field(min_length=1, max_length=60)
    phone: Phone = ""
    job: Text = Field("", max_length=40)


class ContactChange(In):
    """All that is left out stays. ``active: false``: he is no longer called."""

    name: Text | None = Field(None, min_length=1, max_length=60)
    phone: Phone | None = None
    job: Text | None = Field(None, max_length=40)
    active: Yes | None = None


class Disclosure(In):
    """Which number is to be shown whole, and why: both are logged."""

    field: Literal["phone", "identity", "bank_account", "tax_number"]
    reason: Text = Field("", max_length=200)


class Disclosed(Out):
    field: str
    text: str


class SealedNumbers(In):
    """Numbers to be kept encrypted; an empty text removes one, what is left out stays."""

    identity: Text | None = Field(None, max_length=40)
    bank_account: Text | None = Field(None, max_length=60)
    tax_number: Text | None = Field(None, max_length=40)


class CustomerMerge(In):
    """Which record is taken up, and which of its fields are preferred."""

    absorb_id: RowId
    take: list[Literal[
        "kind", "name", "phone", "uscc", "address", "member_tier", "remarks", "legacy_number",
        "price_level", "credit_limit", "credit_term_days", "identity", "bank_account",
        "tax_number",
    ]] = Field(default_factory=list, max_length=20)
    reason: Text = Field("", max_length=200)
