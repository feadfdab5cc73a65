"""``chejian demo``: fill an empty database with a believable group of stations."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.demo import before, customers, goods, people, stories
from chejian.demo.scale import run as scale
from chejian.prepare import migrate


@contextmanager
def without_savepoints() -> Iterator[None]:
    """All of the demo or nothing: no verb in it needs a point to which it alone could go back.

    A fifth of all statements were savepoints.
    """
    features = connection.features
    before = features.uses_savepoints
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = before


def _tidy() -> None:
    """What was poured is tidy already: nobody shall read it all again to find that out."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


class Command(BaseCommand):
    help = "Fill an empty database with demo data."
    requires_system_checks = ()  # they would load every page

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=8700)
        parser.add_argument("--customers", type=int, default=240)
        parser.add_argument("--scale", type=int, default=0, metavar="N",
                            help="also N finished orders of the last three years, in bulk")
        parser.add_argument("--until", type=datetime.fromisoformat, default=None, metavar="TIME",
                            help="the moment that counts as now; the same seed and the same "
                                 "moment make the same data")

    def handle(self, *_args: Any, **options: Any) -> None:
        migrate()
        if User.objects.exists():
            raise CommandError("The database is not empty: demo data is only for an empty one.")
        with (
            translation.override("zh-hans"), pghistory.context(task="demo"), transaction.atomic(),
        ):
            if options["scale"]:
                self._build_at_scale(options)
            else:
                self._build(options)
        if options["scale"]:
            _tidy()

    def _build_at_scale(self, options: dict[str, Any]) -> None:
        now = options["until"] or timezone.now()
        told = scale.build(options["scale"], options["seed"],
                           timezone.make_aware(now) if timezone.is_naive(now) else now, self._tell)
        self.stdout.write(
            _("Demo: %(orders)s finished orders of %(cars)s cars and %(live)s of today in "
              "%(seconds).1f s, at most %(memory)s MB.")
            % {"orders": told.orders, "cars": told.cars, "live": told.live,
               "seconds": told.seconds, "memory": told.memory_mb}
        )

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _build(self, options: dict[str, Any]) -> None:
        dice, now, began = random.Random(options["seed"]), timezone.now(), time.monotonic()
        with without_savepoints():
            ensure_chart()
            group = people.build(now)
            goods.build(group, dice, now - timedelta(days=95))
            cars = customers.build(dice, now, options["customers"])
            orders = stories.build(group, cars, dice, now)
            before.build(group, cars, now)
        self.stdout.write(
            _("Demo: %(stations)s stations, %(people)s people, %(cars)s cars, %(orders)s orders "
              "in %(seconds).1f s.")
            % {"stations": len(group.stations), "people": User.objects.count(),
               "cars": len(cars), "orders": orders, "seconds": time.monotonic() - began}
        )
