"""``reindex_search``: make the search index anew from the rows, while people work."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from chejian.core import reindexing


class Command(BaseCommand):
    help = "Makes the search index anew from the rows themselves, while people work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kinds", nargs="*", choices=[[], *reindexing.kinds()], help="only these kinds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in options["kinds"] or reindexing.kinds():
            began = time.monotonic()
            done = reindexing.rebuild(kind)
            self.stdout.write(
                _("%(kind)s: %(written)s entries written, %(removed)s removed (%(seconds)s s)")
                % {"kind": kind, "written": done.written, "removed": done.removed,
                   "seconds": f"{time.monotonic() - began:.1f}"}
            )
