"""Two records of the same customer become one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import unmerging
from chejian.core.errors import NotPermitted
from chejian.core.merging import repoint, tell_followers
from chejian.core.outbox import emit
from chejian.core.text import pinyin_key
from chejian.core.verbs import verb
from chejian.parties import rules
from chejian.parties.errors import CannotMerge
from chejian.parties.models import Contact, Party, PartyMerge, PartyTag, PartyUnmerge
from chejian.parties.searching import forget_party, index_parties

#: taken over without asking where the kept record has none
FILLED = ("phone", "uscc", "address", "member_tier", "remarks", "legacy_number")
#: what the person may choose from either side
CHOOSABLE = ("kind", "name", *FILLED, *rules.TERMS, *rules.SEALED)
ROLES = ("is_customer", "is_supplier", "is_insurer", "is_maker")
#: the tables of the merges themselves do not hang on a customer
MERGES = (PartyMerge, PartyUnmerge)


@verb
def merge_parties(
    *,
    keep: Party,
    absorb: Party,
    reason: str,
    by: User,
    at: datetime,
    take: Collection[str] = (),
) -> PartyMerge:
    """Take ``absorb`` up into ``keep``; nothing is deleted.

    Cars, contacts and documents that may still change (orders, receivables, payments) point to
    ``keep`` afterwards; frozen papers and postings keep the name they were made out to and are
    found by ``queries.party_ids``. Empty fields are filled from ``absorb``, those in ``take`` come
    from it even so; its phone lives on as a contact. Price level and credit are only taken by
    choice, and by somebody who may set them. Raises CannotMerge, NotPermitted.
    """
    keep, absorb = _lock_both(keep, absorb)
    before = unmerging.values(keep), unmerging.values(absorb)
    wanted = set(take)
    if not wanted <= set(CHOOSABLE):
        raise TypeError(f"not to be chosen: {sorted(wanted - set(CHOOSABLE))}")
    if any(getattr(keep, term) != getattr(absorb, term) for term in wanted & set(rules.TERMS)):
        _require_terms(by)
    moved = repoint(absorb, keep, leave={"parties.PartyTag.party": _same_tags(keep, absorb)})
    absorb.merged_into = keep
    absorb.version += 1
    absorb.save()
    phones = {keep.phone, absorb.phone}
    _fill(keep, absorb, wanted)
    keep.version += 1
    keep.save()
    made = _keep_phones(keep, absorb, phones)
    forget_party(absorb)
    index_parties([keep], at)
    tell_followers(Party, [keep.pk, absorb.pk], at)
    emit("party.merged", keep, station_id=None, by=by, at=at, absorbed=absorb.name)
    record = unmerging.record(before, keep, absorb, made=made, ignoring=MERGES)
    return PartyMerge.objects.create(
        kept=keep, absorbed=absorb, moved=moved, record=record, reason=reason.strip(), by=by, at=at
    )


def _same_tags(keep: Party, absorb: Party) -> list[int]:
    """Tags that both carry stay where they are."""
    words = PartyTag.objects.filter(party=keep).values("tag_id")
    same = PartyTag.objects.filter(party=absorb, tag_id__in=words)
    return list(same.values_list("pk", flat=True))


def _lock_both(keep: Party, absorb: Party) -> tuple[Party, Party]:
    if keep.pk == absorb.pk:
        raise CannotMerge(_("A customer cannot be merged with itself."))
    rows = Party.objects.select_for_update().order_by("pk").in_bulk([keep.pk, absorb.pk])
    for row in rows.values():
        if row.merged_into_id is not None:
            raise CannotMerge(
                _("%(name)s was already merged into another customer.") % {"name": row.name},
                party_id=row.merged_into_id,
            )
    return rows[keep.pk], rows[absorb.pk]


def _require_terms(by: User) -> None:
    if not rules.may_set_terms(by):
        raise NotPermitted(_("You may not set prices and credit."))


def _fill(keep: Party, absorb: Party, wanted: set[str]) -> None:
    for field in CHOOSABLE:
        if field in rules.SEALED:
            if _has(absorb, field) and (field in wanted or not _has(keep, field)):
                keep.seal(field, absorb.unseal(field))
        elif field in wanted or (field in FILLED and not getattr(keep, field)):
            setattr(keep, field, getattr(absorb, field))
    for role in ROLES:
        setattr(keep, role, getattr(keep, role) or getattr(absorb, role))
    keep.name_key = pinyin_key(keep.name)


def _has(party: Party, field: str) -> bool:
    sealed: Any = getattr(party, f"{field}_sealed")
    return bool(sealed)


def _keep_phones(keep: Party, absorb: Party, phones: set[str]) -> list[Contact]:
    """A number that the kept record did not take becomes a contact, so that it is still found."""
    known = set(keep.contacts.values_list("phone", flat=True)) | {keep.phone, ""}
    return [
        Contact.objects.create(party=keep, name=absorb.name[:60], phone=phone)
        for phone in sorted(phones - known)
    ]
