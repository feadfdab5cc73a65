"""What the audit calls the events of the books."""

from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

EVENT_WORDS: dict[str, Text] = {
    "account.renamed": pgettext_lazy("event", "account renamed"),
    "period.closed": pgettext_lazy("event", "month closed"),
}
