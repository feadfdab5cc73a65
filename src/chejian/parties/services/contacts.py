"""Further people to call at a customer's."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.core.versions import changed_fields
from chejian.parties import rules
from chejian.parties.errors import NameRequired
from chejian.parties.models import Contact, Party
from chejian.parties.searching import index_parties
from chejian.parties.services.records import lock_party


@verb
def add_contact(
    *,
    party: Party,
    name: str,
    phone: str = "",
    job: str = "",
    by: User | None,
    at: datetime,
) -> Contact:
    """One more person to call. Raises NameRequired."""
    fresh = lock_party(party)
    fields = _normal({"name": name, "phone": phone, "job": job})
    contact = Contact.objects.create(party=fresh, **fields)
    index_parties([fresh], at)
    emit("party.contact_added", fresh, station_id=None, by=by, at=at, name=contact.name)
    return contact


@verb
def update_contact(*, contact: Contact, by: User | None, at: datetime, **fields: Any) -> Contact:
    """Change name, phone, job, or take an inactive one up again (``active=True``)."""
    party = lock_party(contact.party)
    fresh = Contact.objects.select_for_update().get(pk=contact.pk)
    changes = changed_fields(fresh, _normal(fields))
    if not changes:
        return fresh
    for field, value in changes.items():
        setattr(fresh, field, value)
    fresh.save(update_fields=list(changes))
    index_parties([party], at)
    emit("party.contact_changed", party, station_id=None, by=by, at=at, name=fresh.name)
    return fresh


def deactivate_contact(*, contact: Contact, by: User | None, at: datetime) -> Contact:
    """He is no longer called, but papers that name him keep him."""
    return update_contact(contact=contact, by=by, at=at, active=False)


def _normal(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - {"name", "phone", "job", "active"}
    if unknown:
        raise TypeError(f"a contact has no field {sorted(unknown)}")
    made = dict(fields)
    for name in ("name", "job"):
        if name in made:
            made[name] = tidy(made[name])
    if not made.get("name", "-"):
        raise NameRequired(_("A name is needed."), field="name")
    if "phone" in made:
        made["phone"] = rules.normal_phone(made["phone"])
    return made
