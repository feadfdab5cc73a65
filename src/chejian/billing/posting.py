"""How each event of money stands in the books (docs/postings.md)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from chejian.accounts.models import User
from chejian.billing.models import Payment, Receivable
from chejian.billing.splitting import Bill
from chejian.books import chart
from chejian.books.models import JournalEntry
from chejian.books.services import Line, post
from chejian.core.money import ZERO
from chejian.parties.models import Party
from chejian.workorders.models import WorkOrder

DEBTOR_ACCOUNT = {
    "customer": chart.RECEIVABLE_CUSTOMER,
    "maker": chart.RECEIVABLE_MAKER,
    "insurer": chart.RECEIVABLE_INSURER,
    "internal": chart.INTERNAL_EXPENSE,
    "goodwill": chart.GOODWILL_EXPENSE,
}
MONEY_ACCOUNT = {
    "cash": chart.CASH,
    "wechat": chart.WECHAT_CLEARING,
    "alipay": chart.ALIPAY_CLEARING,
    "bank_card": chart.CARD_CLEARING,
    "transfer": chart.BANK,
}
REVENUE = {"labour": chart.REVENUE_LABOUR, "part": chart.REVENUE_PARTS}


class Tendered(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


def post_settlement(
    *, order: WorkOrder, bill: Bill, number: str, party: Party | None, on: date, by: User,
    at: datetime,
) -> JournalEntry | None:
    """Dr receivable (or internal expense, goodwill), Cr revenue and output VAT; cost of sales."""
    lines = [Line(DEBTOR_ACCOUNT[bill.payer], bill.payable, party=party)]
    lines += [Line(REVENUE[kind], -net) for kind, net in bill.net_by_kind().items()]
    lines += [
        Line(chart.OUTPUT_VAT, -bill.tax),
        Line(chart.COST_OF_SALES, bill.cost),
        Line(chart.WORK_IN_PROGRESS, -bill.cost, memo=order.number),
    ]
    if all(line.amount == 0 for line in lines):
        return None
    return post(station_id=order.station_id, kind="settlement", label=number, lines=lines,
                occurred_on=on, by=by, at=at)


def post_payment(
    *, payment: Payment, tenders: Sequence[Tendered], owed: Sequence[Receivable], by: User,
    at: datetime,
) -> JournalEntry:
    """Dr cash, bank, clearing by method; Cr the receivables it pays, the rest Cr deposits."""
    lines = [Line(MONEY_ACCOUNT[tender.method], tender.amount) for tender in tenders]
    rest = payment.amount
    for receivable in owed:
        part = min(rest, receivable.open_amount)
        lines.append(Line(DEBTOR_ACCOUNT[receivable.payer], -part, party=payment.party))
        rest -= part
    lines.append(Line(chart.CUSTOMER_DEPOSITS, -rest, party=payment.party))
    return post(station_id=payment.station_id, kind=payment.kind, label=payment.number,
                lines=lines, occurred_on=payment.paid_on, by=by, at=at)


def post_credit_used(
    *, payment: Payment, receivable: Receivable, amount: Decimal, on: date, by: User | None,
    at: datetime,
) -> JournalEntry:
    """Dr customer deposits / Cr receivable; the other way round when ``amount`` is negative."""
    lines = [
        Line(chart.CUSTOMER_DEPOSITS, amount, party=payment.party),
        Line(DEBTOR_ACCOUNT[receivable.payer], -amount, party=receivable.party),
    ]
    return post(station_id=payment.station_id, kind="allocation", label=payment.number,
                lines=lines, occurred_on=on, by=by, at=at)


def post_refund(
    *, payment: Payment, number: str, method: str, amount: Decimal, on: date, by: User,
    at: datetime,
) -> JournalEntry:
    """Dr customer deposits / Cr the money account it leaves from."""
    lines = [
        Line(chart.CUSTOMER_DEPOSITS, amount, party=payment.party),
        Line(MONEY_ACCOUNT[method], -amount),
    ]
    assert sum((line.amount for line in lines), ZERO) == 0
    return post(station_id=payment.station_id, kind="refund", label=number, lines=lines,
                occurred_on=on, by=by, at=at)
