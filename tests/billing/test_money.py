"""The money side through its verbs: settle, collect, credit, refund, reverse; each exit."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chejian.accounts.services import decide, request_approval
from chejian.billing.errors import (
    BadAmount,
    CreditRefused,
    NeedsApproval,
    NotFree,
    NothingToCollect,
    TooMuch,
)
from chejian.billing.models import Allocation, Payment, Receivable, Refund, Settlement
from chejian.billing.queries import (
    ageing,
    credit_used,
    customer_receivable,
    free_money,
    live_settlements,
)
from chejian.billing.services.collection import (
    Tender,
    collect,
    collect_account,
    take_deposit,
)
from chejian.billing.services.credit import put_on_account, refund
from chejian.billing.services.reversal import reverse_settlement
from chejian.billing.services.settlement import settle
from chejian.books import chart
from chejian.books.queries import balance
from chejian.core.checks import run_checks
from chejian.core.errors import NotPermitted, Refused
from chejian.parties.models import Party
from chejian.workorders import services as work
from chejian.workorders.models import JobLine, WorkOrder
from tests.factories.workorders import Shop, brought_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


@pytest.fixture
def shop(defaults: None) -> Shop:
    return Shop()


def completed(shop: Shop, **fields: object) -> WorkOrder:
    """One job of 144.00 and one part: retail price from the factory, cost 60.00."""
    return brought_to("completed", shop, part=shop.stocked(), **fields)  # type: ignore[arg-type]


def cash(amount: D | str) -> list[Tender]:
    return [Tender("cash", D(amount))]


def ties() -> None:
    """Every registered check of every ledger ties."""
    assert [line for result in run_checks() for line in result.proof.differences] == []


def account(code: str, shop: Shop) -> D:
    return balance(code, shop.station.pk)


def due(order: WorkOrder) -> D:
    receivable = customer_receivable(order)
    assert receivable is not None
    return receivable.open_amount


def test_settling_freezes_one_document_per_payer_and_posts_it(shop: Shop) -> None:
    order = completed(shop)
    job = order.jobs.get()
    work.split_line(line=job, shares={"customer": D("0.5"), "maker": D("0.5")}, by=shop.adviser,
                    at=timezone.now())
    settle(order=order, by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    made = {row.payer: row for row in live_settlements(order)}
    assert order.status == "settled"
    assert set(made) == {"customer", "maker"}
    assert made["maker"].payable == D("72.00")
    assert made["customer"].payable + made["maker"].payable == order.total
    for row in made.values():
        assert row.net + row.tax == row.payable
        assert sum(line.payable for line in row.lines.all()) == row.payable
    assert account(chart.RECEIVABLE_MAKER, shop) == D("72.00")
    assert account(chart.RECEIVABLE_CUSTOMER, shop) == made["customer"].payable
    assert account(chart.COST_OF_SALES, shop) == D("60.00")
    assert account(chart.WORK_IN_PROGRESS, shop) == D(0)
    ties()


def test_internal_and_goodwill_shares_are_expenses_without_receivable(shop: Shop) -> None:
    order = completed(shop)
    job = order.jobs.get()
    work.split_line(line=job, shares={"internal": D("0.5"), "goodwill": D("0.5")},
                    by=shop.adviser, at=timezone.now())
    settle(order=order, by=shop.cashier, at=timezone.now())
    assert account(chart.INTERNAL_EXPENSE, shop) == D("72.00")
    assert account(chart.GOODWILL_EXPENSE, shop) == D("72.00")
    assert set(Receivable.objects.values_list("payer", flat=True)) == {"customer"}
    ties()


def test_who_may_not_settle_changes_nothing(shop: Shop) -> None:
    order = completed(shop)
    with pytest.raises(NotPermitted):
        settle(order=order, by=shop.technician, at=timezone.now())
    assert WorkOrder.objects.get(pk=order.pk).status == "completed"
    assert not Settlement.objects.exists()


def test_an_unfinished_order_is_refused_with_its_reasons(shop: Shop) -> None:
    order = brought_to("in_progress", shop)
    with pytest.raises(Refused) as caught:
        settle(order=order, by=shop.cashier, at=timezone.now())
    assert [refusal.code for refusal in caught.value.refusals] == ["wrong_status"]
    assert not Settlement.objects.exists()


def test_the_same_key_settles_once(shop: Shop) -> None:
    order, key = completed(shop), uuid.uuid4()
    first = settle(order=order, by=shop.cashier, at=timezone.now(), key=key)
    again = settle(order=order, by=shop.cashier, at=timezone.now(), key=key)
    assert first.pk == again.pk
    assert Settlement.objects.count() == 1


def test_several_methods_in_one_payment(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    rest = due(order) - D("100.00")
    payment = collect(
        order=order, tenders=[Tender("cash", D("100.00")), Tender("wechat", rest, "4200001")],
        by=shop.cashier, at=timezone.now(),
    )
    order.refresh_from_db()
    assert payment.amount == D("100.00") + rest
    assert due(order) == D(0)
    assert order.cleared
    assert account(chart.CASH, shop) == D("100.00")
    assert account(chart.WECHAT_CLEARING, shop) == rest
    assert account(chart.RECEIVABLE_CUSTOMER, shop) == D(0)
    ties()


@pytest.mark.parametrize(
    ("tenders", "error"),
    [
        ([], BadAmount),
        ([Tender("cash", D(0))], BadAmount),
        ([Tender("cash", D(-5))], BadAmount),
        ([Tender("cash", D("1.005"))], BadAmount),
        ([Tender("gold", D(5))], BadAmount),
        ([Tender("cash", D(99999))], TooMuch),
    ],
)
def test_bad_money_is_refused(shop: Shop, tenders: list[Tender], error: type) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    before = due(order)
    with pytest.raises(error):
        collect(order=order, tenders=tenders, by=shop.cashier, at=timezone.now())
    assert due(order) == before
    assert not Payment.objects.exists()


def test_nothing_is_collected_before_settling_or_twice(shop: Shop) -> None:
    order = completed(shop)
    with pytest.raises(NothingToCollect):
        collect(order=order, tenders=cash("5"), by=shop.cashier, at=timezone.now())
    settle(order=order, by=shop.cashier, at=timezone.now())
    collect(order=order, tenders=cash(due(order)), by=shop.cashier, at=timezone.now())
    with pytest.raises(NothingToCollect):
        collect(order=order, tenders=cash("5"), by=shop.cashier, at=timezone.now())
    assert Payment.objects.count() == 1


def test_an_adviser_may_not_take_money(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    with pytest.raises(NotPermitted):
        collect(order=order, tenders=cash("5"), by=shop.adviser, at=timezone.now())
    assert not Payment.objects.exists()


def test_a_deposit_pays_the_settlement(shop: Shop) -> None:
    order = brought_to("in_progress", shop)
    take_deposit(order=order, tenders=cash("50.00"), by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    assert order.deposit_held == D("50.00")
    assert account(chart.CUSTOMER_DEPOSITS, shop) == D("-50.00")
    now = timezone.now()
    work.finish_job(job=order.jobs.get(), by=shop.technician, at=now)
    work.finish(order=order, by=shop.technician, at=now)
    work.record_inspection(order=order, passed=True, reason="", self_inspection=False,
                           by=shop.inspector, at=now)
    settle(order=order, by=shop.cashier, at=now)
    order.refresh_from_db()
    assert due(order) == D("94.00")
    assert order.deposit_held == D(0)
    assert account(chart.CUSTOMER_DEPOSITS, shop) == D(0)
    ties()


def test_a_reversal_is_a_document_and_its_money_pays_the_next(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    whole = due(order)
    collect(order=order, tenders=cash(whole), by=shop.cashier, at=timezone.now())
    reverse_settlement(order=order, reason="付款方填错", by=shop.manager, at=timezone.now())
    order.refresh_from_db()
    assert order.status == "completed"
    assert not order.cleared
    assert order.deposit_held == whole
    assert sum(row.payable for row in Settlement.objects.all()) == D(0)
    assert account(chart.RECEIVABLE_CUSTOMER, shop) == D(0)
    assert account(chart.CUSTOMER_DEPOSITS, shop) == -whole
    assert account(chart.COST_OF_SALES, shop) == D(0)
    assert account(chart.WORK_IN_PROGRESS, shop) == D("60.00")
    ties()
    settle(order=order, by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    assert due(order) == D(0)
    assert order.cleared
    assert [row.round for row in live_settlements(order)] == [2]
    ties()


def test_what_was_paid_on_account_pays_the_next_settlement_too(shop: Shop) -> None:
    order = completed(shop)
    Party.objects.filter(pk=order.customer_id).update(credit_limit=100_000, credit_term_days=30)
    settle(order=order, by=shop.cashier, at=timezone.now())
    put_on_account(order=order, by=shop.cashier, at=timezone.now())
    owed = due(order)
    collect_account(party=order.customer, station=shop.station, tenders=cash(owed),
                    by=shop.cashier, at=timezone.now())
    reverse_settlement(order=order, reason="wrong price", by=shop.manager, at=timezone.now())
    order.refresh_from_db()
    assert (order.deposit_held, free_money(order)) == (owed, owed)
    payment = Payment.objects.get(kind="collection")
    refund(payment=payment, amount=D("1.00"), method="cash", reason="too much", by=shop.manager,
           at=timezone.now())
    order.refresh_from_db()
    assert (order.deposit_held, free_money(order)) == (owed - 1, owed - 1)
    settle(order=order, by=shop.cashier, at=timezone.now())
    assert (due(order), free_money(order)) == (D("1.00"), D(0))
    assert not WorkOrder.objects.get(pk=order.pk).cleared
    ties()


def test_a_cashier_may_not_reverse_and_a_reason_is_needed(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    with pytest.raises(NotPermitted):
        reverse_settlement(order=order, reason="x", by=shop.cashier, at=timezone.now())
    with pytest.raises(Refused):
        reverse_settlement(order=order, reason="  ", by=shop.manager, at=timezone.now())
    assert WorkOrder.objects.get(pk=order.pk).status == "settled"
    assert Settlement.objects.count() == 1


def test_frozen_documents_refuse_every_edit(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    for change in (
        lambda: Settlement.objects.update(payable=D(1)),
        lambda: Settlement.objects.get().lines.update(payable=D(1)),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_credit_within_the_limit_clears_the_car(shop: Shop) -> None:
    order = completed(shop)
    Party.objects.filter(pk=order.customer_id).update(credit_limit=1000, credit_term_days=30)
    settle(order=order, by=shop.cashier, at=timezone.now())
    receivable = put_on_account(order=order, by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    assert order.cleared
    assert receivable.due_on == timezone.localdate() + timedelta(days=30)
    assert credit_used(order.customer) == receivable.amount
    assert ageing(order.customer, timezone.localdate())["0-30"] == receivable.amount
    collect_account(party=order.customer, station=shop.station, tenders=cash(receivable.amount),
                    by=shop.cashier, at=timezone.now())
    assert credit_used(order.customer) == D(0)
    ties()


def test_credit_over_the_limit_needs_an_approval_used_once(shop: Shop) -> None:
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    with pytest.raises(CreditRefused):
        put_on_account(order=order, by=shop.cashier, at=timezone.now())
    assert not WorkOrder.objects.get(pk=order.pk).cleared
    asked = request_approval(
        station_id=shop.station.pk, kind="credit", permission="money.approve_credit",
        subject=order, label=order.number, amount=due(order), by=shop.cashier, at=timezone.now(),
    )
    decide(request=asked, approve=True, by=shop.manager, at=timezone.now())
    put_on_account(order=order, by=shop.cashier, at=timezone.now())
    asked.refresh_from_db()
    assert asked.status == "used"
    assert WorkOrder.objects.get(pk=order.pk).cleared


def test_overdue_credit_blocks_new_credit(shop: Shop) -> None:
    order = completed(shop)
    Party.objects.filter(pk=order.customer_id).update(credit_limit=100_000, credit_term_days=10)
    settle(order=order, by=shop.cashier, at=timezone.now())
    put_on_account(order=order, by=shop.cashier, at=timezone.now())
    Receivable.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    second = completed(shop, customer=order.customer)
    settle(order=second, by=shop.cashier, at=timezone.now())
    with pytest.raises(CreditRefused) as caught:
        put_on_account(order=second, by=shop.cashier, at=timezone.now())
    assert caught.value.data["overdue"] == due(order)


def test_a_refund_by_the_cashier_waits_for_the_manager(shop: Shop) -> None:
    order = brought_to("in_progress", shop)
    payment = take_deposit(order=order, tenders=cash("80.00"), by=shop.cashier,
                           at=timezone.now())
    with pytest.raises(NeedsApproval):
        refund(payment=payment, amount=D("80.00"), method="cash", reason="改期", by=shop.cashier,
               at=timezone.now())
    assert not Refund.objects.exists()
    with pytest.raises(NotFree):
        refund(payment=payment, amount=D("80.01"), method="cash", reason="改期", by=shop.manager,
               at=timezone.now())
    refund(payment=payment, amount=D("80.00"), method="cash", reason="改期", by=shop.manager,
           at=timezone.now())
    order.refresh_from_db()
    assert order.deposit_held == D(0)
    assert account(chart.CASH, shop) == D(0)
    assert account(chart.CUSTOMER_DEPOSITS, shop) == D(0)
    ties()


@pytest.mark.django_db(transaction=True)
def test_two_cashiers_at_once_take_the_money_once(defaults: None) -> None:
    shop = Shop()
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    amount, people = due(order), [shop.cashier, shop.cashier]
    start, results = threading.Barrier(2), []

    def take() -> None:
        try:
            start.wait()
            collect(order=order, tenders=cash(amount), by=people[0], at=timezone.now())
            results.append("taken")
        except NothingToCollect:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused", "taken"]
    assert Payment.objects.count() == 1
    assert Allocation.objects.count() == 1
    ties()


def test_discounts_reduce_revenue_and_the_customers_bill(shop: Shop) -> None:
    order = completed(shop)
    whole = order.customer_total
    work.set_discounts(order=order, order_discount=D("5.00"), round_off=D("0.40"),
                       by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    settle(order=order, by=shop.cashier, at=timezone.now())
    (made,) = live_settlements(order)
    assert made.payable == whole - D("5.40") or made.payable == order.customer_total
    assert made.order_discount == D("5.00")
    assert made.round_off == D("0.40")
    revenue = account(chart.REVENUE_LABOUR, shop) + account(chart.REVENUE_PARTS, shop)
    assert -revenue == made.net
    assert -account(chart.OUTPUT_VAT, shop) == made.tax
    ties()


def test_jobs_that_were_declined_are_not_billed(shop: Shop) -> None:
    order = brought_to("in_progress", shop)
    extra = work.add_job(order=order, name="换雨刮", fixed_price=D(58), by=shop.adviser,
                         at=timezone.now())
    work.authorise(order=order, answers={extra.pk: False}, given_by="王建华", channel="phone",
                   by=shop.adviser, at=timezone.now())
    now = timezone.now()
    job = JobLine.objects.get(order=order, status="working")
    work.finish_job(job=job, by=shop.technician, at=now)
    work.finish(order=order, by=shop.technician, at=now)
    work.record_inspection(order=order, passed=True, reason="", self_inspection=False,
                           by=shop.inspector, at=now)
    settle(order=order, by=shop.cashier, at=now)
    (made,) = live_settlements(order)
    assert made.payable == D("144.00")
    ties()
