"""The real files brought in whole, run twice, and what stands beside the old system's figures."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from chejian.books.models import Posting
from chejian.catalog.models import Part, PartNumber
from chejian.core.checks import run_checks
from chejian.core.models import SearchEntry
from chejian.core.search import prefix_query
from chejian.inventory.models import StockLevel, StockMove, StockReceipt, Warehouse
from chejian.movein.models import ImportRun
from chejian.parties.models import Contact, Party
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle, VehicleParty

type Load = Callable[..., ImportRun]


def _line(run: ImportRun, metric: str) -> dict[str, Any]:
    return next(line for line in run.reconciliation if line["metric"] == metric)


def _reasons(run: ImportRun, metric: str) -> dict[str, tuple[Decimal, list[int]]]:
    return {
        reason["code"]: (Decimal(reason["amount"]), reason["rows"])
        for reason in _line(run, metric)["reasons"]
    }


def _rows_in_tables() -> dict[str, int]:
    models = (
        Party, Contact, Vehicle, VehicleParty, PlateChange, OdometerEvent, Part, PartNumber,
        Warehouse, StockLevel, StockMove, StockReceipt, SearchEntry, Posting,
    )
    return {model.__name__: model.objects.count() for model in models}


def _ties() -> None:
    wrong = [difference for result in run_checks([]) for difference in result.proof.differences]
    assert wrong == []


def test_the_whole_of_customers_and_cars_twice(load: Load) -> None:
    """One import serves all that is asked of it here: it takes seconds."""
    load("对账控制数.csv")
    run = load("客户车辆.csv")
    assert run.counts == {
        "rows": 3536, "customers_new": 2400, "cars_new": 3512, "left_out": 1, "balances_new": 666,
    }
    assert Party.objects.count() == 2400
    assert Vehicle.objects.count() == 3512
    assert sum(Party.objects.values_list("credit_limit", flat=True)) == Decimal(2_810_000)
    _figures_stand_beside_the_old_ones(run)
    _what_is_left_out_is_listed(run)
    _one_customer_with_his_cars()
    _phones_are_mended_from_other_rows(run)
    _a_shared_plate_stays_with_the_later_visit(run)
    _cars_are_found()
    _ties()
    before, versions = _rows_in_tables(), list(Party.objects.values_list("pk", "version"))
    again = load("客户车辆.csv")
    assert again.counts == {
        "rows": 3536, "customers_same": 2400, "cars_same": 3512, "left_out": 1,
        "balances_same": 666,
    }
    assert _rows_in_tables() == before
    assert list(Party.objects.values_list("pk", "version")) == versions


def _figures_stand_beside_the_old_ones(run: ImportRun) -> None:
    assert _line(run, "customers")["control"] == "2400"
    assert _reasons(run, "customers") == {
        "maybe_same": (Decimal(1), [3550]),
        "customers_left_out": (Decimal(-1), [2046]),
    }
    cars = _line(run, "car_rows")
    assert (cars["control"], cars["ours"]) == ("3536", "3512")
    reasons = _reasons(run, "car_rows")
    assert (reasons["same_car"][0], len(reasons["same_car"][1])) == (Decimal(-23), 23)
    assert reasons["rows_left_out"] == (Decimal(-1), [2046])
    assert set(reasons) == {"same_car", "rows_left_out"}
    for metric, figure in (
        ("stored_value", "899770.61"), ("gift_value", "179954.16"), ("debt", "518888.91"),
    ):
        line = _line(run, metric)
        assert (line["control"], line["file"], line["ours"]) == (figure, figure, figure)
        assert line["reasons"] == []


def _what_is_left_out_is_listed(run: ImportRun) -> None:
    left_out = run.problems.filter(severity="error")
    assert [(p.row, p.code, p.raw) for p in left_out] == [(2046, "plate.other_car", "京Q51781")]
    assert "LFV208B76HE737549" in left_out[0].data["other"]
    assert not Party.objects.filter(legacy_number="K01381").exists()
    counts = {code: run.problems.filter(code=code).count() for code in (
        "vin.letters", "vin.short", "km.ten_times", "phone.short", "phone.spreadsheet",
    )}
    assert counts == {
        "vin.letters": 29, "vin.short": 14, "km.ten_times": 7, "phone.short": 42,
        "phone.spreadsheet": 29,
    }


def _one_customer_with_his_cars() -> None:
    fleet = Party.objects.get(legacy_number="K00009")
    assert (fleet.name, fleet.kind, fleet.phone) == (
        "深圳市恒通贸易有限公司", "company", "17228672858",
    )
    assert fleet.credit_limit == Decimal("10000.00")
    names = {contact.name for contact in fleet.contacts.all()}
    assert names == {"武强", "叶文桐", "贾涛", "何明国", "许俊超"}
    car = Vehicle.objects.get(vin="LVG5LSLG8PG845663")
    assert (car.plate, car.owner, car.make, car.odometer) == ("京A03396", fleet, "丰田", 125505)
    assert car.registered_on == date(2017, 1, 8)
    assert car.insurance_until == date(2027, 8, 31)
    assert car.inspection_until == date(2026, 11, 30)
    reading = car.odometer_events.get()
    assert (reading.source, reading.read_on) == ("import", date(2025, 11, 21))
    assert Vehicle.objects.get(vin="LFMHTUM70HD709683").vin_warning == ""
    assert Vehicle.objects.get(vin="LC0EDAWG0RB00069").vin_warning == "too_short"


def _phones_are_mended_from_other_rows(run: ImportRun) -> None:
    assert run.problems.filter(severity="mended", field="phone").count() == 36
    assert Party.objects.get(legacy_number="K02400").phone == ""
    assert Party.objects.filter(name="罗桐", phone="14415793221").count() == 1


def _a_shared_plate_stays_with_the_later_visit(run: ImportRun) -> None:
    assert Vehicle.objects.get(plate="粤BD49428").vin == "LGX4KXAM3PG586039"
    loser = Vehicle.objects.get(vin="LRWWM4PNXHB675729")
    assert loser.plate == ""
    assert loser.plates.get().until_date == date(2026, 8, 9)
    assert run.problems.get(code="plate.passed_on").row == 529


def _found(text: str, kind: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM core_searchentry WHERE kind = %s AND vector @@ %s::tsquery",
            [kind, prefix_query(text)],
        )
        return int(cursor.fetchone()[0])


def _cars_are_found() -> None:
    assert _found("xiechao", "party") >= 1
    assert _found("K00009", "party") == 1
    assert _found("粤U6Z907", "vehicle") == 1
    assert _found("719830", "vehicle") == 1


def test_the_whole_of_parts_and_stock_twice(load: Load) -> None:
    load("对账控制数.csv")
    run = load("配件库存.xlsx")
    assert run.counts == {
        "rows": 822, "parts_new": 820, "stock_new": 673, "stock_same": 0, "left_out": 0,
    }
    assert _reasons(run, "part_rows") == {
        "same_part": (Decimal(-1), [824]),
        "repeated": (Decimal(-1), [825]),
    }
    value = _line(run, "stock_value")
    assert (value["control"], value["file"]) == ("1086067.15", "1086067.15")
    assert (value["ours"], value["difference"]) == ("1095766.21", "9699.06")
    assert _reasons(run, "stock_value")["negative"] == (
        Decimal("9699.06"), [60, 184, 433, 439, 496, 607, 621, 806],
    )
    assert sum(StockLevel.objects.values_list("value", flat=True)) == Decimal("1095766.21")
    assert sum(StockMove.objects.values_list("value", flat=True)) == Decimal("1095766.21")
    assert set(Warehouse.objects.values_list("name", flat=True)) == {"主仓", "油品仓", "精品仓"}
    assert Part.objects.get(number="L9645402").levels.get().quantity == 0
    assert _found("刹车片", "part") > 10
    assert _found("B9705472", "part") == 1
    _ties()
    before = _rows_in_tables()
    again = load("配件库存.xlsx")
    assert again.counts == {
        "rows": 822, "parts_same": 820, "stock_new": 0, "stock_same": 673, "left_out": 0,
    }
    assert _rows_in_tables() == before


def test_checking_writes_nothing(load: Load) -> None:
    before = _rows_in_tables()
    run = load("配件库存.xlsx", commit=False)
    assert run.status == ImportRun.Status.CHECKED
    assert run.counts["parts_new"] == 820
    assert _rows_in_tables() == before


def test_several_encodings_come_to_the_same(load: Load) -> None:
    text = (
        "客户编号,客户名称,手机,车牌号,车架号\n"
        "K1,解超,13531969374,粤B·D12345,LVGGXBBB1HG719830\n"
    )
    for data in (text.encode("gbk"), text.encode("utf-8-sig"), text.encode("utf-16")):
        load("x.csv", data=data)
    assert (Party.objects.count(), Vehicle.objects.count()) == (1, 1)
    assert Vehicle.objects.get().plate == "粤BD12345"


HEAD = "客户编号,客户名称,手机,车牌号,车架号,品牌,最近里程,最近进厂,挂账额度\n"


def _csv(*rows: str) -> bytes:
    return (HEAD + "\n".join(rows) + "\n").encode()


def test_mended_rows_loaded_again_fill_what_was_missing(load: Load) -> None:
    load("x.csv", data=_csv(
        "K1,解超,1.35E+10,粤B12345,LVGGXBBB1HG71983,丰田,1701750,2026-01-05,",
        "K2,李霞,13452318982,粤B12346,LGBACP6L3HG210142,日产,8277,2026-02-05,不详",
    ))
    assert list(Party.objects.values_list("name", flat=True)) == ["解超"]
    again = load("x.csv", data=_csv(
        "K1,解超,13531969374,粤B12345,LVGGXBBB1HG719830,丰田,170175,2026-01-05,",
        "K2,李霞,13452318982,粤B12346,LGBACP6L3HG210142,日产,8277,2026-02-05,5000",
    ))
    assert again.counts == {
        "rows": 2, "customers_filled": 1, "customers_new": 1, "cars_filled": 1, "cars_new": 1,
        "left_out": 0,
    }
    car = Vehicle.objects.get(plate="粤B12345")
    assert (car.vin, car.vin_warning, car.odometer) == ("LVGGXBBB1HG719830", "", 170175)
    assert Party.objects.get(legacy_number="K1").phone == "13531969374"
    assert Party.objects.get(legacy_number="K2").credit_limit == Decimal(5000)
    _ties()


def test_what_somebody_changed_since_is_not_overwritten(load: Load) -> None:
    row = "K1,解超,13531969374,粤B12345,LVGGXBBB1HG719830,丰田,8277,2026-01-05,5000"
    load("x.csv", data=_csv(row))
    Party.objects.update(phone="13800138000", credit_limit=Decimal(9000))
    Vehicle.objects.update(make="雷克萨斯")
    load("x.csv", data=_csv(row))
    assert Party.objects.values_list("phone", "credit_limit").get() == (
        "13800138000", Decimal("9000.00"),
    )
    assert Vehicle.objects.get().make == "雷克萨斯"


def test_accepted_mends_are_taken(load: Load) -> None:
    rows = _csv(
        "K1,罗桐,1441579322,赣A98Z80,,奇瑞,1701750,2026-02-26,",
        ",罗桐,14415793221,京QDL1429,,特斯拉,,,",
    )
    run = load("x.csv", data=rows, accept=["customer.maybe_same", "km.ten_times"])
    assert run.counts["customers_new"] == 1
    customer = Party.objects.get()
    assert (customer.legacy_number, customer.phone) == ("K1", "14415793221")
    assert customer.owned_vehicles.count() == 2
    assert Vehicle.objects.get(plate="赣A98Z80").odometer == 170175
    assert not run.problems.filter(severity="warning").exists()


def test_a_customer_made_at_the_counter_is_recognised(load: Load) -> None:
    party = Party.objects.create(name="解超", phone="13531969374")
    load("x.csv", data=_csv("K1,解超,13531969374,粤B12345,,丰田,,,"))
    assert Party.objects.get().pk == party.pk
    assert Party.objects.get().legacy_number == "K1"
    assert Vehicle.objects.get().owner == party


def test_a_car_that_changed_hands_keeps_its_former_owner(load: Load) -> None:
    load("x.csv", data=_csv(
        "K1,解超,13531969374,粤B12345,LVGGXBBB1HG719830,丰田,1000,2025-01-05,",
        "K2,李霞,13452318982,粤B54321,LVGGXBBB1HG719830,丰田,9000,2026-02-05,",
    ))
    car = Vehicle.objects.get()
    assert (car.owner.name, car.plate, car.odometer) == ("李霞", "粤B54321", 9000)
    former = car.people.exclude(until_date=None).get()
    assert (former.party.name, former.until_date) == ("解超", date(2025, 1, 5))
    assert car.plates.get(until_date=date(2025, 1, 5)).plate == "粤B12345"
    _ties()


def test_customers_without_number_and_phone_are_known_by_their_car(load: Load) -> None:
    data = _csv(",解超,,粤B12345,,丰田,,,", ",解超,,粤B54321,,日产,,,")
    load("x.csv", data=data)
    load("x.csv", data=data)
    assert Party.objects.count() == 2
    assert Vehicle.objects.count() == 2


def test_two_cars_cannot_share_a_spoilt_vin(load: Load) -> None:
    data = _csv(
        "K1,解超,,粤B12345,LVGGXBBB1HG71983,丰田,,,", "K2,李霞,,粤B54321,LVGGXBBB1HG71983,丰田,,,",
    )
    load("x.csv", data=data)
    load("x.csv", data=data)
    assert sorted(Vehicle.objects.values_list("vin", flat=True)) == ["", "LVGGXBBB1HG71983"]


PARTS_HEAD = "配件编码,配件名称,成本价,零售价,仓库,货位,库存数量,库存金额\n"


def _parts(*rows: str) -> bytes:
    return (PARTS_HEAD + "\n".join(rows) + "\n").encode()


def test_a_part_in_two_places_and_a_total_below(load: Load) -> None:
    run = load("x.csv", data=_parts(
        "A1,机油,10.5,20,主仓,A-1,4,42", "A1,机油,10.5,20,精品仓,B-1,2,21",
        "A1,机油,10.5,20,主仓,A-2,1,10.50", "合计,,,,,,,73.50",
    ))
    assert run.counts["parts_new"] == 1
    assert _line(run, "stock_value")["control"] == "73.50"
    assert _line(run, "stock_value")["difference"] == "0.00"
    levels = {level.warehouse.name: level for level in StockLevel.objects.all()}
    assert {name: (lv.quantity, lv.value) for name, lv in levels.items()} == {
        "主仓": (Decimal(5), Decimal("52.50")), "精品仓": (Decimal(2), Decimal("21.00")),
    }
    bins = {place.bin.code: place.quantity for place in levels["主仓"].bins.all()}
    assert bins == {"A-1": Decimal(4), "A-2": Decimal(1)}
    _ties()


def test_stock_that_has_moved_is_not_touched(load: Load) -> None:
    load("x.csv", data=_parts("A1,机油,10,20,主仓,A-1,4,40"))
    run = load("x.csv", data=_parts("A1,机油,10,20,主仓,A-1,9,90"))
    assert StockLevel.objects.get().quantity == 4
    assert run.problems.get().code == "stock.differs_now"
    assert StockMove.objects.count() == 1


def test_a_price_that_is_none_leaves_the_row_out(load: Load) -> None:
    run = load("x.csv", data=_parts("A1,机油,10,贵,主仓,A-1,4,40", "A2,机滤,10,20,主仓,,1,10"))
    assert list(Part.objects.values_list("number", flat=True)) == ["A2"]
    assert [(p.row, p.code) for p in run.problems.all()] == [(2, "number.unknown")]
    assert _reasons(run, "stock_value")["rows_left_out"] == (Decimal("-40.00"), [2])
