"""What the audit calls the events of an import."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "import.done": pgettext_lazy("event", "import done"),
}
