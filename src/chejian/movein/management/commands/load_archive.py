"""``chejian load-archive FILE.zip``: an archive into an empty house, proved."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.core.outbox import emit_about
from chejian.movein.archive import loading


class Command(BaseCommand):
    help = "Loads an archive into an empty house."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = loading.load(options["source"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        emit_about(
            "archive.loaded", subject_type="movein.Archive", subject_id=0, station_id=None,
            by=None, at=timezone.now(), rows=loaded.rows, files=loaded.files,
        )
        words = {"rows": f"{loaded.rows:,}", "files": loaded.files, "proofs": loaded.proofs}
        self.stdout.write(
            _("%(rows)s rows and %(files)s files are in; all %(proofs)s proofs tie.") % words
        )
        for figure in loaded.figures:
            self.stdout.write(f"    {figure.label}: {figure.text}")
        self.stdout.write(
            _("Passwords did not come along: chejian manage reset_password %(login)s")
            % {"login": self._administrator()}
        )

    def _administrator(self) -> str:
        people = User.objects.filter(is_active=True).order_by("pk")
        return next((p.username for p in people if p.can(P.MANAGE_STAFF)), _("LOGIN"))
