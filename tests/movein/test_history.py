"""Order history from real files and from small ones: figures, doubts, people, twice the same."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.catalog.models import Part, TaxRate
from chejian.core.checks import run_checks
from chejian.desk.finding import find
from chejian.movein import queries, services
from chejian.movein.errors import HeadsMissing, Touched
from chejian.movein.models import ImportRun
from chejian.parties.models import Party
from chejian.vehicles.models import OdometerEvent, Vehicle
from chejian.workorders.models import PastLine, PastOrder, PastPerson, PastWork
from chejian.workorders.queries import past

pytestmark = pytest.mark.django_db
type Load = Callable[..., ImportRun]
HEADS, LINES = "历史工单.csv", "历史工单明细.csv"
TITLES = (
    "单号,进厂日期,结算日期,车牌号,里程,维修类型,服务顾问,故障描述,工时费,材料费,其它费,优惠,应收,"
    "实收,付款方式"
)
LINE_TITLES = "单号,类别,编码,名称,数量,单价,金额,施工人"


def _head(*rows: str) -> bytes:
    return "\n".join([TITLES, *rows]).encode()


def _lines(*rows: str) -> bytes:
    return "\n".join([LINE_TITLES, *rows]).encode()


def _figure(run: ImportRun, metric: str) -> dict[str, Any]:
    return next(line for line in run.reconciliation if line["metric"] == metric)


def _groups(run: ImportRun) -> dict[str, int]:
    return {group.code: group.count for group in queries.problem_groups(run)}


def _ties() -> None:
    assert [r.name for r in run_checks() if not r.ties] == []


def _counts() -> tuple[int, ...]:
    models = (PastOrder, PastLine, PastWork, PastPerson, OdometerEvent, Vehicle, Party)
    return tuple(model._default_manager.count() for model in models)


@pytest.mark.slow
def test_the_whole_history_comes_in_and_ties(load: Load, manager: User, station: Station) -> None:
    load("对账控制数.csv")
    load("客户车辆.csv")
    readings = OdometerEvent.objects.count()
    heads = load(HEADS)
    assert heads.counts == {"rows": 8000, "past_orders_new": 8000, "left_out": 0}
    for metric, figure in (
        ("history_orders", "8000"), ("history_due", "13561707.22"),
        ("history_received", "13370998.59"),
    ):
        line = _figure(heads, metric)
        assert (line["control"], line["ours"], line["reasons"]) == (figure, figure, [])
    assert _groups(heads) == {
        "history.paid_less": 216, "history.total_differs": 47, "history.unknown_car": 37,
        "km.ten_times": 26, "km.out_of_order": 4,
    }
    lines = load(LINES)
    assert lines.counts == {
        "rows": 28437, "past_lines_new": 28437, "past_lines_same": 0, "left_out": 0,
    }
    assert _figure(lines, "history_lines")["ours"] == "28437"
    assert _groups(lines) == {}
    _what_stands_there(readings)
    _ties()
    before = _counts()
    again = load(HEADS)
    assert again.counts == {"rows": 8000, "past_orders_same": 8000, "left_out": 0}
    assert load(LINES).counts["past_lines_same"] == 28437
    assert _counts() == before
    _found_in_search(manager, station)
    _goes_back(heads, lines, manager, readings)


def _what_stands_there(readings: int) -> None:
    assert past.totals(PastOrder.objects.all()) == past.PastTotals(
        8000, Decimal("13561707.22"), Decimal("13370998.59"), date(2024, 11, 1),
        date(2026, 10, 30),
    )
    without = past.without_car(PastOrder.objects.all())
    assert {order.plate for order in without} == {"粤B00000"}
    assert PastOrder.objects.filter(vehicle__isnull=False, customer__isnull=True).count() == 0
    assert set(PastPerson.objects.values_list("name", flat=True)) == {
        "吴晓燕", "周敏", "郑佳慧", "何军", "林海", "梁伟", "陈志强", "黄德福",
    }
    order = PastOrder.objects.get(number="WX260914004-0")
    assert (order.plate, order.opened_on, order.settled_on) == (
        "粤B8Y973", date(2026, 9, 14), date(2026, 9, 15),
    )
    assert (order.methods, order.payment) == (["wechat", "cash"], "微信+现金")
    assert (order.adviser and order.adviser.name, order.odometer) == ("郑佳慧", 219485)
    shared = PastOrder.objects.get(number="WX260423001-0")
    assert [
        (row.line.kind, row.line.name, row.line.amount, [p.name for p in row.people])
        for row in past.lines_of(shared)
    ] == [
        ("labour", "清洗节气门", Decimal("60.00"), ["陈志强", "林海"]),
        ("part", "前刹车片", Decimal("418.00"), ["陈志强", "林海"]),
    ]
    added = OdometerEvent.objects.filter(import_run__isnull=False, label__startswith="WX")
    assert added.count() == OdometerEvent.objects.count() - readings
    assert not PastOrder.objects.filter(odometer__gt=600_000).exists()
    assert PastOrder.objects.filter(odometer=None, odometer_stated__gt=0).count() == 26


def _found_in_search(manager: User, station: Station) -> None:
    """By its number and by the car's plate, for whoever may see all orders of the station."""
    person = User.objects.get(pk=manager.pk)
    for text in ("WX260914004", "8Y973"):
        assert "WX260914004-0" in _past_hits(text, person, station.pk)


def _past_hits(text: str, person: User, station_id: int) -> list[str]:
    answer = find(text, person, station_id)
    return [hit.title for one in answer.groups if one.kind.code == "past_order" for hit in one.hits]


def _goes_back(heads: ImportRun, lines: ImportRun, manager: User, readings: int) -> None:
    at = timezone.now()
    with pytest.raises(Touched), transaction.atomic():
        services.undo_import(run=heads, by=manager, at=at)
    assert PastOrder.objects.count() == 8000
    services.undo_import(run=lines, by=manager, at=at)
    assert (PastLine.objects.count(), PastWork.objects.count()) == (0, 0)
    services.undo_import(run=heads, by=manager, at=at)
    assert (PastOrder.objects.count(), PastPerson.objects.count()) == (0, 0)
    assert OdometerEvent.objects.count() == readings
    assert _past_hits("WX260914004", User.objects.get(pk=manager.pk), heads.station_id) == []
    _ties()


def test_accepted_tenths_go_into_the_chain(load: Load) -> None:
    load("客户车辆.csv")
    run = load(HEADS, accept=["km.ten_times"])
    mended = run.problems.filter(code="km.ten_times")
    assert set(mended.values_list("severity", flat=True)) == {"mended"}
    problem = mended.order_by("row")[0]
    order = PastOrder.objects.get(import_run=run.pk, row=problem.row)
    assert order.odometer_stated == (order.odometer or 0) * 10 == int(problem.raw)
    event = OdometerEvent.objects.get(label=order.number)
    assert (event.reading, event.source, event.read_on) == (
        order.odometer, "import", order.opened_on,
    )


# --- small files ------------------------------------------------------------------------------
@pytest.fixture
def car(defaults: None) -> Vehicle:
    owner = Party.objects.create(name="解超", legacy_number="K1")
    return Vehicle.objects.create(plate="粤B12345", vin="LVGGXBBB1HG719830", owner=owner)


GOOD = "W1,2026-01-05,2026-01-06,粤B12345,50000,保养,周敏,异响,100,50,10,20,140,140,微信+现金"


def test_a_head_goes_to_car_and_customer(load: Load, car: Vehicle) -> None:
    run = load("a.csv", data=_head(GOOD))
    order = PastOrder.objects.get()
    assert (order.vehicle, order.customer) == (car, car.owner)
    assert (order.labour, order.material, order.other, order.discount) == (100, 50, 10, 20)
    assert (order.due, order.received, order.adds_up, order.row) == (140, 140, True, 2)
    assert list(past.of_vehicle(car)) == [order]
    assert car.owner is not None
    assert list(past.of_customer(car.owner)) == [order]
    car.refresh_from_db()
    assert (car.odometer, car.total_km) == (50000, 50000)
    assert _groups(run) == {}


@pytest.mark.parametrize(
    ("row", "code", "made"),
    [
        (GOOD.replace("140,140", "141,141"), "history.total_differs", 1),
        (GOOD.replace("140,140", "140,100"), "history.paid_less", 1),
        (GOOD.replace("140,140", "140,150"), "history.paid_more", 1),
        (GOOD.replace("W1,", ","), "history.numberless", 0),
        (GOOD.replace("2026-01-05", ""), "history.settled_day", 1),
        (GOOD.replace("2026-01-05,2026-01-06", ","), "history.no_date", 0),
        (GOOD.replace("粤B12345", "粤B99999"), "history.unknown_car", 1),
        (GOOD.replace("微信+现金", "微信+贝壳"), "payment.unknown", 1),
        (GOOD.replace("140,140", "很多,140"), "number.unknown", 0),
        (GOOD.replace("140,140,", ",140,"), "history.no_due", 1),
    ],
)
def test_what_is_wrong_is_said_by_row(
    load: Load, car: Vehicle, row: str, code: str, made: int
) -> None:
    run = load("a.csv", data=_head(row))
    assert code in _groups(run)
    assert PastOrder.objects.count() == made
    assert run.counts["left_out"] == 1 - made


@pytest.mark.parametrize("kind", ["三包", "返修", "索赔工单"])
def test_nothing_due_is_right_where_the_customer_pays_nothing(
    load: Load, car: Vehicle, kind: str
) -> None:
    run = load("a.csv", data=_head(GOOD.replace("保养", kind).replace("140,140", "0,0")))
    assert _groups(run) == {}
    assert PastOrder.objects.get().adds_up


def test_the_same_number_twice_counts_once(load: Load, car: Vehicle) -> None:
    run = load("a.csv", data=_head(GOOD, GOOD))
    assert PastOrder.objects.count() == 1
    assert _groups(run)["history.twice"] == 1
    assert _figure(run, "history_due")["reasons"] == [
        {"code": "rows_left_out", "amount": "-140.00", "rows": [3], "count": 1}
    ]


def test_a_plate_carried_before_leads_to_its_car(load: Load, car: Vehicle) -> None:
    car.plates.create(plate="粤B54321", from_date=date(2020, 1, 1), until_date=date(2025, 1, 1))
    run = load("a.csv", data=_head(GOOD.replace("粤B12345", "粤B54321")))
    assert PastOrder.objects.get().vehicle == car
    assert _groups(run) == {"history.former_plate": 1}


def test_a_car_registered_later_takes_its_orders_with_the_next_run(
    load: Load, defaults: None
) -> None:
    load("a.csv", data=_head(GOOD))
    assert PastOrder.objects.get().vehicle is None
    owner = Party.objects.create(name="解超")
    car = Vehicle.objects.create(plate="粤B12345", owner=owner)
    run = load("a.csv", data=_head(GOOD))
    assert run.counts == {"rows": 1, "past_orders_filled": 1, "left_out": 0}
    order = PastOrder.objects.get()
    assert (order.vehicle, order.customer) == (car, owner)
    assert OdometerEvent.objects.get(vehicle=car).reading == 50000


LATER = GOOD.replace("W1,2026-01-05,2026-01-06", "W2,2026-03-09,2026-03-09").replace(
    "50000", "52000")


def visited(car: Vehicle) -> date | None:
    car.refresh_from_db()
    return car.last_visit_on


def undo(run: ImportRun, by: User) -> None:
    services.undo_import(run=run, by=by, at=timezone.now())


def test_history_moves_the_last_visit_and_undo_sets_it_back(
    load: Load, car: Vehicle, manager: User
) -> None:
    """Only forward, the latest of several; the version of the car is nobody's business."""
    version = car.version
    run = load("a.csv", data=_head(GOOD, LATER))
    assert visited(car) == date(2026, 3, 9)
    assert car.version == version
    undo(run, manager)
    assert visited(car) is None


@pytest.mark.parametrize("known", [date(2026, 1, 5), date(2026, 1, 7)])
def test_an_earlier_order_leaves_the_last_visit_alone(
    load: Load, car: Vehicle, manager: User, known: date
) -> None:
    Vehicle.objects.filter(pk=car.pk).update(last_visit_on=known)
    run = load("a.csv", data=_head(GOOD))
    assert visited(car) == known
    undo(run, manager)
    assert visited(car) == known


def test_a_car_that_was_here_since_keeps_its_day_at_undo(
    load: Load, car: Vehicle, manager: User
) -> None:
    run = load("a.csv", data=_head(GOOD))
    Vehicle.objects.filter(pk=car.pk).update(last_visit_on=date(2026, 5, 2))
    undo(run, manager)
    assert visited(car) == date(2026, 5, 2)


@pytest.mark.parametrize("first", [0, 1])
def test_two_files_of_history_are_taken_back_in_any_order(
    load: Load, car: Vehicle, manager: User, first: int
) -> None:
    Vehicle.objects.filter(pk=car.pk).update(last_visit_on=date(2024, 1, 1))
    runs = [
        load("a.csv", data=_head(GOOD)),
        load("b.csv", data=_head(LATER)),
    ]
    assert visited(car) == date(2026, 3, 9)
    undo(runs[first], manager)
    assert visited(car) == (date(2026, 3, 9) if first == 0 else date(2026, 1, 5))
    undo(runs[1 - first], manager)
    assert visited(car) == date(2024, 1, 1)


def test_a_changed_figure_is_said_and_not_taken(load: Load, car: Vehicle) -> None:
    load("a.csv", data=_head(GOOD))
    run = load("a.csv", data=_head(GOOD.replace("10,20,140,140", "10,10,150,150")))
    assert _groups(run) == {"history.differs_now": 1}
    assert PastOrder.objects.get().due == 140


LABOUR = "W1,工时,,小保养,1,100,100,"
MATERIAL = 'W1,材料,A1,机油滤清器,2,25,50,"王师傅,林海"'


@pytest.fixture
def ready(load: Load, car: Vehicle) -> Load:
    load("a.csv", data=_head(GOOD))
    return load


def test_lines_with_people_and_parts(ready: Load, make_user: Any, station: Station) -> None:
    colleague = make_user("technician", station)
    User.objects.filter(pk=colleague.pk).update(name="林海")
    part = Part.objects.create(number="A1", name="机油滤清器", tax_rate=TaxRate.objects.all()[0])
    run = ready("b.csv", data=_lines(LABOUR, MATERIAL))
    assert run.counts["past_lines_new"] == 2
    assert _groups(run) == {}
    labour, material = PastLine.objects.order_by("position")
    assert (labour.kind, labour.quantity, labour.unit_price) == ("labour", 1, 100)
    assert (material.kind, material.part, material.amount) == ("part", part, 50)
    people = PastPerson.objects.filter(work__line=material)
    assert {person.name: person.user for person in people} == {"王师傅": None, "林海": colleague}


@pytest.mark.parametrize(
    ("row", "code", "made"),
    [
        (LABOUR.replace("W1", "W9"), "history.no_order", 0),
        (LABOUR.replace("W1", ""), "history.numberless", 0),
        (LABOUR.replace("小保养", ""), "history.line_nameless", 0),
        (LABOUR.replace("1,100,100", "1,90,100"), "history.line_differs", 1),
        (LABOUR.replace("100,100", "90,90"), "history.labour_differs", 1),
    ],
)
def test_what_is_wrong_with_a_line(ready: Load, row: str, code: str, made: int) -> None:
    run = ready("b.csv", data=_lines(row, MATERIAL))
    assert _groups(run)[code] == 1
    assert PastLine.objects.filter(kind="labour").count() == made
    assert _figure(run, "history_lines")["ours"] == str(made + 1)


def test_mended_lines_come_in_later_and_once(ready: Load) -> None:
    ready("b.csv", data=_lines(LABOUR.replace("小保养", ""), MATERIAL))
    run = ready("b.csv", data=_lines(LABOUR, MATERIAL, MATERIAL))
    assert (run.counts["past_lines_new"], run.counts["past_lines_same"]) == (2, 1)
    assert PastLine.objects.count() == 3


def test_lines_wait_for_their_orders(load: Load, defaults: None) -> None:
    with pytest.raises(HeadsMissing):
        load("b.csv", data=_lines(LABOUR))


def test_history_is_never_changed(ready: Load) -> None:
    ready("b.csv", data=_lines(LABOUR, MATERIAL))
    for model in (PastOrder, PastLine, PastWork, PastPerson):
        with pytest.raises(DatabaseError), transaction.atomic():
            model._default_manager.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        PastOrder.objects.update(due=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        PastOrder.objects.update(vehicle=None)
    assert PastOrder.objects.get().due == 140


def test_history_is_in_no_figure_of_today(ready: Load) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM books_journalentry")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM workorders_workorder")
        assert cursor.fetchone() == (0,)
