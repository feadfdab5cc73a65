"""Whose rows belong together: the customers of a file. Pure.

Identity (decisions.md): the old number, else phone and name. A damaged phone is mended from the
customer's other rows. A row that lost its number is joined to the numbered customer of the same
phone and name; where only a damaged phone speaks for it, the question is put to a person.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chejian.core.text import squeeze
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Severity, looks_like_company
from chejian.parties.identity import could_be, parse_phone

REMARKS_LIMIT = 300


@dataclass
class CustomerDraft:
    """A customer as the whole file tells of him."""

    key: str
    number: str
    name: str
    rows: list[ParsedRow]
    phone: str = ""
    company: bool = False
    identity: str = ""
    address: str = ""
    member_tier: str = ""
    credit_limit: Decimal = Decimal(0)
    remarks: str = ""
    contacts: dict[str, str] = field(default_factory=dict)
    maybe: str = ""

    @property
    def first(self) -> ParsedRow:
        return self.rows[0]


def gather(rows: Sequence[ParsedRow], accepted: frozenset[str]) -> dict[str, CustomerDraft]:
    """Group the rows by customer and put together what each of them says. Keys stand in order."""
    drafts: dict[str, CustomerDraft] = {}
    numbered = [row for row in rows if row.text("customer_number")]
    for row in numbered:
        _put(drafts, f"n:{row.text('customer_number')}", row)
    for draft in drafts.values():
        _mend_phones(draft)
    index = _by_phone_and_name(drafts.values())
    by_name = _by_name(drafts.values())
    for row in rows:
        if not row.text("customer_number") and _names_someone(row):
            _place_unnumbered(row, drafts, index, by_name, accepted)
    for draft in drafts.values():
        _summarise(draft)
    return drafts


def _names_someone(row: ParsedRow) -> bool:
    return bool(row.text("customer_name") or row.text("phone"))


def _put(drafts: dict[str, CustomerDraft], key: str, row: ParsedRow) -> CustomerDraft:
    draft = drafts.get(key)
    if draft is None:
        draft = CustomerDraft(key, row.text("customer_number"), _name_of(row), [])
        drafts[key] = draft
    elif _name_key(draft.name) != _name_key(_name_of(row)):
        _name_differs(draft, row)
    draft.rows.append(row)
    return draft


def _name_differs(draft: CustomerDraft, row: ParsedRow) -> None:
    if row.text("customer_name"):
        row.note(
            "customer_name", "customer.other_name", Severity.WARNING,
            other=f"{draft.first.number} {draft.name}",
        )


def _name_of(row: ParsedRow) -> str:
    name = row.text("customer_name")
    if not name:
        row.note("customer_name", "customer.nameless", Severity.WARNING)
    return name or row.text("phone") or row.text("customer_number")


def _name_key(name: str) -> str:
    return squeeze(name).lower()


def _mend_phones(draft: CustomerDraft) -> None:
    """The phone most rows agree on; damaged ones that may have been it are mended."""
    good = Counter(row.text("phone") for row in draft.rows if row.text("phone"))
    if not good:
        return
    draft.phone = good.most_common(1)[0][0]
    for row in draft.rows:
        phone = row.text("phone")
        if not phone and could_be(parse_phone(row.cells.get("phone", "")), draft.phone):
            row.mend("phone", draft.phone, draft.phone)
        elif phone and phone != draft.phone:
            row.note("phone", "customer.other_phone", Severity.WARNING, other=draft.phone)


type PhoneIndex = dict[tuple[str, str], CustomerDraft]


def _by_phone_and_name(drafts: Iterable[CustomerDraft]) -> PhoneIndex:
    return {
        (row.text("phone"), _name_key(draft.name)): draft
        for draft in drafts
        for row in draft.rows
        if row.text("phone")
    }


def _by_name(drafts: Iterable[CustomerDraft]) -> dict[str, list[CustomerDraft]]:
    named: dict[str, list[CustomerDraft]] = {}
    for draft in drafts:
        named.setdefault(_name_key(draft.name), []).append(draft)
    return named


def _place_unnumbered(
    row: ParsedRow,
    drafts: dict[str, CustomerDraft],
    index: PhoneIndex,
    by_name: dict[str, list[CustomerDraft]],
    accepted: frozenset[str],
) -> None:
    phone, name = row.text("phone"), _name_key(row.text("customer_name") or row.text("phone"))
    known = index.get((phone, name)) if phone else None
    if known is not None:
        known.rows.append(row)
        return
    candidate = _maybe_same(row, by_name.get(name, []))
    if candidate is not None and "customer.maybe_same" in accepted:
        _join(candidate, row, phone, index, name)
        return
    key = f"p:{phone}|{name}" if phone else f"r:{row.sheet}:{row.number}"
    draft = _put(drafts, key, row)
    draft.phone = draft.phone or phone
    if phone:
        index[phone, name] = draft
    if candidate is not None:
        _ask(draft, candidate, row)


def _maybe_same(row: ParsedRow, candidates: Sequence[CustomerDraft]) -> CustomerDraft | None:
    """The numbered customer of the same name whose phone and ours may be one, damage undone."""
    ours = parse_phone(row.cells.get("phone", ""))
    for draft in candidates:
        theirs = [parse_phone(one.cells.get("phone", "")) for one in draft.rows]
        if any(could_be(their, ours.text) or could_be(ours, their.text) for their in theirs):
            return draft
    return None


def _join(draft: CustomerDraft, row: ParsedRow, phone: str, index: PhoneIndex, name: str) -> None:
    """The person said that they are one: the good phone mends the damaged ones."""
    draft.rows.append(row)
    draft.phone = draft.phone or phone
    for one in draft.rows:
        if not one.text("phone") and draft.phone:
            one.mend("phone", draft.phone, draft.phone)
    if phone:
        index[phone, name] = draft
    other = _place(draft)
    row.note("customer_number", "customer.maybe_same", Severity.MENDED, mend=other, other=other)


def _ask(draft: CustomerDraft, candidate: CustomerDraft, row: ParsedRow) -> None:
    other = _place(candidate)
    draft.maybe = candidate.key
    row.note("customer_number", "customer.maybe_same", Severity.WARNING, mend=other, other=other)


def _place(draft: CustomerDraft) -> str:
    return draft.number or str(draft.first.number)


def _summarise(draft: CustomerDraft) -> None:
    """What the rows say together: the first that says something, all remarks and contacts."""
    for key in ("identity", "address", "member_tier"):
        setattr(draft, key, next((row.text(key) for row in draft.rows if row.text(key)), ""))
    limits = [row.get("credit_limit") for row in draft.rows if row.get("credit_limit")]
    draft.credit_limit = max(limits, default=Decimal(0))
    told = [row.get("customer_kind") for row in draft.rows]
    said = next((company for company in told if company is not None), None)
    draft.company = looks_like_company(draft.name) if said is None else said
    remarks = dict.fromkeys(row.text("remarks") for row in draft.rows if row.text("remarks"))
    draft.remarks = "；".join(remarks)[:REMARKS_LIMIT]
    for row in draft.rows:
        contact = row.text("contact_name")
        if contact and contact != draft.name:
            draft.contacts.setdefault(contact, row.text("phone"))
