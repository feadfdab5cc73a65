"""``chejian demo``: fill an empty database with a believable group of stations."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.demo import customers, goods, people, stories


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


class Command(BaseCommand):
    help = "Fill an empty database with demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=8700)
        parser.add_argument("--customers", type=int, default=240)

    def handle(self, *_args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("The database is not empty: demo data is only for an empty one.")
        dice, now, began = random.Random(options["seed"]), timezone.now(), time.monotonic()
        with (
            translation.override("zh-hans"), pghistory.context(task="demo"),
            transaction.atomic(), without_savepoints(),
        ):
            ensure_chart()
            group = people.build(now)
            goods.build(group, dice, now - timedelta(days=95))
            cars = customers.build(dice, now, options["customers"])
            orders = stories.build(group, cars, dice, now)
        self.stdout.write(
            _("Demo: %(stations)s stations, %(people)s people, %(cars)s cars, %(orders)s orders "
              "in %(seconds).1f s.")
            % {"stations": len(group.stations), "people": User.objects.count(),
               "cars": len(cars), "orders": orders, "seconds": time.monotonic() - began}
        )
