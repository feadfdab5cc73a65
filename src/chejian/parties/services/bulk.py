"""Many customers at once, as the move-in brings them: a handful of statements, however many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Model

from chejian.accounts.models import User
from chejian.core.text import pinyin_key
from chejian.core.verbs import verb
from chejian.parties.identity import parse_credit_code
from chejian.parties.models import Contact, Party
from chejian.parties.searching import index_parties

BATCH = 1000
FILLED = ("phone", "address", "member_tier", "remarks", "legacy_number")


@dataclass(frozen=True)
class PartyRecord:
    """What an old system knows of a customer, in normal form. ``contacts`` are names and phones.

    ``identity`` is an identity card or a company's credit code; both are already checked.
    """

    name: str
    phone: str = ""
    company: bool = False
    legacy_number: str = ""
    identity: str = ""
    address: str = ""
    member_tier: str = ""
    credit_limit: Decimal = Decimal(0)
    remarks: str = ""
    contacts: tuple[tuple[str, str], ...] = ()


@verb
def import_parties(
    records: Sequence[PartyRecord], *, by: User | None, at: datetime
) -> list[Party]:
    """Make a customer of each record, in order. Who is already there was found out before."""
    parties = [_party(record, by) for record in records]
    for start in range(0, len(parties), BATCH):
        made = Party.objects.bulk_create(parties[start : start + BATCH])
        contacts = [
            Contact(party=party, name=name[:60], phone=phone)
            for party, record in zip(made, records[start : start + BATCH], strict=True)
            for name, phone in record.contacts
        ]
        Contact.objects.bulk_create(contacts)
        index_parties(made, at)
    return parties


def _party(record: PartyRecord, by: User | None) -> Party:
    party = Party(
        kind=Party.Kind.COMPANY if record.company else Party.Kind.PERSON,
        name=record.name,
        name_key=pinyin_key(record.name),
        phone=record.phone,
        legacy_number=record.legacy_number,
        address=record.address,
        member_tier=record.member_tier,
        credit_limit=record.credit_limit,
        remarks=record.remarks,
        created_by=by,
    )
    _take_identity(party, record.identity)
    return party


def _take_identity(party: Party, identity: str) -> None:
    if not identity:
        return
    if parse_credit_code(identity).valid:
        party.uscc = identity
    else:
        party.seal("identity", identity)


def missing(party: Party, record: PartyRecord) -> dict[str, str | Decimal]:
    """What the record knows and the customer lacks. What stands is never overwritten."""
    found: dict[str, str | Decimal] = {
        name: getattr(record, name)
        for name in FILLED
        if getattr(record, name) and not getattr(party, name)
    }
    if record.credit_limit and not party.credit_limit:
        found["credit_limit"] = record.credit_limit
    if record.identity and not party.identity_sealed and not party.uscc:
        found["identity"] = record.identity
    return found


def missing_contacts(
    record: PartyRecord, known: Sequence[str]
) -> list[tuple[str, str]]:
    return [(name, phone) for name, phone in record.contacts if name[:60] not in known]


@verb
def fill_parties(
    changes: Mapping[int, tuple[Mapping[str, str | Decimal], Sequence[tuple[str, str]]]],
    *,
    at: datetime,
    added: list[Model] | None = None,
) -> list[Party]:
    """Fill what is missing: by customer's id the fields and the contacts to add.

    ``added`` collects the rows made beside.
    """
    parties = list(Party.objects.select_for_update().filter(pk__in=changes).order_by("pk"))
    for party in parties:
        for name, value in changes[party.pk][0].items():
            if name == "identity":
                _take_identity(party, str(value))
            else:
                setattr(party, name, value)
        party.version += 1
    fields = [*FILLED, "credit_limit", "uscc", "identity_sealed", "identity_index", "version"]
    Party.objects.bulk_update(parties, fields, batch_size=BATCH)
    contacts = Contact.objects.bulk_create(
        Contact(party=party, name=name[:60], phone=phone)
        for party in parties
        for name, phone in changes[party.pk][1]
    )
    if added is not None:
        added += contacts
    index_parties(parties, at)
    return parties
