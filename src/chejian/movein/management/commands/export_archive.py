"""``chejian export-archive FILE.zip [--station CODE]``: everything, as an open archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import Station
from chejian.core.outbox import emit_about
from chejian.movein.archive import writing


class Command(BaseCommand):
    help = "Writes everything of a station, or of all, as an open archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, metavar="FILE")
        parser.add_argument("--station", metavar="CODE", help="only this station")
        parser.add_argument("--no-files", action="store_true", help="without photos and papers")
        parser.add_argument(
            "--identity-numbers", action="store_true",
            help="with identity, bank and tax numbers in clear",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Whoever may run this holds the data folder with its keys: nothing is asked of him."""
        target: Path = options["target"]
        if target.exists():
            raise CommandError(_("%(file)s is there already.") % {"file": target})
        station = self._station(options["station"])
        wish = writing.Wish(
            station.pk if station else None, not options["no_files"], options["identity_numbers"]
        )
        at = timezone.now()
        try:
            written = writing.write(target, wish, at=at, tell=self._tell)
        except BaseException:
            target.unlink(missing_ok=True)  # half an archive is none
            raise
        emit_about(
            "archive.made", subject_type="movein.Archive", subject_id=0, by=None, at=at,
            station_id=wish.station_id, in_clear=wish.in_clear, size=target.stat().st_size,
        )
        words = {
            "file": target, "rows": f"{sum(written.rows.values()):,}", "files": written.files,
            "size": f"{target.stat().st_size / 1024**2:.1f}",
        }
        self.stdout.write(
            _("%(file)s: %(rows)s rows, %(files)s files, %(size)s MB") % words
        )

    def _station(self, code: str | None) -> Station | None:
        if not code:
            return None
        station = Station.objects.filter(code__iexact=code).first()
        if station is None:
            raise CommandError(_("There is no such station."))
        return station

    def _tell(self, stage: str, done: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{stage} {done:,}", ending="")
