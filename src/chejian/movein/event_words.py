"""What the audit calls the events of an import."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "import.done": pgettext_lazy("event", "import done"),
    "import.undone": pgettext_lazy("event", "import taken back"),
    "import.chosen": pgettext_lazy("event", "stock choices made"),
    "import.tried": pgettext_lazy("event", "import tried"),
    "reconciliation.signed": pgettext_lazy("event", "reconciliation sheet signed off"),
    "archive.asked": pgettext_lazy("event", "archive asked for"),
    "archive.made": pgettext_lazy("event", "archive made"),
    "archive.fetched": pgettext_lazy("event", "archive downloaded"),
    "archive.deleted": pgettext_lazy("event", "archive deleted"),
    "archive.loaded": pgettext_lazy("event", "archive loaded"),
}
