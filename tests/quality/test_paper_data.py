"""The completion certificate and its guarantee card."""

from datetime import date

import pytest

from chejian.core.paper_data import PaperVehicle
from chejian.core.papers import compile_paper
from chejian.quality.paper_data import TEMPLATE, CompletionCertificate, completion_certificate
from tests.core import pdf


def paper() -> CompletionCertificate:
    return CompletionCertificate(
        number="CC-NS-26-000012",
        customer="深圳市顺达物流运输有限公司",
        vehicle=PaperVehicle(
            plate="粤B·A1234", plate_colour="黄", make_model="东风天锦", vehicle_type="中型货车",
            vin="LGAX2BG44F1012345", engine_model="ISDe180", engine_no="87654321",
        ),
        contract_no="WO-NS-26-000456",
        repair_class="二级维护",
        received_on=date(2026, 3, 12),
        delivered_on=date(2026, 3, 13),
        km_out=186831,
        inspector="陈国栋",
        guarantee_km=5000,
        guarantee_days=30,
    )  # fmt: skip


def test_engine_model_and_number_stand_together() -> None:
    data = completion_certificate(paper())
    assert (data["engine"], data["km_out"]) == ("ISDe180 / 87654321", "186,831")


def test_stub_copy_and_card_on_one_sheet(caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper(
        TEMPLATE,
        completion_certificate(paper()),
        station={"name": "深圳市车间汽车服务有限公司", "phone": "0755-26001234"},
    )
    assert caplog.records == []
    assert pdf.pages(out) == 1
    text = pdf.text(out)
    for words in ("（存根）", "（正联）", "质量保证卡", "返修情况记录", "5,000", "维修发票号"):
        assert words in text, words
    for words in (
        "托修方：", "粤B·A1234", "黄牌", "ISDe180/87654321", "LGAX2BG44F1012345", "二级维护",
        "WO-NS-26-000456", "2026-03-13", "186,831km", "经检验合格，准予出厂", "陈国栋",
        "承修单位（盖章）", "托修方接车人（签字）",
    ):  # fmt: skip
        assert text.count(words) >= 2, words


def test_an_empty_certificate_is_still_one_sheet() -> None:
    blank = CompletionCertificate(
        number="", customer="", vehicle=PaperVehicle(plate=""), contract_no="", repair_class=""
    )
    assert (
        pdf.pages(compile_paper(TEMPLATE, completion_certificate(blank), station={"name": "店"}))
        == 1
    )
