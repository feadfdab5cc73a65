"""Tags: the organisation's own words for its customers and cars."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.text import pinyin_key, tidy
from chejian.core.verbs import verb
from chejian.parties.errors import NameRequired, TagTaken
from chejian.parties.models import Party, PartyTag, Tag, TagColour
from chejian.parties.services.records import lock_party


@verb
def make_tag(
    *, name: str, colour: str = TagColour.GREY, by: User | None, at: datetime
) -> Tag:
    """A new word. One of the same name is taken up again instead. Raises NameRequired."""
    word = _word(name)
    made, fresh = Tag.objects.get_or_create(
        name=word,
        defaults={
            "name_key": pinyin_key(word), "colour": TagColour(colour), "created_at": at,
            "created_by": by,
        },
    )
    if not fresh and not made.active:
        made.active = True
        made.save(update_fields=["active"])
    if fresh:
        emit("tag.made", made, station_id=None, by=by, at=at, name=word)
    return made


@verb
def change_tag(
    *, tag: Tag, name: str, colour: str, active: bool, by: User | None, at: datetime
) -> Tag:
    """Rename, colour or retire it. A retired tag stays where it is, but is offered no longer.

    Raises NameRequired, TagTaken.
    """
    fresh = Tag.objects.select_for_update().get(pk=tag.pk)
    fresh.name = _word(name)
    fresh.name_key = pinyin_key(fresh.name)
    fresh.colour, fresh.active = TagColour(colour), active
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError as error:
        raise TagTaken(_("Another tag has this name."), field="name") from error
    emit("tag.changed", fresh, station_id=None, by=by, at=at, name=fresh.name)
    return fresh


@verb
def tag_party(
    *, party: Party, tag: Tag | None = None, name: str = "", colour: str = TagColour.GREY,
    by: User | None, at: datetime,
) -> PartyTag:
    """Put a tag to a customer, or a new word (``name``, ``colour``). Twice is once.

    Raises MergedAway, NameRequired.
    """
    fresh = lock_party(party)
    tag = tag or make_tag(name=name, colour=colour, by=by, at=at)
    put, new = PartyTag.objects.get_or_create(party=fresh, tag=tag, defaults={"by": by, "at": at})
    if new:
        emit("party.tagged", fresh, station_id=None, by=by, at=at, name=tag.name)
    return put


@verb
def tag_parties(*, parties: Iterable[Party], tag: Tag, by: User | None, at: datetime) -> int:
    """Put a tag to many at once; returns how many did not carry it. Raises MergedAway."""
    before = PartyTag.objects.filter(tag=tag).count()
    for party in parties:
        tag_party(party=party, tag=tag, by=by, at=at)
    return PartyTag.objects.filter(tag=tag).count() - before


@verb
def untag_party(*, party: Party, tag: Tag, by: User | None, at: datetime) -> None:
    """Take a tag off; the timeline keeps that it was there. Raises MergedAway."""
    fresh = lock_party(party)
    gone, _rows = PartyTag.objects.filter(party=fresh, tag=tag).delete()
    if gone:
        emit("party.untagged", fresh, station_id=None, by=by, at=at, name=tag.name)


def _word(name: str) -> str:
    word = tidy(name)[:20]
    if not word:
        raise NameRequired(_("A name is needed."), field="name")
    return word
