"""What the audit calls the events of inspection."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "certificate.issued": pgettext_lazy("event", "certificate issued"),
}
