"""A whole import taken back: as if it had never been, until something holds on to it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from chejian.accounts.models import Station, User
from chejian.books.models import JournalEntry, Posting
from chejian.books.queries import trial_balance
from chejian.catalog.models import Part, PartNumber
from chejian.core.checks import run_checks
from chejian.core.errors import NotPermitted
from chejian.core.models import SearchEntry
from chejian.inventory.models import StockLevel, StockMove, StockReceipt, Warehouse
from chejian.inventory.services import issue, reserve
from chejian.movein import services
from chejian.movein.errors import Touched, WrongState
from chejian.movein.models import ImportRun
from chejian.parties.models import Contact, Party
from chejian.parties.services import create_party, update_party
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle, VehicleParty
from chejian.vehicles.services import record_odometer, register_vehicle
from tests.factories import workorders as orders


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


type Load = Callable[..., ImportRun]

CARS = "客户编号,客户名称,联系人,手机,车牌号,车架号,品牌,最近里程,最近进厂\n"
PARTS = "配件编码,配件名称,零售价,成本价,仓库,货位,库存数量,通用件号\n"


def _cars(*rows: str) -> bytes:
    return (CARS + "\n".join(rows)).encode()


def _parts(*rows: str) -> bytes:
    return (PARTS + "\n".join(rows)).encode()


def _counts() -> dict[str, int]:
    models = (
        Party, Contact, Vehicle, VehicleParty, PlateChange, OdometerEvent, Part, PartNumber,
        Warehouse, StockLevel, StockMove, StockReceipt, SearchEntry, Posting,
    )
    return {model.__name__: model.objects.count() for model in models}


def _ties() -> None:
    assert [d for result in run_checks([]) for d in result.proof.differences] == []


def _undo(run: ImportRun, by: User) -> ImportRun:
    return services.undo_import(run=run, by=by, at=timezone.now() + timedelta(minutes=5))


@pytest.mark.slow
def test_the_real_file_of_customers_goes_again(
    load: Load, manager: User, station: Station
) -> None:
    """Only who stands in the books stays, at nil; loaded again it comes to the same figures."""
    run = load("客户车辆.csv")
    assert Party.objects.count() == 2400
    undone = _undo(run, manager)
    assert (undone.status, undone.undone_by) == ("undone", manager)
    in_the_books = set(Posting.objects.values_list("party_id", flat=True)) - {None}
    assert set(Party.objects.values_list("pk", flat=True)) == in_the_books
    assert [row.balance for row in trial_balance([station.pk]) if row.balance] == []
    left = _counts()
    assert [left[name] for name in ("Vehicle", "VehicleParty", "PlateChange")] == [0, 0, 0]
    assert left["OdometerEvent"] == 0
    assert left["SearchEntry"] == len(in_the_books)
    _ties()
    again = load("客户车辆.csv")
    kept = len(in_the_books)
    assert again.counts == {
        **run.counts, "customers_new": 2400 - kept, "customers_same": kept,
    }
    assert OdometerEvent.objects.filter(import_run=again.pk).count() > 3000
    _ties()


def test_the_real_file_of_parts_is_reversed_in_the_ledger(
    load: Load, manager: User, station: Station
) -> None:
    """Moves and entries stay with their opposites; parts in the ledger are withdrawn."""
    run = load("配件库存.xlsx")
    opened = sum(StockMove.objects.values_list("value", flat=True))
    moves, parts = StockMove.objects.count(), Part.objects.filter(active=True).count()
    assert opened > 0
    _undo(run, manager)
    assert sum(StockMove.objects.values_list("value", flat=True)) == 0
    assert StockMove.objects.count() == 2 * moves
    assert not StockLevel.objects.exclude(quantity=0, value=0).exists()
    assert not Part.objects.filter(active=True).exists()
    assert [row.balance for row in trial_balance([station.pk]) if row.balance] == []
    assert JournalEntry.objects.filter(reverses__isnull=False).count() == (
        StockReceipt.objects.exclude(entry=None).count()
    )
    _ties()
    again = load("配件库存.xlsx")
    assert again.counts == run.counts
    assert Part.objects.filter(active=True).count() == parts
    levels = StockLevel.objects.values_list("value", flat=True)
    assert sum(levels) == opened
    _ties()
    _undo(again, manager)
    assert not Part.objects.filter(active=True).exists()
    _ties()


def test_what_stood_before_gets_back_what_it_had(load: Load, manager: User) -> None:
    at = timezone.now()
    party = create_party(name="王建华", phone="13800138000", by=manager, at=at)
    car = register_vehicle(plate="粤BD12345", make="大众", owner=party, by=manager, at=at)
    record_odometer(
        vehicle=car, reading=1000, source="reception", read_on=at.date(), by=manager, at=at
    )
    before, counts = Party.objects.values().get(pk=party.pk), _counts()
    car_before = Vehicle.objects.values().get(pk=car.pk)
    run = load("x.csv", data=_cars(
        f"K1,王建华,李四,13800138000,粤BD12345,LSVNV2187E2100001,大众,63109,{at:%Y-%m-%d}",
        "K2,赵六,,13900139000,粤BD99999,,别克,,",
    ))
    filled = Party.objects.get(pk=party.pk)
    assert (filled.legacy_number, filled.contacts.count()) == ("K1", 1)
    assert Vehicle.objects.get(pk=car.pk).vin == "LSVNV2187E2100001"
    _undo(run, manager)
    after = Party.objects.values().get(pk=party.pk)
    assert {**after, "version": 0} == {**before, "version": 0}
    car_after = Vehicle.objects.values().get(pk=car.pk)
    assert {**car_after, "version": 0} == {**car_before, "version": 0}
    assert _counts() == counts
    _ties()


def test_filled_parts_lose_what_was_added(load: Load, manager: User) -> None:
    load("a.csv", data=_parts("A1,机油滤清器,45,,,,,"))
    before = Part.objects.values().get(number="A1")
    run = load("b.csv", data=_parts("A1,机油滤清器,45,18.5,主仓,A-1,12,X9"))
    assert PartNumber.objects.count() == 1
    assert StockLevel.objects.get().quantity == 12
    _undo(run, manager)
    after = Part.objects.values().get(number="A1")
    assert {**after, "version": 0} == {**before, "version": 0}
    assert (PartNumber.objects.count(), StockLevel.objects.get().quantity) == (0, 0)
    _ties()


def _refused(run: ImportRun, by: User) -> dict[str, int]:
    counts = _counts()
    with pytest.raises(Touched) as refusal:
        _undo(run, by)
    assert _counts() == counts
    assert ImportRun.objects.get(pk=run.pk).status == "imported"
    return {touch.what: touch.count for touch in refusal.value.data["touches"]}


def test_a_work_order_holds_on_to_its_car(load: Load, manager: User) -> None:
    run = load("x.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,63109,2026-01-26"))
    order = orders.make_order(vehicle=Vehicle.objects.get(), customer=Party.objects.get())
    touches = _refused(run, manager)
    assert touches["Work orders"] == 1
    assert order.vehicle == Vehicle.objects.get()


def test_what_a_person_changed_is_not_thrown_away(load: Load, manager: User) -> None:
    run = load("x.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    party = Party.objects.get()
    update_party(
        party=party, version=party.version, address="南山", by=manager, at=timezone.now()
    )
    assert _refused(run, manager) == {"Changed since: Customers": 1}


def test_a_reading_holds_on_to_its_car(load: Load, manager: User) -> None:
    run = load("x.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,100,2026-01-26"))
    at = timezone.now()
    record_odometer(
        vehicle=Vehicle.objects.get(), reading=200, source="reception", read_on=at.date(),
        by=manager, at=at,
    )
    assert _refused(run, manager) == {"Odometer readings": 1}


def test_another_car_of_an_imported_customer_holds_on(load: Load, manager: User) -> None:
    run = load("x.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    register_vehicle(
        plate="粤BD54321", make="丰田", owner=Party.objects.get(), by=manager, at=timezone.now()
    )
    assert _refused(run, manager) == {"Cars": 1}


@pytest.mark.parametrize("how", ["issue", "reserve"])
def test_stock_that_is_used_stays(load: Load, manager: User, how: str) -> None:
    run = load("x.csv", data=_parts("A1,机油滤清器,45,18.5,主仓,A-1,12,"))
    verb = issue if how == "issue" else reserve
    verb(
        part=Part.objects.get(), warehouse=Warehouse.objects.get(), quantity=Decimal(1),
        label="WO-1", by=manager, at=timezone.now(),
    )
    touches = _refused(run, manager)
    assert "Stock that has moved or is reserved" in touches or "Reservations" in touches
    _ties()


def test_only_what_was_imported_and_by_whom_it_may(
    load: Load, manager: User, make_user: Callable[..., User], station: Station
) -> None:
    run = load("x.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,,"), commit=False)
    with pytest.raises(WrongState):
        _undo(run, manager)
    run = services.commit_import(run=run, by=manager, at=timezone.now())
    with pytest.raises(NotPermitted):
        _undo(run, make_user("service_adviser", station))
    _undo(run, manager)
    for verb in (services.undo_import, services.check, services.commit_import):
        with pytest.raises(WrongState):
            verb(run=run, by=manager, at=timezone.now())
