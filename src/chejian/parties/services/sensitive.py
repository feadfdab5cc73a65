"""Numbers that are sealed at rest, and the log of everybody who looked at them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.accounts.services.audit import record_unmasking
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties import rules
from chejian.parties.models import Party
from chejian.parties.services.records import lock_party

PHONE = "phone"


@verb
def seal_numbers(
    *, party: Party, by: User | None, at: datetime, **numbers: str
) -> Party:
    """Store ``identity``, ``bank_account`` or ``tax_number`` encrypted; an empty text removes one.

    Numbers not given stay. Raises InvalidNumber for an identity card that cannot be right.
    """
    unknown = set(numbers) - set(rules.SEALED)
    if unknown:
        raise TypeError(f"nothing is sealed as {sorted(unknown)}")
    fresh = lock_party(party)
    for field, raw in numbers.items():
        fresh.seal(field, rules.normal_sealed(field, raw))
    fresh.version += 1
    fresh.save()
    emit("party.numbers_sealed", fresh, station_id=None, by=by, at=at, fields=sorted(numbers))
    return fresh


def may_reveal(by: User, field: str) -> bool:
    return by.can(P.SEE_PHONE if field == PHONE else P.SEE_IDENTITY)


@verb
def reveal(
    *,
    party: Party,
    field: str,
    by: User,
    at: datetime,
    reason: str = "",
    station_id: int | None = None,
) -> str:
    """The whole number behind the mask, with a line in the log (L4 art. 51: least privilege).

    ``field`` is ``phone`` or one of the sealed ones. Raises NotPermitted, and then logs nothing.
    """
    if field != PHONE and field not in rules.SEALED:
        raise TypeError(f"nothing is masked as {field}")
    if not may_reveal(by, field):
        raise NotPermitted(_("You may not see this number."))
    record_unmasking(
        subject=party, field=field, by=by, at=at, label=party.name, reason=reason,
        station_id=station_id,
    )
    return party.phone if field == PHONE else party.unseal(field)
