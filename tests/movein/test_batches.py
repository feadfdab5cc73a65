"""Files together: tried and taken back, as often as wanted, then imported in the right order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.billing.models import OpeningBalance
from chejian.catalog.models import Part
from chejian.core.errors import NotPermitted
from chejian.core.models import DocumentCounter, Event
from chejian.inventory.models import StockMove, Warehouse
from chejian.inventory.services import ReceiptLine, receive
from chejian.movein import services
from chejian.movein.choices import Negative, NoCost, StockChoices, as_json
from chejian.movein.errors import WrongState
from chejian.movein.models import ImportBatch, ImportRecord, ImportRun
from chejian.movein.services.batches import FileRefused
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from tests.movein.conftest import FILES
from tests.movein.test_undo import _cars, _counts, _parts, _ties


@pytest.fixture
def start(
    defaults: None, station: Station, manager: User
) -> Callable[..., ImportRun]:
    """A file read and recognised, neither checked nor imported."""

    def start_file(name: str, data: bytes | None = None) -> ImportRun:
        return services.start_import(
            station=station, data=data or (FILES / name).read_bytes(), name=name, by=manager,
            at=timezone.now(),
        )

    return start_file


@pytest.fixture
def together(station: Station, manager: User) -> Callable[..., ImportBatch]:
    def take(*runs: ImportRun) -> ImportBatch:
        return services.start_batch(station=station, runs=runs, by=manager, at=timezone.now())

    return take


def _lines(run: ImportRun) -> dict[str, dict[str, Any]]:
    run.refresh_from_db()
    return {line["metric"]: line for line in run.reconciliation}


@pytest.mark.slow
def test_a_trial_of_the_real_files_leaves_nothing_and_says_everything(
    start: Callable[..., ImportRun], together: Callable[..., ImportBatch], manager: User,
    station: Station,
) -> None:
    start("对账控制数.csv")
    parts, cars = start("配件库存.xlsx"), start("客户车辆.csv")
    batch = together(parts, cars)
    before = _counts()
    counters = list(DocumentCounter.objects.values())
    tried = services.try_out(batch=batch, by=manager, at=timezone.now())
    assert _counts() == before
    assert list(DocumentCounter.objects.values()) == counters
    assert not ImportRecord.objects.exists()
    assert (tried.status, tried.trials) == ("tried", 1)
    assert tried.proofs
    assert [proof for proof in tried.proofs if proof["differences"]] == []
    totals = {key: value for key, value, _label in tried.totals}
    assert (totals["customers"], totals["cars"]) == ("2400", "3512")
    lines = _lines(parts)
    assert lines["stock_value"]["ours"] == totals["stock_value"] == totals["account:1405"]
    assert cars.problems.filter(severity="error").count() == 1
    cars.refresh_from_db()
    assert (cars.status, cars.counts["customers_new"]) == ("checked", 2400)
    again = services.try_out(batch=batch, by=manager, at=timezone.now())
    assert (again.trials, again.totals) == (2, tried.totals)
    done = services.import_batch(batch=batch, by=manager, at=timezone.now())
    assert (done.status, done.totals) == ("imported", tried.totals)
    assert _lines(parts) == lines
    assert Party.objects.count() == 2400
    _ties()
    undone = services.undo_batch(batch=batch, by=manager, at=timezone.now())
    assert undone.status == "undone"
    assert Vehicle.objects.count() == 0
    in_the_books = OpeningBalance.objects.values("party").distinct().count()
    assert Party.objects.count() == in_the_books == 666
    for figure in ("stored_value", "gift_value", "debt"):
        assert sum(OpeningBalance.objects.values_list(figure, flat=True)) == 0
    assert sum(StockMove.objects.values_list("value", flat=True)) == 0
    _ties()


def test_one_refused_file_keeps_all_out(
    start: Callable[..., ImportRun], together: Callable[..., ImportBatch], manager: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cars = start("a.csv", _cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    parts = start("b.csv", _parts("A1,机油滤清器,45,18.5,主仓,A-1,12,"))
    batch = together(cars, parts)
    services.try_out(batch=batch, by=manager, at=timezone.now())
    monkeypatch.setattr(
        "chejian.movein.services.parts.open_stock",
        lambda **_: (_ for _ in ()).throw(WrongState("no")),
    )
    before = _counts()
    for verb in (services.try_out, services.import_batch):
        with pytest.raises(FileRefused, match=r"b\.csv: no"):
            verb(batch=batch, by=manager, at=timezone.now())
    assert _counts() == before
    cars.refresh_from_db()
    assert cars.status == "checked"


def test_only_what_was_tried_is_imported_and_by_whom_it_may(
    start: Callable[..., ImportRun], together: Callable[..., ImportBatch], manager: User,
    station: Station, make_user: Callable[..., User],
) -> None:
    run = start("a.csv", _cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    batch = together(run)
    at = timezone.now()
    with pytest.raises(WrongState):
        services.import_batch(batch=batch, by=manager, at=at)
    with pytest.raises(NotPermitted):
        services.start_batch(
            station=station, runs=[run], by=make_user("service_adviser", station), at=at
        )
    with pytest.raises(WrongState):
        services.start_batch(station=station, runs=[], by=manager, at=at)
    services.try_out(batch=batch, by=manager, at=at)
    services.import_batch(batch=batch, by=manager, at=at)
    with pytest.raises(WrongState):
        services.start_batch(station=station, runs=[run], by=manager, at=at)
    with pytest.raises(WrongState):
        services.try_out(batch=batch, by=manager, at=at)


def test_typed_totals_stand_beside_ours(
    start: Callable[..., ImportRun], together: Callable[..., ImportBatch], manager: User
) -> None:
    run = start("a.csv", _cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    batch = together(run)
    services.type_controls(
        batch=batch, controls={"customers": Decimal(2)}, by=manager, at=timezone.now()
    )
    services.try_out(batch=batch, by=manager, at=timezone.now())
    line = _lines(run)["customers"]
    assert (line["control"], line["ours"], line["difference"]) == ("2", "1", "-1")
    assert [reason["code"] for reason in line["reasons"]] == ["file_differs"]


def test_files_imported_one_by_one_can_still_stand_on_a_sheet(
    load: Callable[..., ImportRun], together: Callable[..., ImportBatch]
) -> None:
    run = load("a.csv", data=_cars("K1,王建华,,13800138000,粤BD12345,,大众,,"))
    batch = together(run)
    assert (batch.status, batch.imported_at) == ("imported", run.imported_at)


# --- choices ------------------------------------------------------------------------------------
STOCK = _parts(
    "A1,机油滤清器,45,18.5,主仓,A-1,-3,", "A2,刹车片,100,,主仓,A-2,2,", "A3,雨刮,,,主仓,A-3,2,",
    "A4,火花塞,30,,主仓,A-4,4,", "A4,火花塞,30,12,副仓,B-1,1,",
)


def _value(load: Callable[..., ImportRun], choices: StockChoices) -> tuple[ImportRun, Decimal]:
    run = load("x.csv", data=STOCK, commit=False)
    ImportRun.objects.filter(pk=run.pk).update(choices=as_json(choices))
    run = services.check(run=ImportRun.objects.get(pk=run.pk), by=run.created_by, at=run.created_at)
    run = services.commit_import(run=run, by=run.created_by, at=timezone.now())
    return run, sum(StockMove.objects.values_list("value", flat=True), Decimal(0))


def _codes(run: ImportRun) -> dict[int, str]:
    rows = run.problems.filter(code__startswith="stock.")
    return dict(rows.values_list("row", "code"))


@pytest.mark.parametrize(
    ("choices", "value", "codes"),
    [
        (StockChoices(), "12.00", {
            2: "stock.negative", 3: "stock.no_cost", 4: "stock.no_cost", 5: "stock.no_cost",
        }),
        (
            StockChoices(negative=Negative.COUNTED, counted={("", 2): Decimal(2)}), "49.00",
            {2: "stock.counted", 3: "stock.no_cost", 4: "stock.no_cost", 5: "stock.no_cost"},
        ),
        (StockChoices(no_cost=NoCost.PRICE, rate=Decimal("0.5")), "172.00", {
            2: "stock.negative", 3: "stock.cost_given", 4: "stock.no_cost", 5: "stock.cost_given",
        }),
        (StockChoices(no_cost=NoCost.LAST_PURCHASE), "60.00", {
            2: "stock.negative", 3: "stock.no_cost", 4: "stock.no_cost", 5: "stock.cost_given",
        }),
    ],
)
def test_doubtful_stock_follows_the_choice(
    load: Callable[..., ImportRun], choices: StockChoices, value: str, codes: dict[int, str]
) -> None:
    """3 below zero at 18.50; 2 without cost at a price of 100; 2 without either; 4 whose other
    row costs 12."""
    run, total = _value(load, choices)
    assert total == Decimal(value)
    assert _codes(run) == codes
    assert run.choices == as_json(choices)
    line = next(line for line in run.reconciliation if line["metric"] == "stock_value")
    assert line["ours"] == value
    assert "unexplained" not in [reason["code"] for reason in line["reasons"]]


def test_the_last_purchase_of_the_ledger_gives_the_cost(
    load: Callable[..., ImportRun], manager: User
) -> None:
    load("a.csv", data=_parts("A2,刹车片,100,,主仓,A-2,,"))
    load("b.csv", data=_parts("A9,滤芯,1,1,主仓,A-2,1,"))
    receive(
        warehouse=Warehouse.objects.get(), by=manager, at=timezone.now(),
        lines=[ReceiptLine(Part.objects.get(number="A2"), Decimal(1), Decimal("77.5"))],
    )
    run = load("c.csv", data=_parts("A2,刹车片,100,,副仓,B-2,2,"), commit=False)
    services.choose(
        run=run, choices=StockChoices(no_cost=NoCost.LAST_PURCHASE), by=manager, at=timezone.now()
    )
    assert Event.objects.filter(kind="import.chosen").count() == 1
    run = services.check(run=run, by=manager, at=timezone.now())
    services.commit_import(run=run, by=manager, at=timezone.now())
    assert StockMove.objects.order_by("pk").last().value == Decimal("155.00")


def test_a_part_of_the_file_loaded_again_is_no_difference(
    load: Callable[..., ImportRun]
) -> None:
    """The other place of the same part, opened before, is not counted to this file."""
    load("a.csv", data=_parts("A1,滤芯,1,10,主仓,A-2,1,", "A1,滤芯,1,10,副仓,B-2,4,"))
    run = load("b.csv", data=_parts("A1,滤芯,1,10,主仓,A-2,1,", "A9,垫片,1,2,主仓,A-3,5,"))
    line = next(line for line in run.reconciliation if line["metric"] == "stock_value")
    assert (line["ours"], line["reasons"]) == ("20.00", [])
