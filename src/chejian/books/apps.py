from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from chejian.core.checks import register_check


class BooksConfig(AppConfig):
    name = "chejian.books"
    label = "books"

    def ready(self) -> None:
        from chejian.books.event_words import EVENT_WORDS
        from chejian.core.event_words import register_event_words

        register_event_words(EVENT_WORDS)
        from chejian.books import checks

        register_check("books.entries", checks.entries_balance, _("Entries sum to zero"))
        register_check("books.trial_balance", checks.trial_balance_is_zero, _("Trial balance"))
        register_check("books.sums", checks.sums_tie, _("Sums of the books"))
        from chejian.accounts.listing import register
        from chejian.books.lists import ENTRIES

        register(ENTRIES)
