"""The settlement list: sums that tie, and a paper that inspectors know."""

import logging
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chejian.billing.paper_data import (
    TEMPLATE,
    DoesNotTie,
    LabourLine,
    OtherLine,
    PartLine,
    SettlementList,
    settlement_list,
)
from chejian.core.paper_data import PaperCustomer, PaperVehicle
from chejian.core.papers import StationHead, compile_paper
from tests.core import pdf

STATION: StationHead = {
    "name": "深圳市车间汽车服务有限公司",
    "address": "深圳市南山区科技园南路 88 号",
    "phone": "0755-26001234",
    "contact": "林晓雯",
    "uscc": "91350100M000100Y43",
}


def paper() -> SettlementList:
    return SettlementList(
        number="ST-NS-26-000123",
        order_number="WO-NS-26-000456",
        payer="客户",
        vehicle=PaperVehicle(
            plate="粤B·D12345", plate_colour="绿", make_model="比亚迪 宋PLUS DM-i",
            vin="LGXC74C4XP0123456", engine_no="BYD472QA23051234", vehicle_type="小型普通客车",
        ),
        customer=PaperCustomer(owner="王建华", contact="王喆", phone="138 0013 5621"),
        labour=[
            LabourLine(
                name="更换机油", hours=Decimal("0.8"), rate=Decimal(120), amount=Decimal("96.00")
            ),
            LabourLine(name="前杠补漆", hours=None, rate=None, amount=Decimal("350.00")),
        ],
        parts=[
            PartLine(
                name="机油滤清器", code="BYD-1012100", brand="曼牌", unit="只", origin="同质",
                quantity=Decimal(1), price=Decimal(38), amount=Decimal("38.00"),
            ),
            PartLine(
                name="雨刮片", quantity=Decimal(2), price=Decimal(0), amount=Decimal(0),
                origin="自带", customer_supplied=True,
            ),
        ],
        others=[OtherLine(name="四轮定位（外协）", amount=Decimal("150.00"))],
        discount=Decimal("20.00"),
        round_off=Decimal("0.08"),
        total=Decimal("613.92"),
        settled_at=datetime(2026, 3, 12, 9, 5, tzinfo=UTC),
        received_on=date(2026, 3, 12),
        delivered_on=date(2026, 3, 13),
        km_in=46820,
        km_out=46831,
        repair_class="小修",
        fault="刹车异响",
        payment="微信 ¥613.92",
        old_parts="take",
        guarantee_km=2000,
        guarantee_days=10,
    )  # fmt: skip


def test_sums_are_made_from_the_lines() -> None:
    data = settlement_list(paper())
    sums = {
        key: data[key]
        for key in (
            "labour_total", "parts_total", "others_total", "gross", "discount", "round_off",
            "total", "total_in_words", "has_reductions", "settled_at", "km_in",
        )
    }  # fmt: skip
    assert sums == {
        "labour_total": "446.00",
        "parts_total": "38.00",
        "others_total": "150.00",
        "gross": "634.00",
        "discount": "−20.00",
        "round_off": "−0.08",
        "total": "613.92",
        "total_in_words": "陆佰壹拾叁元玖角贰分",
        "has_reductions": True,
        "settled_at": "2026-03-12 17:05",
        "km_in": "46,820",
    }


@pytest.mark.parametrize("total", ["613.91", "634.00", "-613.92"])
def test_a_list_that_does_not_tie_is_refused(total: str) -> None:
    with pytest.raises(DoesNotTie) as caught:
        settlement_list(replace(paper(), total=Decimal(total)))
    assert (caught.value.lines, caught.value.total) == (Decimal("613.92"), Decimal(total))


def test_every_field_of_the_form_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper(TEMPLATE, settlement_list(paper()), station=STATION)
    assert caplog.records == []
    assert pdf.pages(out) == 1
    assert pdf.fonts(out) == {"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"}
    text = pdf.text(out)
    for words in (
        "机动车维修费用结算清单", "ST-NS-26-000123", "机动车所有人王建华送修人王喆", "13800135621",
        "比亚迪宋PLUSDM-i", "粤B·D12345", "绿牌", "BYD472QA23051234", "LGXC74C4XP0123456",
        "工时定额", "行业", "制造企业", "维修企业名称", "91350100M000100Y43", "送修日期2026-03-12",
        "出厂日期2026-03-13", "维修类别小修", "46,820/46,831km", "故障描述刹车异响", "工时费用",
        "结算工时", "材料费用", "配件编码", "配件类型", "自备", "其他费用", "小计（元）：446.00",
        "人民币（大写）：陆佰壹拾叁元玖角贰分", "¥613.92", "旧件已确认，由托修方收回",
        "一式两联", "签字后生效", "不承担托修方自备配件质量保证责任", "新能源汽车专用部件",
        "承修方（盖章）", "托修方（签字或盖章）", "第1页共1页",
    ):  # fmt: skip
        assert words in text, words


def test_a_reversal_says_so_and_prints_negative_amounts() -> None:
    reversal = SettlementList(
        number="ST-NS-26-000124", reverses="ST-NS-26-000123",
        vehicle=paper().vehicle, customer=paper().customer, parts=[],
        labour=[LabourLine(name="更换机油", hours=None, rate=None, amount=Decimal("-96.00"))],
        total=Decimal("-96.00"),
    )  # fmt: skip
    text = pdf.text(compile_paper(TEMPLATE, settlement_list(reversal), station=STATION))
    for words in ("（冲红）", "冲销清单：ST-NS-26-000123", "−96.00", "负玖拾陆元整"):
        assert words in text


def long_paper() -> SettlementList:
    parts = list(paper().parts) * 60
    return replace(
        paper(), parts=parts, total=Decimal("613.92") + 59 * Decimal("38.00"),
        discount=Decimal(20),
    )  # fmt: skip


def test_a_long_list_repeats_its_head_on_every_page(caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper(TEMPLATE, settlement_list(long_paper()), station=STATION)
    text = pdf.text(out)
    assert pdf.pages(out) == 4
    assert text.count("材料名称") == 3
    assert "第4页共4页" in text
    assert caplog.records == []


def test_time_of_a_settlement_list() -> None:
    """The budget is 500 ms (performance page); a generous bound, as machines are shared."""
    data = settlement_list(paper())
    compile_paper(TEMPLATE, data, station=STATION)
    start = time.perf_counter()
    compile_paper(TEMPLATE, data | {"fault": "每次不同"}, station=STATION)
    spent = time.perf_counter() - start
    logging.getLogger(__name__).info("settlement list in %.0f ms", spent * 1000)
    assert spent < 0.5
