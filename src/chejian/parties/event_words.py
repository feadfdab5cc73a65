"""What the audit calls the events of customers."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "party.created": pgettext_lazy("event", "customer created"),
    "party.changed": pgettext_lazy("event", "customer changed"),
    "party.contact_added": pgettext_lazy("event", "contact added"),
    "party.contact_changed": pgettext_lazy("event", "contact changed"),
    "party.merged": pgettext_lazy("event", "customers merged"),
    "party.unmerged": pgettext_lazy("event", "customers parted again"),
    "party.tagged": pgettext_lazy("event", "customer tagged"),
    "party.untagged": pgettext_lazy("event", "tag taken off a customer"),
    "tag.made": pgettext_lazy("event", "tag made"),
    "tag.changed": pgettext_lazy("event", "tag changed"),
    "party.numbers_sealed": pgettext_lazy("event", "sealed numbers entered"),
}
