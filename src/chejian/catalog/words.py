"""Words for the fields of the catalogue and for what happened to a part."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.catalog.models import Part
from chejian.core.errors import Conflict, Text
from chejian.core.formats import short_moment
from chejian.core.models import Event

EVENTS: dict[str, Text] = {
    "part.created": _("Part created"),
    "part.updated": _("Data changed"),
    "part.pictured": _("Picture added"),
    "part.unpictured": _("Picture removed"),
}


def label(field: str) -> str:
    """The name of a part's field as people read it."""
    found: Any = Part._meta.get_field(field)
    return str(found.verbose_name)


def timeline(events: list[Event]) -> list[dict[str, Any]]:
    """Events as the kit's timeline wants them: a change with its old and new values."""
    return [
        {
            "time": short_moment(event.at),
            "at": event.at,
            "text": str(EVENTS.get(event.kind, event.kind)),
            "small": _details(event),
            "who": "person" if event.actor_id else "system",
        }
        for event in events
    ]


def _details(event: Event) -> str:
    changes: dict[str, list[str]] = event.data.get("changes") or {}
    told = [
        f"{label(name)} {_plain(old)} → {_plain(new)}" for name, (old, new) in changes.items()
    ]
    return " · ".join([part for part in (event.actor_name, *told) if part])


def _plain(value: str) -> str:
    """A price without needless zeros; nothing for None."""
    if value == "None":
        return "—"
    head, dot, tail = value.partition(".")
    digits = dot and head.lstrip("-").isdigit() and tail.isdigit()
    return f"{head}.{tail.rstrip('0').ljust(2, '0')}" if digits else value


def differences(error: Conflict) -> list[dict[str, Any]]:
    """The fields that somebody else changed, with both values."""
    return [
        {"label": label(name), "theirs": both["theirs"], "mine": both["mine"]}
        for name, both in error.data["fields"].items()
    ]
