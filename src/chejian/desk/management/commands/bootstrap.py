"""What every start makes sure of: defaults of all apps, and a first account in an empty house."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import Organisation, Region, Role, Station, User
from chejian.accounts.services import ensure_defaults as ensure_roles
from chejian.accounts.services.people import Opened, RoleAt, create_person
from chejian.accounts.services.places import create_region, create_station
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.catalog.services import ensure_defaults as ensure_catalog
from chejian.console import unkept
from chejian.inventory.services.places import create_warehouse
from chejian.quality.services import ensure_defaults as ensure_inspection_items

WAREHOUSES = (("MAIN", "主仓"), ("OIL", "油品仓"))
FIRST_NAME = "admin"


class Command(BaseCommand):
    help = "Make the defaults that are missing; in an empty database also the first account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", default="我的汽修")
        parser.add_argument("--station-code", default="MD")
        parser.add_argument("--station-name", default="本店")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
        ensure_chart()
        ensure_catalog()
        ensure_inspection_items()
        opened = open_house(
            options["organisation"], options["station_code"], options["station_name"]
        )
        if opened is not None:
            self._tell(opened)

    def _tell(self, opened: Opened) -> None:
        self.stdout.write("=" * 60)
        self.stdout.write(_("First account: %(name)s") % {"name": opened.user.username})
        self.stdout.write(unkept(_("Password: %(password)s") % {"password": opened.password}))
        self.stdout.write(_("It is shown only this once, and changed at the first login."))
        self.stdout.write("=" * 60)


@transaction.atomic
def open_house(organisation: str, code: str, station_name: str) -> Opened | None:
    """Organisation, region, station, warehouses, first account; None where anybody is there."""
    if User.objects.exists():
        return None
    house = Organisation.objects.first() or Organisation.objects.create(name=organisation)
    station = Station.objects.order_by("pk").first() or _first_station(house, code, station_name)
    opened = create_person(
        name=_("Administrator"),
        username=FIRST_NAME,
        roles=[
            RoleAt(Role.objects.get(code="administrator")),
            RoleAt(Role.objects.get(code="station_manager"), station),
        ],
        by=None,
        at=timezone.now(),
    )
    for short, name in WAREHOUSES:
        create_warehouse(
            station_id=station.pk, code=short, name=name, by=opened.user, at=timezone.now()
        )
    return opened


def _first_station(house: Organisation, code: str, name: str) -> Station:
    now = timezone.now()
    region = Region.objects.order_by("pk").first() or create_region(
        organisation=house, code="R1", name=_("First region"), by=None, at=now
    )
    return create_station(region=region, code=code, name=name, by=None, at=now)
