"""From a frozen settlement to its list on paper; papers speak Chinese whatever the screen does."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.utils import timezone

from chejian.billing import paper_data
from chejian.billing.models import Settlement, SettlementLine
from chejian.workorders import paper_source as orders

PAYERS = {"customer": "客户", "maker": "厂家", "insurer": "保险公司", "internal": "内部",
          "goodwill": "善意"}
METHODS = {"cash": "现金", "wechat": "微信", "alipay": "支付宝", "bank_card": "银行卡",
           "transfer": "转账"}


def settlement_list(settlement: Settlement) -> paper_data.SettlementList:
    """The fields of JT/T 1133-2017 of one payer's settlement or reversal."""
    order = settlement.order
    lines = list(settlement.lines.all())
    head = settlement.head
    repair_class = order.repair_class
    return paper_data.SettlementList(
        number=settlement.number, order_number=order.number, vehicle=orders.vehicle(order),
        customer=orders.customer(order), payer=PAYERS[settlement.payer],
        reverses=settlement.reverses.number if settlement.reverses else "",
        labour=[_labour(line) for line in lines if line.kind == "labour"],
        parts=[_part(line) for line in lines if line.kind == "part"],
        discount=settlement.order_discount, round_off=settlement.round_off,
        total=settlement.payable, settled_at=settlement.at,
        received_on=timezone.localdate(datetime.fromisoformat(head["opened_at"])),
        delivered_on=timezone.localdate(order.delivered_at) if order.delivered_at else None,
        km_in=head["odometer_in"], km_out=order.odometer_out,
        repair_class=head["repair_class"], hours_standard=_standard(head["hours_standard"]),
        fault="；".join(head["concerns"]), payment=_payment(settlement),
        old_parts=_old_parts(order.old_parts), cashier=settlement.by.name,
        guarantee_km=repair_class.guarantee_km if repair_class else None,
        guarantee_days=repair_class.guarantee_days if repair_class else None,
    )


def _standard(words: str) -> Literal["industry", "maker"]:
    return "maker" if "制造" in words or "厂家" in words else "industry"


def _old_parts(choice: str) -> Literal["take", "leave", "none"]:
    return choice if choice in ("take", "leave") else "none"  # type: ignore[return-value]


def _labour(line: SettlementLine) -> paper_data.LabourLine:
    return paper_data.LabourLine(
        name=line.name, hours=line.quantity or None, rate=line.unit_price or None,
        amount=line.gross - line.line_discount, discount=line.line_discount or None,
    )


def _part(line: SettlementLine) -> paper_data.PartLine:
    return paper_data.PartLine(
        name=line.name, quantity=line.quantity, price=line.unit_price,
        amount=line.gross - line.line_discount, code=line.code, brand=line.brand,
        unit=line.unit, origin=orders.ORIGINS.get(line.origin, ""),
        customer_supplied=line.customer_supplied, discount=line.line_discount or None,
    )


def _payment(settlement: Settlement) -> str:
    """How it was paid, in words, as far as it has been."""
    receivable = getattr(settlement, "receivable", None)
    if receivable is None:
        return ""
    if receivable.on_account:
        return "挂账"
    return "、".join(_methods(row.payment.parts.all() for row in receivable.allocations.all()))


def _methods(groups: Iterable[Iterable[object]]) -> list[str]:
    found = dict.fromkeys(
        METHODS[part.method]  # type: ignore[attr-defined]
        for group in groups for part in group
    )
    return list(found)
