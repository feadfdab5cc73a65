"""What the audit calls the events of inspection."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "inspection_item.saved": pgettext_lazy("event", "inspection item saved"),
    "job.measured": pgettext_lazy("event", "values measured"),
    "certificate.issued": pgettext_lazy("event", "certificate issued"),
}
