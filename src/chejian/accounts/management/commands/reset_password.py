"""A new password for whoever forgot his: `chejian manage reset_password LOGIN`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.queries.people import person_called
from chejian.accounts.services.passwords import reset_password


class Command(BaseCommand):
    help = "Draw a new password for a person (user name or phone), print it once, end a lock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_called(options["login"])
        if person is None:
            raise CommandError(
                _("Nobody logs in as %(login)s.") % {"login": options["login"]}
            )
        opened = reset_password(person=person, by=None, at=timezone.now())
        self.stdout.write(f"{opened.user.username}  {opened.password}")
