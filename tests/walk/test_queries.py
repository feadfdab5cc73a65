"""Every list costs the same number of statements for 1, 3 and 50 rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.accounts.permissions import P
from chejian.accounts.services import request_approval
from chejian.accounts.services.audit import record_unmasking
from chejian.accounts.services.places import create_bay, create_team
from chejian.billing.services.collection import Tender, collect
from chejian.billing.services.settlement import settle
from chejian.books.services import close_period
from chejian.catalog.models import Part
from chejian.catalog.services import TemplateJob, TemplatePart, save_template
from chejian.core.outbox import emit
from chejian.inventory.services import create_warehouse
from chejian.movein.services import request_archive, start_batch, start_import
from chejian.parties.models import Party
from chejian.parties.services import add_contact
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import record_odometer
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder
from tests.factories import accounts, catalog, inventory, parties, vehicles, workorders
from tests.walk.world import Place, World, browser

pytestmark = pytest.mark.django_db
ROWS = (1, 3, 50)
type Make = Callable[[Place, int], object]


@dataclass(frozen=True)
class Listed:
    """A list: its address, who looks, how one more row comes to be."""

    url: str
    role: str
    make: Make
    most: int = 50


def order(place: Place, turn: int) -> object:
    return workorders.brought_to("received", place.shop, vehicle=vehicles.make_vehicle())


def ready(place: Place, turn: int) -> WorkOrder:
    made = workorders.make_order(place.shop)
    workorders.add_job(made, place.shop)
    work.receive(order=made, by=place.shop.adviser, at=timezone.now())
    workorders.authorise(made, place.shop)
    return made


def assigned(place: Place, turn: int) -> object:
    made = ready(place, turn)
    return work.assign(jobs=list(made.jobs.all()), technicians=[place.shop.technician],
                       by=place.shop.controller, at=timezone.now())


def waiting_for_parts(place: Place, turn: int) -> object:
    made = workorders.make_order(place.shop)
    job = workorders.add_job(made, place.shop)
    part = catalog.make_part()
    inventory.stock(part, place.shop.warehouse, 2, by=place.shop.storekeeper)
    workorders.add_part(job, place.shop, part)
    work.receive(order=made, by=place.shop.adviser, at=timezone.now())
    workorders.authorise(made, place.shop)
    return work.request_missing(order=made, by=place.shop.adviser, at=timezone.now())


def received_goods(place: Place, turn: int) -> object:
    return inventory.stock(catalog.make_part(), place.shop.warehouse, 2,
                           by=place.shop.storekeeper, bin_code=f"B-{turn:02d}")


def asked(place: Place, turn: int) -> object:
    return request_approval(
        station_id=place.station.pk, kind=f"discount{turn}", permission=P.APPROVE_DISCOUNT,
        subject=place.station, label=f"WO {turn}", amount=D(5), by=place.shop.adviser,
        at=timezone.now(),
    )


def imported(place: Place, turn: int) -> object:
    return start_import(
        station=place.station, data=f"配件编号,配件名称\nP{turn},机油\n".encode(),
        name=f"{turn}.csv", by=place.shop.manager, at=timezone.now(),
    )


def together(place: Place, turn: int) -> object:
    run = start_import(
        station=place.station, data=f"配件编号,配件名称,单位\nQ{turn},机油,桶\n".encode(),
        name=f"q{turn}.csv", by=place.shop.manager, at=timezone.now(),
    )
    return start_batch(
        station=place.station, runs=[run], by=place.shop.manager, at=timezone.now()
    )


def archived(place: Place, turn: int) -> object:
    return request_archive(station=place.station, by=place.shop.manager, at=timezone.now())


def happened(place: Place, turn: int) -> object:
    return emit("order.received", place.station, station_id=place.station.pk,
                by=place.shop.adviser, at=timezone.now(), number=f"WO {turn}")


def car_with_owner(place: Place, turn: int) -> object:
    return vehicles.make_vehicle(owner=parties.make_party(f"客户{turn}"))


def template(place: Place, turn: int) -> object:
    job = TemplateJob(catalog.make_operation(), [TemplatePart(catalog.make_part(), D(1))])
    return save_template(name=f"常用{turn}", jobs=[job], by=None, at=timezone.now())


def closed_month(place: Place, turn: int) -> object:
    month = date(2019 + turn // 12, turn % 12 + 1, 1)
    return close_period(station_id=place.station.pk, month=month, by=place.shop.cashier,
                        at=timezone.now())


def colleague(place: Place, turn: int) -> object:
    return accounts.make_user("technician", place.station)


def team(place: Place, turn: int) -> object:
    create_bay(station=place.station, name=f"{turn} 号工位", kind="", by=None, at=timezone.now())
    return create_team(station=place.station, name=f"{turn} 组", by=None, at=timezone.now(),
                       leader=place.shop.technician, members=[place.shop.technician])


def duplicate(place: Place, turn: int) -> object:
    phone = f"138{turn:08d}"
    return parties.make_party("甲", phone=phone), parties.make_party("乙", phone=phone)


def job_of_order(place: Place, turn: int) -> object:
    return workorders.add_job(_draft(place), place.shop)


def part_of_order(place: Place, turn: int) -> object:
    job = _draft(place).jobs.order_by("pk").first() or workorders.add_job(
        _draft(place), place.shop)
    return workorders.add_part(job, place.shop, catalog.make_part())


def _draft(place: Place) -> WorkOrder:
    return WorkOrder.objects.get(pk=place.rows["draft"])


def reading(place: Place, turn: int) -> object:
    return record_odometer(
        vehicle=Vehicle.objects.get(pk=place.rows["vehicle"]), reading=50_000 + turn,
        source="manual", read_on=date(2026, 2, 1) + timedelta(days=turn), by=None,
        at=timezone.now(),
    )


def contact(place: Place, turn: int) -> object:
    return add_contact(party=Party.objects.get(pk=place.rows["party"]), name=f"联系人{turn}",
                       by=None, at=timezone.now())


def visit(place: Place, turn: int) -> object:
    return workorders.make_order(
        place.shop, vehicle=Vehicle.objects.get(pk=place.rows["vehicle"]),
        customer=Party.objects.get(pk=place.rows["party"]),
    )


def warehouse(place: Place, turn: int) -> object:
    return create_warehouse(station_id=place.station.pk, code=f"W{turn}", name=f"仓 {turn}",
                            by=place.shop.manager, at=timezone.now())


def shelf(place: Place, turn: int) -> object:
    part = Part.objects.get(pk=place.rows["part"])
    return inventory.stock(part, place.shop.warehouse, 1, by=place.shop.storekeeper,
                           bin_code=f"C-{turn:02d}")


def inspected(place: Place, turn: int) -> WorkOrder:
    """By a technician of its own: the usual one has his clock running in the world."""
    people = place.shop.people
    usual = people["technician"]
    people["technician"] = accounts.make_user("technician", place.station)
    try:
        return workorders.brought_to("completed", place.shop, vehicle=vehicles.make_vehicle())
    finally:
        people["technician"] = usual


def paid(place: Place, turn: int) -> object:
    return settle(order=inspected(place, turn), by=place.shop.cashier, at=timezone.now())


def collected(place: Place, turn: int) -> object:
    made = inspected(place, turn)
    settle(order=made, by=place.shop.cashier, at=timezone.now())
    return collect(order=made, tenders=[Tender("cash", D(1))], by=place.shop.cashier,
                   at=timezone.now())


def shown(place: Place, turn: int) -> object:
    return record_unmasking(subject=place.station, field="phone", by=place.shop.manager,
                            at=timezone.now(), label=f"客户{turn}", reason="回访",
                            station_id=place.station.pk)


LISTS: dict[str, Listed] = {
    "work orders": Listed("/work-orders/?state=all", "service_adviser", order),
    "work orders to dispatch": Listed("/work-orders/?state=dispatch", "service_adviser", ready),
    "home, mine": Listed("/", "service_adviser", ready),
    "home, all": Listed("/?who=all", "station_manager", ready),
    "notices": Listed("/notices/", "station_manager", asked),
    "my jobs": Listed("/my-jobs/", "technician", assigned),
    "team's jobs": Listed("/my-jobs/", "team_leader", assigned),
    "stores queue": Listed("/stores/", "storekeeper", waiting_for_parts, most=20),
    "cashier, to settle": Listed("/cashier/", "cashier", inspected, most=20),
    "cashier, to collect": Listed("/cashier/?tab=collect", "cashier", paid, most=20),
    "cashier, in the shop": Listed("/cashier/?tab=deposit", "cashier", ready),
    "approvals": Listed("/approvals/", "station_manager", asked),
    "approvals asked for": Listed("/approvals/", "service_adviser", asked),
    "audit": Listed("/audit/", "station_manager", happened),
    "customers": Listed("/customers/", "service_adviser", car_with_owner),
    "duplicates": Listed("/customers/duplicates/", "service_adviser", duplicate),
    "vehicles": Listed("/vehicles/", "service_adviser", car_with_owner),
    "parts": Listed("/parts/", "storekeeper", received_goods),
    "labour": Listed("/labour/", "storekeeper", lambda place, turn: catalog.make_operation()),
    "templates": Listed("/job-templates/", "storekeeper", template),
    "stock": Listed("/stock/", "storekeeper", received_goods),
    "receipts": Listed("/stock/receipts/", "storekeeper", received_goods),
    "received parts": Listed("/stock/receipts/lines/", "storekeeper", received_goods),
    "stock moves": Listed("/stock/moves/", "storekeeper", received_goods),
    "stock report": Listed("/stock/report/", "storekeeper", received_goods),
    "jobs done": Listed("/work-orders/jobs/", "service_adviser", job_of_order),
    "parts used": Listed("/work-orders/parts/", "storekeeper", part_of_order),
    "settlements": Listed("/settlements/", "cashier", paid, most=20),
    "payments": Listed("/payments/", "cashier", collected, most=20),
    "receivables": Listed("/receivables/", "cashier", paid, most=20),
    "personal data shown": Listed("/audit/looks/", "station_manager", shown),
    "work orders, all columns": Listed(
        "/work-orders/?state=all&cols=status,customer,cost,phone,vin,class,adviser&sort=-cost"
        "&f=opened.period.this_year&f1=customer.filled.&f2=total.from.0", "station_manager", order),
    "warehouses": Listed("/stock/warehouses/", "storekeeper", warehouse),
    "journal": Listed("/books/entries/", "cashier", received_goods),
    "trial balance": Listed("/books/", "cashier", received_goods),
    "closed months": Listed("/books/periods/", "cashier", closed_month),
    "people": Listed("/settings/people/", "administrator", colleague),
    "teams": Listed("/settings/teams/", "administrator", team),
    "imports": Listed("/imports/", "administrator", imported),
    "imports together": Listed("/imports/", "administrator", together, most=10),
    "archives": Listed("/archives/", "administrator", archived, most=30),
    "search": Listed("/search/?q=WO", "service_adviser", order),
    "stock card": Listed("/stock/parts/{part}/", "storekeeper", shelf),
    "a customer's contacts": Listed("/customers/{party}/", "service_adviser", contact),
    "a customer's visits": Listed("/customers/{party}/", "service_adviser", visit),
    "a car's readings": Listed("/vehicles/{vehicle}/", "service_adviser", reading),
    "a car's visits": Listed("/vehicles/{vehicle}/", "service_adviser", visit),
    "cockpit, jobs": Listed("/work-orders/{draft}/", "service_adviser", job_of_order),
    "cockpit, parts": Listed("/work-orders/{draft}/", "service_adviser", part_of_order),
    "reception, known car": Listed("/reception/?vehicle={vehicle}", "service_adviser", visit),
}


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    """The station of the walk; what is made here is undone after each test."""
    with transaction.atomic():
        yield world.here
        transaction.set_rollback(True)


def statements(session: str, url: str) -> list[str]:
    client = browser(session)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url)
    assert response.status_code == 200, response.status_code
    return [query["sql"] for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("name", LISTS)
def test_as_many_statements_for_fifty_rows_as_for_one(place: Place, name: str) -> None:
    """The world has a few rows of everything; then come as many as are counted here."""
    listed = LISTS[name]
    url = listed.url.format_map(place.rows)
    made, counts, first = 0, {}, []
    for rows in ROWS:
        for turn in range(made, min(rows, listed.most)):
            listed.make(place, turn)
        made = min(rows, listed.most)
        said = statements(place.sessions[listed.role], url)
        first = first or said
        counts[rows] = len(said)
        more = [one for one in said if one not in first]
        assert len(said) == len(first), (counts, more[:3])
