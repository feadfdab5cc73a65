"""Headers, kinds of file, titles, totals, and the matching of columns."""

from decimal import Decimal
from pathlib import Path

import pytest

from chejian.movein import columns, reading, recognise
from chejian.movein.columns import FileKind

FILES = Path(__file__).parent.parent / "data" / "move-in"


def _file(name: str) -> recognise.Recognised:
    return recognise.recognise(reading.read((FILES / name).read_bytes()))


def _text(text: str) -> recognise.Recognised:
    return recognise.recognise(reading.read(text.encode()))


@pytest.mark.parametrize(
    ("name", "kind", "header", "rows", "fields"),
    [
        ("客户车辆.csv", FileKind.CARS, 1, 3536, 25),
        ("配件库存.xlsx", FileKind.PARTS, 3, 822, 18),
        ("历史工单.csv", FileKind.HISTORY_HEADS, 1, 8000, 15),
        ("历史工单明细.csv", FileKind.HISTORY_LINES, 1, 28437, 8),
        ("对账控制数.csv", FileKind.CONTROLS, 1, 11, 2),
    ],
)
def test_the_real_files(name: str, kind: str, header: int, rows: int, fields: int) -> None:
    sheet = _file(name).sheets[0]
    assert (sheet.kind, sheet.header.number, len(sheet.rows)) == (kind, header, rows)
    assert len(sheet.matches) == fields
    assert all(found.sure for found in sheet.matches)


def test_titles_totals_blank_rows_and_notes() -> None:
    parts, cars = _file("配件库存.xlsx"), _file("客户车辆.csv")
    assert parts.ignored == ("说明",)
    assert parts.sheets[0].titles[0] == "某汽车维修厂配件库存表"
    assert [row.number for row in parts.sheets[0].total_rows] == [826]
    assert parts.sheets[0].totals == {"value": Decimal("1086067.15")}
    assert cars.sheets[0].blank_rows == 14
    assert [row.number for row in cars.sheets[0].total_rows] == [3552]
    assert cars.sheets[0].totals == {}


def test_controls() -> None:
    figures = recognise.read_controls(_file("对账控制数.csv").sheets[0])
    assert figures["customers"] == 2400
    assert figures["car_rows"] == 3536
    assert figures["part_rows"] == 822
    assert figures["stock_value"] == Decimal("1086067.15")
    assert figures["stored_value"] == Decimal("899770.61")


def test_other_names_other_order() -> None:
    sheet = _text(
        "某店\n\n车牌号码;车主姓名;联系电话;VIN码;厂牌;公里数(km)\n粤B12345;解超;138;;;\n"
    ).sheets[0]
    assert sheet.kind == FileKind.CARS
    assert sheet.header.number == 3
    assert {found.field: found.column for found in sheet.matches} == {
        "plate": 0,
        "customer_name": 1,
        "phone": 2,
        "vin": 3,
        "make": 4,
        "odometer": 5,
    }


def test_english_names() -> None:
    sheet = _text("Part No.,Part Name,Qty,Unit Cost,Retail Price\nA1,Filter,2,3,4\n").sheets[0]
    assert sheet.kind == FileKind.PARTS
    assert [found.field for found in sheet.matches] == [
        "number", "name", "quantity", "cost", "retail_price",
    ]  # fmt: skip


def test_a_repeated_header_is_no_row() -> None:
    sheet = _text("客户名称,手机,车牌号\n甲,1,2\n客户名称,手机,车牌号\n乙,1,2\n").sheets[0]
    assert [row.number for row in sheet.rows] == [2, 4]


def test_subtotals_are_no_rows() -> None:
    text = "编码,名称,数量,金额\nA,甲,1,2\n小计：,,1,2\nB,合计器,1,3\n 总 计 ,,2,5\n"
    sheet = _text(text).sheets[0]
    assert [row.number for row in sheet.rows] == [2, 4]
    assert sheet.totals == {"quantity": Decimal(2), "value": Decimal(5)}


def test_nothing_to_recognise() -> None:
    found = _text("负库存为未入先出\n一,二\n")
    assert (found.sheets, found.kind, found.ignored) == ((), "", ("",))


def test_guesses_are_not_sure() -> None:
    matches = columns.match(["客户名称全称", "手机", "随便什么"], FileKind.CARS)
    assert [(found.column, found.field, found.sure) for found in matches] == [
        (0, "customer_name", False),
        (1, "phone", True),
    ]


def test_one_field_one_column() -> None:
    matches = columns.match(["手机", "电话", "车型", "型号"], FileKind.CARS)
    assert [(found.column, found.field) for found in matches] == [(0, "phone"), (2, "model")]


def test_a_matching_by_hand_is_applied_again() -> None:
    titles = ["A", "B", "C"]
    matches = columns.apply_memory(titles, FileKind.CARS, {"2": "plate", "0": "phone", "9": "vin"})
    assert [(found.column, found.field) for found in matches] == [(0, "phone"), (2, "plate")]
    assert columns.apply_memory(titles, FileKind.CARS, {"0": "nonsense"}) == []
    assert [f.key for f in columns.missing_required(matches, FileKind.CARS)] == ["customer_name"]


def test_signature_forgets_dressing() -> None:
    assert columns.signature(["客户名称", "手机 "]) == columns.signature(
        ["客户名称(必填)", "手机", ""]
    )
    assert columns.signature(["客户名称", "手机"]) != columns.signature(["手机", "客户名称"])


def test_no_name_is_given_twice_within_a_kind() -> None:
    for kind, fields in columns.FIELDS.items():
        names = [columns.header_key(name) for field in fields for name in field.names]
        assert len(names) == len(set(names)), kind
