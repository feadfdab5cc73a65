"""Keeping a customer findable: name, pinyin, every phone, old number and credit code."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from chejian.core import search
from chejian.core.formats import masked_phone
from chejian.core.reindexing import Source, register_source
from chejian.core.text import search_tokens
from chejian.parties.models import Contact, Party

KIND = "party"


def index_parties(parties: Sequence[Party], at: datetime) -> None:
    """Write the entries of live customers in three statements, however many they are."""
    search.index(*entries(parties, at))


def entries(parties: Sequence[Party], at: datetime) -> Iterator[search.Findable]:
    """The entries of live customers, from two statements."""
    names, codes = _others([party.pk for party in parties])
    return (_entry(party, names[party.pk], codes[party.pk], at) for party in parties)


def register() -> None:
    register_source(Source(
        KIND, Party.objects.live, lambda rows: entries(rows, timezone.now()),
        lambda party: party.created_at,
    ))


def forget_party(party: Party) -> None:
    search.forget(KIND, [party.pk])


def _entry(party: Party, names: list[str], codes: list[str], at: datetime) -> search.Findable:
    return search.Findable(
        kind=KIND,
        subject_id=party.pk,
        title=party.name,
        subtitle=masked_phone(party.phone),
        tokens=search_tokens(
            names=[party.name, *names],
            codes=[party.phone, party.legacy_number, party.uscc, *codes],
        ),
        touched_at=at,
        data={"company": party.kind == Party.Kind.COMPANY},
    )


def _others(ids: list[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Names and phones of contacts and of those merged in, by customer."""
    names: dict[int, list[str]] = defaultdict(list)
    codes: dict[int, list[str]] = defaultdict(list)
    contacts = Contact.objects.filter(party_id__in=ids, active=True)
    merged = Party.objects.filter(merged_into_id__in=ids)
    rows = [
        *contacts.values_list("party_id", "name", "phone"),
        *merged.values_list("merged_into_id", "name", "phone"),
    ]
    for party_id, name, phone in rows:
        if party_id is not None:
            names[party_id].append(name)
            codes[party_id].append(phone)
    return names, codes
