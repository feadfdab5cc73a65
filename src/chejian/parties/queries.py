"""Reading customers: lists, search, likely duplicates, and who a merged record now is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Count, Model, QuerySet

from chejian.accounts.models import User
from chejian.core import crypto
from chejian.core.formats import masked_phone
from chejian.core.models import Event
from chejian.core.ready import Ready
from chejian.core.search import prefix_query, these
from chejian.core.text import code_key, pinyin_key, tidy
from chejian.core.unmerging import WINDOW
from chejian.parties.models import Party, PartyMerge, PartyUnmerge, Tag
from chejian.parties.rules import normal_phone

# A car leads to customers too: its entry, written by the app above, names them in data.party_ids.
# Materialized, so that the limit stops the reading but never talks the planner out of the index.
MATCHING = """
WITH own AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry
    WHERE kind = 'party' AND vector @@ %(query)s::tsquery
), others AS MATERIALIZED (
    SELECT data -> 'party_ids' AS party_ids FROM core_searchentry
    WHERE kind = 'vehicle' AND data -> 'party_ids' IS NOT NULL AND vector @@ %(query)s::tsquery
)
(SELECT subject_id FROM own LIMIT %(limit)s)
UNION
(SELECT coalesce(p.merged_into_id, p.id)
 FROM (SELECT party_ids FROM others LIMIT %(limit)s) found
 CROSS JOIN LATERAL jsonb_array_elements_text(found.party_ids) AS named(id)
 JOIN parties_party p ON p.id = named.id::bigint)
"""
ALIKE = """
(SELECT id, 'phone' FROM parties_party
 WHERE %(phone)s <> '' AND phone = %(phone)s AND merged_into_id IS NULL LIMIT %(limit)s)
UNION ALL
(SELECT party_id, 'phone' FROM parties_contact
 WHERE %(phone)s <> '' AND phone = %(phone)s AND active LIMIT %(limit)s)
UNION ALL
(SELECT id, 'name' FROM parties_party
 WHERE %(key)s <> '' AND name_key = %(key)s AND merged_into_id IS NULL
 ORDER BY name_key, id LIMIT %(limit)s)
"""
LOOKUP, CANDIDATES, LISTED = 12, 200, 2000
PLATE_SIGNS, VIN_SIGNS = 7, 17
PROPOSED = 10
PINNED = "_ids_of_its_papers"


def party_ids(party: Party) -> list[int]:
    """The ids under which papers of this customer stand: his own and those merged into him."""
    return pinned_ids(party) or _read_ids(party)


def pin_ids(party: Party) -> None:
    """For a page that only reads: ``party_ids`` of this very object asks the database no more."""
    party.__dict__[PINNED] = _read_ids(party)


def pinned_ids(record: Model) -> list[int]:
    """What a page has pinned to a customer or a car; empty where nothing is."""
    known: list[int] = record.__dict__.get(PINNED, [])
    return known


def _read_ids(party: Party) -> list[int]:
    merged = Party.objects.filter(merged_into_id=party.pk).values_list("pk", flat=True)
    return [party.pk, *merged]


def matching_ids(text: str, limit: int) -> list[int]:
    """Those found by name, pinyin, phone, old number, or by plate or VIN of a car of theirs.

    At most about ``limit`` of each, any of them: whoever types two letters will type a third.
    """
    query = prefix_query(text)
    return _run_matching(query, limit) if query else []


def _run_matching(query: str, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(MATCHING, {"query": query, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Found:
    """Rows narrowed by a search; ``cut``: more fitted than a list goes through."""

    rows: QuerySet[Party]
    cut: bool


def matching(rows: QuerySet[Party], text: str) -> Found:
    """The rows that fit what was typed; all of them when nothing was."""
    if not text.strip():
        return Found(rows, False)
    ids = matching_ids(text, LISTED)
    return Found(rows.filter(pk__in=these(ids)), len(ids) >= LISTED)


def find_parties(user: User, text: str, limit: int = LOOKUP) -> list[Party]:
    """For search as you type; nothing for an empty text."""
    if not text.strip():
        return []
    rows = Party.objects.visible_to(user).live()
    ids = matching_ids(text, CANDIDATES)
    return list(rows.filter(pk__in=ids).order_by("name_key", "pk")[:limit])


def by_legacy_number(number: str) -> Party | None:
    """The live customer with that number of the old system, also when it was merged away."""
    found = (
        Party.objects.filter(legacy_number=number)
        .select_related("merged_into")
        .order_by("merged_into_id", "pk")
    )
    rows = list(found)
    live = next((row for row in rows if row.merged_into is None), None)
    return live or next((row.merged_into for row in rows), None)


class Reason(StrEnum):
    """Why two records may be the same customer, strongest first."""

    IDENTITY = "identity"
    VIN = "vin"
    PLATE = "plate"
    PHONE = "phone"
    NAME = "name"


STRONG = frozenset({Reason.IDENTITY, Reason.VIN, Reason.PLATE, Reason.PHONE})
_RANK = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Duplicate:
    """A customer who may be the one at hand. A name alone is weak: many are called 张伟."""

    party: Party
    reasons: tuple[Reason, ...]

    @property
    def strong(self) -> bool:
        return any(reason in STRONG for reason in self.reasons)


def possible_duplicates(
    *,
    name: str = "",
    phone: str = "",
    plate: str = "",
    vin: str = "",
    identity: str = "",
    exclude: Party | None = None,
    limit: int = PROPOSED,
) -> list[Duplicate]:
    """Live customers with the same phone, car, identity card or name (also one that sounds alike).

    Most and strongest reasons first.
    """
    reasons: dict[int, set[Reason]] = defaultdict(set)
    for reason, ids in (
        (Reason.PLATE, _by_car(plate, PLATE_SIGNS)),
        (Reason.VIN, _by_car(vin, VIN_SIGNS)),
        (Reason.IDENTITY, _by_identity(identity)),
    ):
        for pk in ids:
            reasons[pk].add(reason)
    for pk, by in _by_phone_and_name(normal_phone(phone), tidy(name)):
        reasons[pk].add(Reason(by))
    if exclude is not None:
        reasons.pop(exclude.pk, None)
    rows = Party.objects.live().filter(pk__in=reasons) if reasons else []
    found = [Duplicate(row, tuple(sorted(reasons[row.pk], key=_RANK.__getitem__))) for row in rows]
    found.sort(key=lambda d: ([_RANK[r] for r in d.reasons], -len(d.reasons), d.party.pk))
    return found[:limit]


def _by_phone_and_name(phone: str, name: str) -> list[tuple[int, str]]:
    """Ids with their reason, in one statement; an empty text says nothing."""
    if not phone and not name:
        return []
    said: dict[str, str | int] = {
        "phone": phone, "key": pinyin_key(name), "limit": PROPOSED,  # one name, one key
    }
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, said)
        found: list[tuple[int, str]] = cursor.fetchall()
    return found


def _by_identity(number: str) -> Iterable[int]:
    index = crypto.blind_index(number.strip().upper(), "identity")
    if not index:
        return []
    return Party.objects.live().filter(identity_index=index).values_list("pk", flat=True)


def _by_car(code: str, signs: int) -> list[int]:
    """By the whole plate or VIN. The index knows every tail too, so a short text says nothing."""
    key = code_key(code)
    if len(key) < signs:
        return []
    return _run_matching(f"'{key}'", PROPOSED)


@dataclass(frozen=True)
class DuplicateGroup:
    """Live customers who share one phone number."""

    phone: str
    parties: list[Party]


def shared_phones(user: User, limit: int = 50) -> list[DuplicateGroup]:
    """Groups to look through, largest first, in two statements."""
    rows = Party.objects.visible_to(user).live()
    phones = list(
        rows.exclude(phone="")
        .values("phone")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("-n", "phone")
        .values_list("phone", flat=True)[:limit]
    )
    groups: dict[str, list[Party]] = {phone: [] for phone in phones}
    for party in rows.filter(phone__in=phones).order_by("pk"):
        groups[party.phone].append(party)
    return [DuplicateGroup(phone, found) for phone, found in groups.items()]


def happenings(party: Party, limit: int = 30) -> list[Event]:
    """What was done to the customer and to the records merged into him, newest first."""
    rows = Event.objects.filter(subject_type=party._meta.label, subject_id__in=party_ids(party))
    return list(rows.order_by("-id")[:limit])


def member_tiers() -> list[str]:
    """The tiers in use, for the filter of the list."""
    rows = Party.objects.exclude(member_tier="").order_by("member_tier")
    return list(rows.values_list("member_tier", flat=True).distinct()[:PROPOSED])


@dataclass(frozen=True)
class Merged:
    """A merge into this record. ``until``: how long it may be undone; None when it may not."""

    merge: PartyMerge
    name: str
    detail: str
    moved: int
    undone: PartyUnmerge | None
    until: datetime | None


def merges_into(party: Party, at: datetime) -> list[Merged]:
    """Every merge into the customer, newest first, in one statement."""
    return [
        Merged(
            row, row.absorbed.name, masked_phone(row.absorbed.phone),
            sum(map(len, row.moved.values())), getattr(row, "undone", None),
            open_until(row, getattr(row, "undone", None), at),
        )
        for row in MERGES.all(party.pk)
    ]


MERGES = Ready(
    lambda pk: PartyMerge.objects.filter(kept=pk).select_related("absorbed", "by", "undone__by")
    .order_by("-pk")
)


def open_until(merge: Any, undone: Any, at: datetime) -> datetime | None:
    """How long the merge of customers or cars may still be undone, if it may."""
    end: datetime = merge.at + WINDOW
    return end if merge.record and undone is None and at <= end else None


def tags_of(party: Party) -> list[Tag]:
    return TAGS_OF.all(party.pk)


def offered_tags(put: Iterable[Tag]) -> list[Tag]:
    """Those in use that are not put yet."""
    known = {tag.pk for tag in put}
    return [tag for tag in TAGS.all() if tag.pk not in known]


TAGS_OF = Ready(lambda pk: Tag.objects.filter(parties__party=pk))
TAGS = Ready(lambda: Tag.objects.filter(active=True))
