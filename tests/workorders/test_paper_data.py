"""The repair order and the walk-around sheet."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PIL import Image

from chejian.core.paper_data import PaperCustomer, PaperSignature, PaperVehicle
from chejian.core.papers import StationHead, compile_paper
from chejian.workorders.paper_data import (
    REPAIR_ORDER,
    WALKAROUND,
    CheckItem,
    EstimatedPart,
    OrderedJob,
    PaperConcern,
    PaperMark,
    RepairOrder,
    WalkaroundSheet,
    repair_order,
    walkaround,
)
from tests.core import pdf

STATION: StationHead = {"name": "深圳市车间汽车服务有限公司", "phone": "0755-26001234"}
CAR = PaperVehicle(
    plate="粤B·D12345", plate_colour="绿", make_model="比亚迪 宋PLUS DM-i", colour="白",
    vin="LGXC74C4XP0123456", engine_no="BYD472QA23051234",
)  # fmt: skip
CUSTOMER = PaperCustomer(owner="王建华", contact="王喆", phone="138 0013 5621")
RECEIVED = datetime(2026, 3, 12, 0, 52, tzinfo=UTC)


def image(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("L", (200, 80), 120).save(out, form)
    return out.getvalue()


SIGNED = PaperSignature(name="王喆", at=RECEIVED, image=image("PNG"))


def order() -> RepairOrder:
    return RepairOrder(
        number="WO-NS-26-000456",
        vehicle=CAR,
        customer=CUSTOMER,
        concerns=[PaperConcern(text="刹车时前轮有尖叫声", when="冷车", how_often="每天")],
        jobs=[
            OrderedJob(
                name="检查制动异响", hours=Decimal("1.2"), rate=Decimal(120),
                amount=Decimal("144.00"), payer="客户",
            ),
            OrderedJob(
                name="软件升级（召回）", hours=Decimal("0.7"), rate=Decimal(120),
                amount=Decimal("84.00"), payer="厂家",
            ),
        ],
        parts=[
            EstimatedPart(
                name="机油滤清器", code="BYD-1012100", brand="曼牌", unit="只", origin="同质",
                quantity=Decimal(1), price=Decimal(38), amount=Decimal("38.00"),
            )
        ],
        received_at=RECEIVED,
        promised_at=datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
        km_in=46820,
        fuel_percent=50,
        charge_percent=64,
        repair_class="小修",
        repair_type="普通维修",
        discount=Decimal("10.00"),
        customer_total=Decimal("172.00"),
        deposit=Decimal("100.00"),
        old_parts="take",
        test_drive=True,
        wash=False,
        guarantee_km=2000,
        guarantee_days=10,
        adviser="林晓雯",
        customer_signature=SIGNED,
    )  # fmt: skip


def test_estimate_is_summed_from_its_lines() -> None:
    data = repair_order(order())
    assert {key: data[key] for key in ("labour_total", "parts_total", "discount", "total")} == {
        "labour_total": "228.00",
        "parts_total": "38.00",
        "discount": "−10.00",
        "total": "256.00",
    }
    assert (data["customer_total"], data["total_in_words"]) == ("172.00", "贰佰伍拾陆元整")
    assert repair_order(replace(order(), customer_total=None))["customer_total"] == "256.00"


def test_repair_order_has_the_fields_of_the_contract(caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper(REPAIR_ORDER, repair_order(order()), station=STATION)
    assert caplog.records == []
    assert pdf.pages(out) == 1
    text = pdf.text(out)
    for words in (
        "机动车维修委托书", "WO-NS-26-000456", "接车时间：2026-03-1208:52", "托修方王建华",
        "送修人王喆", "粤B·D12345", "绿牌", "LGXC74C4XP0123456", "BYD472QA23051234",
        "车身颜色白",
        "46,820km", "油50%电64%", "维修类别小修", "维修类型普通维修",
        "2026-03-1217:30",
        "刹车时前轮有尖叫声", "1检查制动异响客户1.2120.00144.00", "机油滤清器",
        "¥256.00", "¥172.00", "由托修方带走", "增加项目", "质量保证期", "2,000", "仲裁",
        "托修方（签字）", "承修方（盖章）",
        "日期：2026-03-1208:52",
    ):  # fmt: skip
        assert words in text, words


def test_a_shop_s_own_terms_replace_the_printed_ones() -> None:
    own = replace(order(), terms=["本店另有约定。"])
    text = pdf.text(compile_paper(REPAIR_ORDER, repair_order(own), station=STATION))
    assert "1.本店另有约定。" in text
    assert "仲裁" not in text


def test_an_order_with_plate_and_phone_only() -> None:
    bare = RepairOrder(
        number="WO-1", vehicle=PaperVehicle(plate="无牌"), customer=PaperCustomer(owner="王"),
        jobs=[], parts=[],
    )  # fmt: skip
    out = compile_paper(REPAIR_ORDER, repair_order(bare), station=STATION)
    assert pdf.pages(out) == 1
    assert "待诊断后确认" in pdf.text(out)


def sheet(body: str = "sedan") -> WalkaroundSheet:
    return WalkaroundSheet(
        number="WO-NS-26-000456",
        vehicle=CAR,
        customer=CUSTOMER,
        body=body,
        marks=[
            PaperMark(
                panel="left_front_door", panel_name="左前门", kind="scratch",
                x=Decimal("0.5"), y=Decimal("0.5"), note="约 12 cm",
            ),
            PaperMark(
                panel="rear_bumper", panel_name="后保险杠", kind="dent",
                x=Decimal("0.85"), y=Decimal("0.5"),
            ),
            PaperMark(
                panel="bed", panel_name="货箱", kind="rust", x=Decimal("0.5"), y=Decimal("0.5")
            ),
        ],
        checks=[
            CheckItem(name="灯光", state="ok"),
            CheckItem(name="雨刮", state="bad", note="老化"),
        ],
        received_at=RECEIVED,
        km_in=46820,
        fuel_percent=50,
        warning_lamps="胎压灯亮",
        belongings="儿童座椅 1",
        spare_and_tools=True,
        photos=[image("JPEG")] * 4,
        customer_signature=SIGNED,
        adviser="林晓雯",
    )  # fmt: skip


def test_marks_are_numbered_and_placed() -> None:
    marks = walkaround(sheet())["marks"]
    assert isinstance(marks, list)
    assert [(mark["number"], mark["kind"]) for mark in marks] == [
        (1, "scratch"), (2, "dent"), (3, "rust"),
    ]  # fmt: skip
    assert all(Decimal(0) < Decimal(mark[axis]) < 1 for mark in marks[:2] for axis in "xy")
    assert (marks[2]["x"], marks[2]["y"]) == ("", "")


@pytest.mark.parametrize("body", ["sedan", "suv", "van", "pickup", "spaceship"])
def test_walkaround_of_every_body(body: str, caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper(WALKAROUND, walkaround(sheet(body)), station=STATION)
    assert caplog.records == []
    assert pdf.pages(out) == 1
    text = pdf.text(out)
    for words in (
        "车辆环检单", "左前门：约12cm", "划痕", "后保险杠", "货箱", "锈蚀", "胎压灯亮", "儿童座椅1",
        "50%", "未记录", "灯光✓正常", "雨刮×异常老化", "照片", "托修方（签字）",
    ):  # fmt: skip
        assert words in text, words


def test_a_waived_signature_prints_its_reason() -> None:
    waived = replace(sheet(), customer_signature=None, waived_reason="拖车送来，客户不在场")
    text = pdf.text(compile_paper(WALKAROUND, walkaround(waived), station=STATION))
    assert "托修方未签字，原因：拖车送来，客户不在场" in text
