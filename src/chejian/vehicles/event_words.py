"""What the audit calls the events of cars."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "vehicle.registered": pgettext_lazy("event", "vehicle created"),
    "vehicle.changed": pgettext_lazy("event", "vehicle changed"),
    "vehicle.driver_added": pgettext_lazy("event", "driver added"),
    "vehicle.driver_ended": pgettext_lazy("event", "driver ended"),
    "vehicle.merged": pgettext_lazy("event", "vehicles merged"),
    "vehicle.unmerged": pgettext_lazy("event", "vehicles parted again"),
    "vehicle.tagged": pgettext_lazy("event", "vehicle tagged"),
    "vehicle.untagged": pgettext_lazy("event", "tag taken off a vehicle"),
    "vehicle.owner_changed": pgettext_lazy("event", "owner changed"),
    "vehicle.plate_changed": pgettext_lazy("event", "plate changed"),
    "vehicle.plate_ended": pgettext_lazy("event", "plate ended"),
    "vehicle.odometer_recorded": pgettext_lazy("event", "odometer read"),
    "vehicle.odometer_corrected": pgettext_lazy("event", "odometer corrected"),
    "vehicle.odometer_meter_changed": pgettext_lazy("event", "meter changed"),
}
