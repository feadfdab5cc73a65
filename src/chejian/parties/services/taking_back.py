"""Customers of an import that is undone: they go as if they had never come."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chejian.core import search
from chejian.parties.models import Contact, Party
from chejian.parties.searching import KIND, index_parties


@transaction.atomic
def remove_parties(ids: Iterable[int]) -> int:
    """Delete customers with their contacts. The caller has made sure that nothing points to them:
    the database refuses otherwise."""
    wanted = list(ids)
    Contact.objects.filter(party_id__in=wanted).delete()
    search.forget(KIND, wanted)
    return Party.objects.filter(pk__in=wanted)._raw_delete("default")


@transaction.atomic
def restore_parties(before: Mapping[int, Mapping[str, Any]], *, at: datetime) -> list[Party]:
    """Give customers the fields back that they had, by customer's id."""
    parties = list(Party.objects.select_for_update().filter(pk__in=before).order_by("pk"))
    names = {name for fields in before.values() for name in fields}
    for party in parties:
        for name, value in before[party.pk].items():
            setattr(party, name, value)
        party.version += 1
    Party.objects.bulk_update(parties, sorted({*names, "version"}), batch_size=500)
    index_parties(parties, at)
    return parties
