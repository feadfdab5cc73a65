"""更正结算: the status stays; a document with a minus and a new one, today."""

import uuid
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chejian.billing.errors import NothingToCorrect
from chejian.billing.models import Payment, Receivable, Settlement
from chejian.billing.queries import customer_receivable, free_money, live_settlements
from chejian.billing.services.collection import collect, collect_account
from chejian.billing.services.correction import correct_settlement, correctable
from chejian.billing.services.credit import put_on_account, refund
from chejian.billing.services.settlement import settle
from chejian.books import chart
from chejian.books.queries import balance
from chejian.books.services import close_period
from chejian.core.errors import NotPermitted, Refused
from chejian.parties.models import Party
from chejian.workorders import services as work
from chejian.workorders.errors import BadValue, DiscountTooLarge
from chejian.workorders.models import JobLine, WorkOrder
from tests.billing.test_money import cash, completed, due, shop, ties  # noqa: F401 - a fixture
from tests.factories.workorders import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


def delivered(shop: Shop, *, pay: bool = True) -> WorkOrder:  # noqa: F811
    order = completed(shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    if pay:
        collect(order=order, tenders=cash(due(order)), by=shop.cashier, at=timezone.now())
    else:
        Party.objects.filter(pk=order.customer_id).update(credit_limit=9999, credit_term_days=30)
        put_on_account(order=order, by=shop.cashier, at=timezone.now())
    work.deliver(order=order, odometer_out=99_999, collected_by="他本人", by=shop.adviser,
                 at=timezone.now())
    order.refresh_from_db()
    return order


def corrected(order: WorkOrder, shop: Shop, **given: object) -> WorkOrder:  # noqa: F811
    asked: dict[str, object] = {
        "reason": "多收了工时", "payers": {}, "order_discount": D(0), "round_off": D(0),
        "by": shop.manager, "at": timezone.now(), **given,
    }
    return correct_settlement(order=order, **asked)  # type: ignore[arg-type]


def documents(order: WorkOrder) -> list[tuple[str, str, D]]:
    rows = Settlement.objects.filter(order=order).order_by("id")
    return [(row.kind, row.payer, row.payable) for row in rows]


def test_a_job_given_away_after_delivery_becomes_credit_to_refund(shop: Shop) -> None:  # noqa: F811
    order = delivered(shop)
    job = JobLine.objects.get(order=order)
    paid = Payment.objects.get().amount
    corrected(order, shop, payers={("labour", job.pk): "goodwill"})
    order.refresh_from_db()
    assert documents(order) == [
        ("settlement", "customer", paid), ("reversal", "customer", -paid),
        ("settlement", "customer", paid - D("144.00")), ("settlement", "goodwill", D("144.00")),
    ]
    assert (order.status, order.cleared, order.deposit_held) == ("delivered", True, D("144.00"))
    assert order.customer_total == paid - D("144.00")
    assert balance(chart.GOODWILL_EXPENSE, shop.station.pk) == D("144.00")
    assert balance(chart.RECEIVABLE_CUSTOMER, shop.station.pk) == D(0)
    assert free_money(order) == D("144.00")
    refund(payment=Payment.objects.get(), amount=D("144.00"), method="cash", reason="多收",
           by=shop.manager, at=timezone.now())
    order.refresh_from_db()
    assert order.deposit_held == D(0)
    ties()


def test_what_the_customer_owes_more_is_to_be_collected(shop: Shop) -> None:  # noqa: F811
    order = completed(shop)
    job = JobLine.objects.get(order=order)
    work.split_line(line=job, shares={"internal": D(1)}, by=shop.adviser, at=timezone.now())
    settle(order=order, by=shop.cashier, at=timezone.now())
    collect(order=order, tenders=cash(due(order)), by=shop.cashier, at=timezone.now())
    work.deliver(order=order, odometer_out=99_999, collected_by="他本人", by=shop.adviser,
                 at=timezone.now())
    corrected(order, shop, payers={("labour", job.pk): "customer"})
    order.refresh_from_db()
    assert (due(order), order.cleared, order.status) == (D("144.00"), False, "delivered")
    collect(order=order, tenders=cash("144.00"), by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    assert (due(order), order.cleared) == (D(0), True)
    ties()


def test_a_bill_on_account_stays_there(shop: Shop) -> None:  # noqa: F811
    order = delivered(shop, pay=False)
    before = Receivable.objects.get()
    corrected(order, shop, order_discount=D("20.00"))
    after = customer_receivable(order)
    assert after is not None
    order.refresh_from_db()
    assert (after.on_account, after.due_on) == (True, before.due_on)
    assert (after.amount, order.cleared) == (before.amount - 20, True)
    collect_account(party=order.customer, station=shop.station, tenders=cash(after.amount),
                    by=shop.cashier, at=timezone.now())
    assert due(order) == D(0)
    ties()


def test_a_closed_month_is_corrected_in_the_open_one(shop: Shop) -> None:  # noqa: F811
    order = completed(shop)
    then = timezone.now() - timedelta(days=40)
    settle(order=order, by=shop.cashier, at=then)
    assert not correctable(order)
    close_period(station_id=shop.station.pk, month=timezone.localdate(then).replace(day=1),
                 by=shop.manager, at=timezone.now())
    assert correctable(order)
    corrected(order, shop, order_discount=D("10.00"))
    order.refresh_from_db()
    days = [row.settled_on for row in Settlement.objects.filter(order=order).order_by("id")]
    today = timezone.localdate()
    assert (order.status, days) == ("settled", [timezone.localdate(then), today, today])
    ties()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reason": "  "}, Refused),
        ({"order_discount": D("9999.00")}, BadValue),
        ({"round_off": D("201.00")}, DiscountTooLarge),
    ],
)
def test_what_cannot_be_corrected_changes_nothing(
    shop: Shop, given: dict[str, object], error: type[Exception]  # noqa: F811
) -> None:
    order = delivered(shop)
    before = documents(order)
    with pytest.raises(error):
        corrected(order, shop, **given)
    assert documents(order) == before
    ties()


def test_who_may_not_reverse_may_not_correct(shop: Shop) -> None:  # noqa: F811
    order = delivered(shop)
    before = documents(order)
    with pytest.raises(NotPermitted):
        corrected(order, shop, by=shop.cashier)
    assert documents(order) == before


def test_an_open_month_with_the_car_here_is_reversed_instead(shop: Shop) -> None:  # noqa: F811
    order = completed(shop)
    with pytest.raises(NothingToCorrect):
        corrected(order, shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    with pytest.raises(NothingToCorrect):
        corrected(order, shop)
    assert live_settlements(order).count() == 1


def test_the_same_key_corrects_once(shop: Shop) -> None:  # noqa: F811
    order = delivered(shop)
    key = uuid.uuid4()
    corrected(order, shop, order_discount=D("5.00"), key=key)
    corrected(order, shop, order_discount=D("5.00"), key=key)
    assert [kind for kind, _payer, _sum in documents(order)] == [
        "settlement", "reversal", "settlement"
    ]
    ties()


def test_the_manager_corrects_at_the_counter(shop: Shop, client: Client) -> None:  # noqa: F811
    order = delivered(shop)
    job = JobLine.objects.get(order=order)
    client.force_login(shop.manager)
    page = client.get(reverse("cashier_order", args=[order.pk])).content.decode()
    assert f'name="labour_{job.pk}"' in page
    answer = client.post(
        reverse("corrections", args=[order.pk]),
        {"reason": "多收了工时", f"labour_{job.pk}": "goodwill", "key": str(uuid.uuid4())},
    )
    assert answer.status_code == 302
    assert {row.payer for row in live_settlements(order)} == {"customer", "goodwill"}
    refused = client.post(reverse("corrections", args=[order.pk]), {"reason": ""})
    assert refused.status_code == 422
    assert live_settlements(order).count() == 2
