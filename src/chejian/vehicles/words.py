"""Words for what happened to a car, for what is wrong with a number, and for duplicates."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.core.errors import Text
from chejian.core.formats import short_moment
from chejian.core.models import Event
from chejian.vehicles.chain import Misfit
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import Reason

REASONS: dict[str, Text] = {
    Reason.VIN_TAIL: _("same end of the VIN"),
    Reason.ENGINE: _("same engine number"),
    Reason.OLD_PLATE: _("carried the same plate before"),
}
MISFITS: dict[str, Text] = {
    Misfit.BELOW_LAST: _("below the reading before"),
    Misfit.ABOVE_NEXT: _("above the reading after"),
}
EVENTS: dict[str, Text] = {
    "vehicle.registered": _("Car registered"),
    "vehicle.changed": _("Data changed"),
    "vehicle.plate_changed": _("Plate changed: %(old)s → %(new)s"),
    "vehicle.plate_ended": _("Plate %(old)s went to another car"),
    "vehicle.owner_changed": _("New owner: %(owner)s"),
    "vehicle.driver_added": _("Driver added: %(driver)s"),
    "vehicle.driver_ended": _("No longer driver: %(driver)s"),
    "vehicle.odometer_recorded": _("Odometer read: %(reading)s km"),
    "vehicle.odometer_corrected": _("Odometer corrected: %(reading)s km"),
    "vehicle.odometer_meter_changed": _("Meter changed, begins at %(reading)s km"),
    "vehicle.merged": _("Merged with %(absorbed)s"),
    "vehicle.unmerged": _("Parted again from %(absorbed)s"),
    "vehicle.tagged": _("Tagged: %(name)s"),
    "vehicle.untagged": _("Tag taken off: %(name)s"),
}


def label(field: str) -> Text:
    """The name of a field as people read it."""
    if field == "owner":
        return _("Owner")
    column: Any = Vehicle._meta.get_field(field)
    return str(column.verbose_name)


def shown(vehicle: Vehicle, field: str) -> str:
    """A field's value as people read it."""
    chosen: Any = getattr(vehicle, f"get_{field}_display", None)
    value = chosen() if chosen else getattr(vehicle, field)
    return "" if value is None else str(value)


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
    fields = [name for name in event.data.get("fields") or [] if name != "vin_warning"]
    warning = MISFITS.get(event.data.get("warning", ""), "")
    words = [event.actor_name, "、".join(str(label(name)) for name in fields), str(warning)]
    return " · ".join(word for word in words if word)
