"""Words for what happened to a customer and for why two may be the same."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chejian.core.errors import Text
from chejian.core.formats import short_moment
from chejian.core.models import Event
from chejian.parties.models import Party
from chejian.parties.queries import Reason

REASONS: dict[str, Text] = {
    Reason.IDENTITY: gettext_lazy("same identity card"),
    Reason.VIN: gettext_lazy("same VIN"),
    Reason.PLATE: gettext_lazy("same plate"),
    Reason.PHONE: gettext_lazy("same phone"),
    Reason.NAME: gettext_lazy("same or like-sounding name"),
}
EVENTS: dict[str, Text] = {
    "party.created": gettext_lazy("Customer created"),
    "party.changed": gettext_lazy("Data changed"),
    "party.contact_added": gettext_lazy("Contact added: %(name)s"),
    "party.contact_changed": gettext_lazy("Contact changed: %(name)s"),
    "party.numbers_sealed": gettext_lazy("Sensitive numbers stored"),
    "party.merged": gettext_lazy("Merged with %(absorbed)s"),
    "party.unmerged": gettext_lazy("Parted again from %(absorbed)s"),
    "party.tagged": gettext_lazy("Tagged: %(name)s"),
    "party.untagged": gettext_lazy("Tag taken off: %(name)s"),
}
SEALED: dict[str, Text] = {
    "identity": gettext_lazy("Identity card"),
    "bank_account": gettext_lazy("Bank account"),
    "tax_number": gettext_lazy("Tax number"),
}


def label(field: str) -> Text:
    """The name of a field as people read it."""
    if field in SEALED:
        return SEALED[field]
    column: Any = Party._meta.get_field(field)
    return str(column.verbose_name)


def shown(party: Party, field: str) -> str:
    """A field's value as people read it; sealed ones only say that they are there."""
    if field in SEALED:
        return _("stored") if getattr(party, f"{field}_sealed") else ""
    chosen: Any = getattr(party, f"get_{field}_display", None)
    return str(chosen() if chosen else getattr(party, field))


def timeline(events: list[Event]) -> list[dict[str, Any]]:
    """Events as the kit's timeline wants them."""
    return [
        {
            "time": short_moment(event.at),
            "at": event.at,
            "text": str(EVENTS.get(event.kind, event.kind)) % event.data,
            "small": _details(event),
            "who": "person" if event.actor_id else "system",
        }
        for event in events
    ]


def _details(event: Event) -> str:
    fields = event.data.get("fields") or []
    words = [str(label(field)) for field in fields]
    return " · ".join(part for part in (event.actor_name, "、".join(words)) if part)
