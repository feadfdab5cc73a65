"""Posting, reversing, closing: what the verbs refuse and what the database refuses without them."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.books import chart
from chejian.books.models import Account, JournalEntry, PeriodClose, Posting
from chejian.books.queries import balance, trial_balance
from chejian.books.services import (
    AlreadyReversed,
    Line,
    PeriodClosed,
    PeriodNotOver,
    Unbalanced,
    UnknownAccount,
    close_period,
    ensure_defaults,
    post,
    prove_constraints,
    rename_account,
    reverse_entry,
)
from chejian.core.errors import NotPermitted
from tests.factories.accounts import make_station, make_user
from tests.factories.parties import make_party

pytestmark = pytest.mark.usefixtures("defaults")
DAY = date(2026, 3, 12)


@pytest.fixture
def cashier(station: Station) -> User:
    return make_user("cashier", station)


def enter(station, by, *lines, day=DAY, kind="collection", label="PM-NS-26-000001"):
    return post(
        station_id=station.pk, kind=kind, label=label, lines=[Line(*line) for line in lines],
        occurred_on=day, by=by, at=timezone.now(),
    )


def test_the_chart_is_made_once_and_keeps_edited_names(station, manager):
    cash = Account.objects.get(code=chart.CASH)
    rename_account(account=cash, name=" 门店备用金 ", by=manager, at=timezone.now())
    ensure_defaults()
    assert Account.objects.count() == len(chart.CHART)
    assert Account.objects.get(code=chart.CASH).name == "门店备用金"


def test_only_who_closes_periods_renames(station, adviser):
    cash = Account.objects.get(code=chart.CASH)
    with pytest.raises(NotPermitted):
        rename_account(account=cash, name="x", by=adviser, at=timezone.now())
    assert Account.objects.get(code=chart.CASH).name == "库存现金"


def test_an_entry_with_its_lines(station, cashier):
    party = make_party()
    entry = enter(
        station, cashier, (chart.CASH, D("100.00")), (chart.BANK, D(0)),
        (chart.RECEIVABLE_CUSTOMER, D("-100.00"), party, "现金"),
    )
    lines = [(p.account.code, p.amount, p.party, p.memo) for p in entry.postings.order_by("pk")]
    assert lines == [("1001", D(100), None, ""), ("112201", D(-100), party, "现金")]
    assert balance(chart.CASH, station.pk) == D(100)
    assert balance(chart.RECEIVABLE_CUSTOMER, station.pk, party) == D(-100)
    assert balance(chart.RECEIVABLE_CUSTOMER, station.pk, make_party()) == D(0)
    assert balance(chart.CASH, make_station("XX").pk) == D(0)


def test_what_does_not_balance_is_refused(station, cashier):
    with pytest.raises(Unbalanced) as caught:
        enter(station, cashier, (chart.CASH, D("100.00")), (chart.BANK, D("-99.99")))
    assert caught.value.data["difference"] == D("0.01")
    assert JournalEntry.objects.count() == 0


def test_an_account_that_is_not_there_is_refused(station, cashier):
    with pytest.raises(UnknownAccount):
        enter(station, cashier, (chart.CASH, D(1)), ("9999", D(-1)))
    assert JournalEntry.objects.count() == 0


def test_the_database_refuses_an_uneven_entry_without_the_verb(station, cashier):
    entry = enter(station, cashier, (chart.CASH, D(1)), (chart.BANK, D(-1)))

    def add_a_line():
        with transaction.atomic():
            Posting.objects.create(
                entry=entry, account=Account.objects.get(code=chart.CASH), amount=D(1)
            )
            prove_constraints()

    with pytest.raises(IntegrityError, match="does not balance"):
        add_a_line()
    for change in (
        lambda: Posting.objects.update(amount=D(5)),
        lambda: Posting.objects.all().delete(),
        lambda: JournalEntry.objects.update(label="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert [p.amount for p in entry.postings.order_by("pk")] == [D(1), D(-1)]


def test_reversing_writes_the_opposite_once(station, cashier):
    party = make_party()
    entry = enter(station, cashier, (chart.CASH, D(8)), (chart.RECEIVABLE_MAKER, D(-8), party))
    back = reverse_entry(
        entry=entry, label="PM-NS-26-000002", occurred_on=DAY, by=cashier, at=timezone.now()
    )
    assert back.reverses == entry
    assert balance(chart.CASH, station.pk) == 0
    assert balance(chart.RECEIVABLE_MAKER, station.pk, party) == 0
    with pytest.raises(AlreadyReversed):
        reverse_entry(entry=entry, label="x", occurred_on=DAY, by=cashier, at=timezone.now())
    assert JournalEntry.objects.count() == 2


def test_a_closed_month_takes_nothing(station, cashier):
    other = make_station("XX")
    closed = close_period(
        station_id=station.pk, month=date(2026, 3, 31), by=cashier, at=timezone.now()
    )
    assert closed.month == date(2026, 3, 1)
    lines = [(chart.CASH, D(1)), (chart.BANK, D(-1))]
    for day in (date(2026, 3, 1), date(2026, 3, 31), date(2026, 1, 5)):
        with pytest.raises(PeriodClosed):
            enter(station, cashier, *lines, day=day)
    assert JournalEntry.objects.count() == 0
    enter(station, cashier, *lines, day=date(2026, 4, 1))
    enter(other, cashier, *lines, day=date(2026, 3, 31))
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        JournalEntry.objects.create(
            station=station, kind="x", label="x", occurred_on=DAY, posted_at=timezone.now()
        )


def test_a_month_is_closed_once_when_it_is_over_by_who_may(station, cashier, adviser):
    now = timezone.now()
    with pytest.raises(PeriodNotOver):
        close_period(station_id=station.pk, month=timezone.localdate(now), by=cashier, at=now)
    with pytest.raises(NotPermitted):
        close_period(station_id=station.pk, month=date(2026, 3, 1), by=adviser, at=now)
    with pytest.raises(NotPermitted):
        close_period(station_id=make_station("XX").pk, month=date(2026, 3, 1), by=cashier, at=now)
    close_period(station_id=station.pk, month=date(2026, 3, 1), by=cashier, at=now)
    with pytest.raises(PeriodClosed):
        close_period(station_id=station.pk, month=date(2026, 2, 1), by=cashier, at=now)
    assert PeriodClose.objects.count() == 1


def test_trial_balance_of_a_span(station, cashier):
    enter(station, cashier, (chart.CASH, D(10)), (chart.BANK, D(-10)), day=date(2026, 2, 27))
    enter(station, cashier, (chart.CASH, D(5)), (chart.REVENUE_PARTS, D(-5)), day=date(2026, 3, 1))
    enter(station, cashier, (chart.BANK, D(2)), (chart.CASH, D(-2)), day=date(2026, 3, 31))
    enter(station, cashier, (chart.CASH, D(99)), (chart.BANK, D(-99)), day=date(2026, 4, 1))
    march = trial_balance([station.pk], date(2026, 3, 1), date(2026, 3, 31))
    rows = {row.code: row for row in march}
    cash = rows[chart.CASH]
    assert (cash.opening, cash.debit, cash.credit, cash.balance) == (D(10), D(5), D(2), D(13))
    assert sum(row.balance for row in rows.values()) == 0
    assert not rows[chart.STOCK].used
    assert not any(row.used for row in trial_balance([make_station("XX").pk]))
