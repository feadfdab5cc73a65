"""Making a customer and changing what is known about him."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chejian.accounts.models import User
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import pinyin_key
from chejian.core.verbs import verb
from chejian.core.versions import changed_fields, require_version
from chejian.parties import rules
from chejian.parties.errors import MergedAway, NameRequired, NumberTaken
from chejian.parties.models import Party
from chejian.parties.searching import index_parties


@verb
@replayable(Party)
def create_party(
    *,
    name: str,
    phone: str = "",
    kind: str = Party.Kind.PERSON,
    by: User | None,
    at: datetime,
    key: uuid.UUID | None = None,
    **fields: Any,
) -> Party:
    """A new customer, supplier, insurer or maker. Duplicates are proposed before, not refused here.

    ``identity``, ``bank_account`` and ``tax_number`` are sealed. Without a name the customer is
    called after the end of his phone number. Raises NameRequired, InvalidNumber, NumberTaken, and
    NotPermitted for a price level or credit by somebody who may not grant them.
    """
    sealed = {field: fields.pop(field) for field in rules.SEALED if fields.get(field)}
    given = rules.normal_fields({"name": name, "phone": phone, "kind": kind, **fields})
    unusual = any(given.get(term, usual) != usual for term, usual in rules.USUAL_TERMS.items())
    if unusual and not rules.may_set_terms(by):
        raise NotPermitted(gettext_lazy("You may not set prices and credit."))
    given["name"] = given["name"] or _name_by_phone(given["phone"])
    party = Party(**given, name_key=pinyin_key(given["name"]), created_by=by)
    _require_free_number(party)
    for field, raw in sealed.items():
        party.seal(field, rules.normal_sealed(field, raw))
    party.save()
    index_parties([party], at)
    emit("party.created", party, station_id=None, by=by, at=at, name=party.name)
    return party


def _name_by_phone(phone: str) -> str:
    if not phone:
        raise NameRequired(gettext_lazy("A name or a phone number is needed."), field="name")
    return _("Customer %(tail)s") % {"tail": phone[-4:]}


def _require_free_number(party: Party) -> None:
    if not party.legacy_number:
        return
    taken = Party.objects.live().filter(legacy_number=party.legacy_number).exclude(pk=party.pk)
    other = taken.first()
    if other is not None:
        raise NumberTaken(
            gettext_lazy("Another customer has this old number."),
            field="legacy_number",
            party_id=other.pk,
        )


@verb
def update_party(
    *, party: Party, version: int, by: User | None, at: datetime, **fields: Any
) -> Party:
    """Change the fields given. Raises Conflict when somebody else was quicker (core.versions).

    Price level and credit need ``customers.set_credit``, but only when they differ.
    """
    fresh = lock_party(party)
    given = rules.normal_fields(fields)
    require_version(fresh, version, given)
    changes = changed_fields(fresh, given)
    if not changes:
        return fresh
    if changes.keys() & set(rules.TERMS) and not rules.may_set_terms(by):
        raise NotPermitted(gettext_lazy("You may not set prices and credit."))
    if not changes.get("name", fresh.name):
        raise NameRequired(gettext_lazy("A name is needed."), field="name")
    for field, value in changes.items():
        setattr(fresh, field, value)
    _require_free_number(fresh)
    fresh.name_key = pinyin_key(fresh.name)
    fresh.version += 1
    fresh.save()
    index_parties([fresh], at)
    emit("party.changed", fresh, station_id=None, by=by, at=at, fields=sorted(changes))
    return fresh


def lock_party(party: Party) -> Party:
    """The row as it is now, locked. Raises MergedAway when it was merged into another."""
    fresh = Party.objects.select_for_update().get(pk=party.pk)
    if fresh.merged_into_id is not None:
        raise MergedAway(
            gettext_lazy("This customer was merged into another one."),
            party_id=fresh.merged_into_id,
        )
    return fresh
