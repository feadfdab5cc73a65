"""``check_ledgers``: add every ledger up again and say what does not tie. Exit 1 if anything."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chejian.core.checks import CheckResult, run_checks

SHOWN = 20


class Command(BaseCommand):
    help = "Adds up every ledger again and says what does not tie."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="only these checks")

    def handle(self, *args: Any, **options: Any) -> None:
        results = run_checks(options["names"])
        for result in results:
            self._tell(result)
        wrong = sum(not result.ties for result in results)
        if wrong:
            self.stderr.write(
                ngettext("%(n)s check does not tie.", "%(n)s checks do not tie.", wrong)
                % {"n": wrong}
            )
            sys.exit(1)
        self.stdout.write(_("All %(n)s checks tie.") % {"n": len(results)})

    def _tell(self, result: CheckResult) -> None:
        mark = _("ties") if result.ties else _("DOES NOT TIE")
        self.stdout.write(f"{result.title}: {mark} ({result.seconds:.2f} s)")
        for word, figure in result.proof.figures:
            self.stdout.write(f"    {word}: {figure}")
        for sentence in result.proof.differences[:SHOWN]:
            self.stdout.write(f"  ! {sentence}")
        more = len(result.proof.differences) - SHOWN
        if more > 0:
            self.stdout.write("  ! " + _("and %(n)s more") % {"n": more})
