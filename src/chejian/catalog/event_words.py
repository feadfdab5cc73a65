"""What the audit calls the events of the catalogue."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "part.created": pgettext_lazy("event", "part created"),
    "part.updated": pgettext_lazy("event", "part changed"),
    "part.pictured": pgettext_lazy("event", "picture of a part added"),
    "part.unpictured": pgettext_lazy("event", "picture of a part removed"),
    "operation.created": pgettext_lazy("event", "operation created"),
    "operation.updated": pgettext_lazy("event", "operation changed"),
    "template.saved": pgettext_lazy("event", "common job saved"),
    "term.created": pgettext_lazy("event", "list entry created"),
    "term.updated": pgettext_lazy("event", "list entry changed"),
}
