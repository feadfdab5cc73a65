"""``chejian import FILE… [--station CODE] [--dry-run]``: the move-in without a screen."""

from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.movein import presenting, queries, services
from chejian.movein.findings import ACCEPTABLE
from chejian.movein.models import ImportRun


class Command(BaseCommand):
    help = "Brings in files of another system: customers and cars, parts and stock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--station", metavar="CODE", help="the station; needed with several")
        parser.add_argument("--by", metavar="NAME", help="the user name of who imports")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made")
        parser.add_argument(
            "--together", action="store_true",
            help="try all files in their order in one transaction, then import all or none",
        )
        parser.add_argument(
            "--accept", nargs="*", default=[], choices=ACCEPTABLE, metavar="CODE",
            help=f"offered mends to take: {', '.join(ACCEPTABLE)}",
        )
        parser.add_argument("--problems", type=Path, help="write the rows to be mended here (xlsx)")

    def handle(self, *args: Any, **options: Any) -> None:
        station = self._station(options["station"])
        by = self._person(options["by"], station)
        with pghistory.context(user=by.pk, task="import_files"):
            if options["together"]:
                self._all_together(station, by, options)
                return
            for path in options["files"]:
                self._bring_in(path, station, by, options)

    def _all_together(self, station: Station, by: User, options: dict[str, Any]) -> None:
        """A trial; unless it is a dry run, the import of all after it."""
        try:
            runs = [self._start(path, station, by, options) for path in options["files"]]
            to_come = [run for run in runs if run.status != ImportRun.Status.IMPORTED]
            at = timezone.now()
            batch = services.start_batch(station=station, runs=to_come, by=by, at=at)
            batch = services.try_out(batch=batch, by=by, at=at)
            if not options["dry_run"]:
                batch = services.import_batch(batch=batch, by=by, at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for run in ImportRun.objects.filter(pk__in=[run.pk for run in runs]).order_by("pk"):
            self._tell(run)
        self.stdout.write(f"{batch.get_status_display()}, " + _("%(seconds)s seconds.") % {
            "seconds": batch.seconds
        })
        for proof in batch.proofs:
            for difference in proof["differences"]:
                self.stdout.write(f"    {proof['title']}: {difference}")

    def _start(
        self, path: Path, station: Station, by: User, options: dict[str, Any]
    ) -> ImportRun:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        run = services.start_import(
            station=station, data=data, name=path.name, by=by, at=timezone.now()
        )
        if options["accept"]:
            run.accepted = sorted(options["accept"])
            run.save(update_fields=["accepted"])
        return run

    def _station(self, code: str | None) -> Station:
        stations = Station.objects.filter(active=True)
        if code:
            stations = stations.filter(code__iexact=code)
        found = list(stations.order_by("pk")[:2])
        if not found:
            raise CommandError(_("There is no such station."))
        if len(found) > 1:
            codes = ", ".join(Station.objects.values_list("code", flat=True).order_by("code"))
            raise CommandError(_("Which station? --station CODE: %(codes)s") % {"codes": codes})
        return found[0]

    def _person(self, name: str | None, station: Station) -> User:
        people = User.objects.filter(is_active=True).order_by("pk")
        if name:
            people = people.filter(username=name)
        for person in people:
            if person.can_at(P.IMPORT_DATA, station.pk):
                return person
        raise CommandError(_("Nobody of that name may import data at this station."))

    def _bring_in(self, path: Path, station: Station, by: User, options: dict[str, Any]) -> None:
        try:
            run = self._start(path, station, by, options)
            if run.status != ImportRun.Status.IMPORTED:
                run = self._work(run, by, options)
        except DomainError as error:
            raise CommandError(f"{path.name}: {error}") from error
        self._tell(run)
        if options["problems"] and run.problems.exclude(severity="mended").exists():
            options["problems"].write_bytes(presenting.problem_workbook(run))

    def _work(self, run: ImportRun, by: User, options: dict[str, Any]) -> ImportRun:
        run = services.check(run=run, by=by, at=timezone.now())
        if options["dry_run"]:
            return run
        return services.commit_import(run=run, by=by, at=timezone.now())

    def _tell(self, run: ImportRun) -> None:
        kind = run.get_kind_display() or _("not recognised")
        self.stdout.write(f"{run.file_name}: {kind}, {run.get_status_display()}")
        for label, figure in presenting.control_lines(run):
            self.stdout.write(f"    {label}: {figure}")
        for line in presenting.count_lines(run):
            words = {"new": line.new, "filled": line.filled, "same": line.same}
            self.stdout.write(
                f"    {line.label}: "
                + _("%(new)s new, %(filled)s filled in, %(same)s as they are") % words
            )
        for figure_line in presenting.figure_lines(run):
            self._tell_figure(figure_line)
        for group in presenting.group_lines(run, queries.problem_groups(run)):
            self.stdout.write(f"  {group.severity} {group.count}: {group.text}")
        if run.seconds is not None:
            self.stdout.write("    " + _("%(seconds)s seconds.") % {"seconds": run.seconds})

    def _tell_figure(self, line: presenting.FigureLine) -> None:
        words = {"control": line.control, "file": line.file, "ours": line.ours}
        self.stdout.write(
            f"    {line.label}: "
            + _("old system %(control)s, file %(file)s, with us %(ours)s") % words
            + f" ({line.difference})"
        )
        for reason in line.reasons:
            self.stdout.write(f"        {reason.amount} {reason.text} {reason.rows}".rstrip())
