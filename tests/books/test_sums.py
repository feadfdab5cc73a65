"""The sums beside the ledger: a figure is exact whatever they hold yet, and nothing is lost."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from chejian.books import chart, checks, summing
from chejian.books.models import LedgerMark, LedgerSum, Posting
from chejian.books.queries import TrialRow, balance, trial_balance
from chejian.books.services import Line, ensure_defaults, post
from chejian.books.tasks import refresh_sums
from tests.factories.accounts import make_station, make_user

SHORT, LONG = timedelta(milliseconds=100), timedelta(seconds=30)
CODES = (chart.CASH, chart.BANK, chart.RECEIVABLE_CUSTOMER, chart.STOCK)
SPANS = (
    (date.min, date.max), (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 3, 12),) * 2,
    (date(2026, 2, 10), date(2026, 5, 3)), (date(2026, 3, 31), date(2026, 4, 1)),
    (date(2025, 1, 1), date(2025, 12, 31)), (date(2027, 1, 1), date.max),
    (date(2026, 5, 1), date(2026, 3, 1)),
)


def enter(station, by, day, *lines):
    return post(
        station_id=station.pk, kind="collection", label="PM-NS-26-000001", occurred_on=day, by=by,
        lines=[Line(*line) for line in lines], at=timezone.now(),
    )


def by_hand(stations, first, last):
    """The trial balance by adding up every posting in Python: code, opening, debit, credit."""
    found = {}
    rows = Posting.objects.filter(entry__station__in=stations, entry__occurred_on__lte=last)
    for code, day, amount in rows.values_list("account__code", "entry__occurred_on", "amount"):
        place = 0 if day < first else 1 if amount > 0 else 2
        sums = found.setdefault(code, [D(0), D(0), D(0)])
        sums[place] += -amount if place == 2 else amount
    return {code: tuple(sums) for code, sums in found.items() if any(sums)}


def told(stations, first, last):
    rows = trial_balance([station.pk for station in stations], first, last)
    return {row.code: (row.opening, row.debit, row.credit) for row in rows if row.used}


def a_year(stations, by, count, dice):
    for _ in range(count):
        there, amount = dice.choice(stations), D(dice.randint(1, 99999)) / 100
        day = date(2025, 12, 20) + timedelta(days=dice.randrange(150))
        one, other = dice.sample(CODES, 2)
        enter(there, by, day, (one, amount), (other, -amount))


def differences():
    return list(checks.sums_tie().differences)


@pytest.mark.usefixtures("defaults")
def test_every_span_is_exact_before_and_after_the_sums_were_taken(station):
    other, cashier = make_station("XX"), make_user("cashier", station)
    dice = random.Random(11)
    for round_ in range(4):
        a_year([station, other], cashier, 25, dice)
        enter(station, cashier, date(2025, 3, 3 + round_), (chart.CASH, D(7)), (chart.BANK, D(-7)))
        if round_ in (1, 2):
            assert summing.refresh(at=timezone.now()) == LedgerMark.objects.get().upto > 0
            assert differences() == []
        for there in ([station], [other], [station, other], []):
            for first, last in SPANS:
                assert told(there, first, last) == by_hand(there, first, last), (first, last)
    cash = by_hand([station], date.max, date.max)[chart.CASH]
    assert balance(chart.CASH, station.pk) == sum(cash[:2]) - cash[2]


@pytest.mark.usefixtures("defaults")
def test_what_the_sums_hold_is_not_read_again(station):
    cashier = make_user("cashier", station)
    enter(station, cashier, date(2026, 3, 12), (chart.CASH, D(5)), (chart.BANK, D(-5)))
    refresh_sums.func(0)
    LedgerSum.objects.filter(debit=5).update(debit=50)  # seen on the page: it is what is read
    assert told([station], date.min, date.max)[chart.CASH] == (D(0), D(50), D(0))
    day = {"account": "1001", "kept": "50.00 / 0.00", "sums": "5.00 / 0.00"}
    assert differences() == [
        f"账户 {day['account']}，{when}：记存 {day['kept']}，分录 {day['sums']}"
        for when in ("2026-03-12", "2026-03")
    ]
    LedgerSum.objects.filter(credit=5).delete()
    assert len(differences()) == 4
    assert summing.rebuild(at=timezone.now()) == LedgerMark.objects.get().upto
    assert differences() == []
    assert told([station], date.min, date.max) == by_hand([station], date.min, date.max)
    LedgerSum.objects.filter(credit=5, grain="day").update(starts_on=date(2026, 3, 2))
    assert differences() == [
        "账户 1002，2026-03-02：记存 0.00 / 5.00，分录 –",
        "账户 1002，2026-03-12：记存 –，分录 0.00 / 5.00",
    ]


@pytest.mark.usefixtures("defaults")
def test_nothing_new_leaves_everything_as_it_is(station):
    assert summing.refresh(at=timezone.now()) == 0
    enter(station, make_user("cashier", station), date(2026, 3, 12),
          (chart.CASH, D(5)), (chart.BANK, D(-5)))
    summing.refresh(at=timezone.now())
    before = list(LedgerSum.objects.order_by("pk").values())
    summing.refresh(at=timezone.now())
    assert list(LedgerSum.objects.order_by("pk").values()) == before
    assert len(before) == 4


# --- with threads ------------------------------------------------------------------------------
@pytest.fixture
def shop(transactional_db):
    ensure_defaults()
    station = make_station()
    return station, make_user("cashier", station)


def closing(act, *args):
    try:
        return act(*args)
    finally:
        connection.close()


def in_thread(act):
    thread = threading.Thread(target=closing, args=[act])
    thread.start()
    return thread


def one_late_and_one_in_time(station, cashier, meanwhile):
    """Number one is drawn and not committed; number two is committed; then ``meanwhile``."""
    drawn, go_on = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            enter(station, cashier, date(2026, 3, 1), (chart.CASH, D(1)), (chart.BANK, D(-1)))
            drawn.set()
            go_on.wait(timeout=30)

    thread = in_thread(late)
    assert drawn.wait(timeout=30)
    enter(station, cashier, date(2026, 3, 1), (chart.CASH, D(10)), (chart.BANK, D(-10)))
    try:
        return meanwhile(go_on)
    finally:
        go_on.set()
        thread.join(timeout=30)


def cash(station):
    rows: list[TrialRow] = trial_balance([station.pk])
    return next(row.balance for row in rows if row.code == chart.CASH)


def test_without_waiting_for_who_posts_an_entry_would_be_lost(shop, monkeypatch):
    station, cashier = shop
    monkeypatch.setattr(summing, "_posting", set)
    one_late_and_one_in_time(
        station, cashier, lambda _go_on: summing.refresh(at=timezone.now()))
    assert cash(station) == D(10)  # the eleventh is in the ledger and in no figure
    assert Posting.objects.filter(account__code=chart.CASH).count() == 2
    assert len(differences()) == 4


def test_the_mark_waits_for_who_posts_and_nobody_waits_for_it(shop):
    station, cashier = shop

    def meanwhile(go_on):
        assert summing.refresh(at=timezone.now(), patience=SHORT) is None
        assert summing.rebuild(at=timezone.now(), patience=SHORT) is None
        assert not LedgerMark.objects.exists()
        assert cash(station) == D(10)
        marks = []
        worker = in_thread(lambda: marks.append(summing.refresh(at=timezone.now(), patience=LONG)))
        time.sleep(0.2)
        enter(station, cashier, date(2026, 2, 1), (chart.CASH, D(100)), (chart.BANK, D(-100)))
        assert marks == []
        go_on.set()
        worker.join(timeout=30)
        return marks

    assert one_late_and_one_in_time(station, cashier, meanwhile) != [None]
    assert cash(station) == D(111)
    assert differences() == []
    assert Posting.objects.filter(entry_id__gt=LedgerMark.objects.get().upto).count() == 2
    summing.refresh(at=timezone.now())
    assert cash(station) == D(111)
    assert differences() == []


def posting(stations, cashier):
    for number in range(25):
        day = date(2026, 3, 1) - timedelta(days=number)
        with transaction.atomic():
            enter(stations[number % 2], cashier, day, (chart.CASH, D(1)), (chart.BANK, D(-1)))
            time.sleep(0.002)


def reading(stations, done):
    """The debits of the till, one reading after the other; each reading balances."""
    found = []
    while not done.is_set():
        rows = trial_balance([station.pk for station in stations])
        assert sum(row.balance for row in rows) == 0
        found.append(next(row.debit for row in rows if row.code == chart.CASH))
    return found


def working(done):
    while not done.is_set():
        summing.refresh(at=timezone.now())


def test_posting_reading_and_summing_at_once(shop):
    """Four post into two stations, two workers sum, one reads: what is read never shrinks."""
    station, cashier = shop
    stations, done = (station, make_station("XX")), threading.Event()
    with ThreadPoolExecutor(7) as pool:
        posters = [pool.submit(closing, posting, stations, cashier) for _ in range(4)]
        workers = [pool.submit(closing, working, done) for _ in range(2)]
        reader = pool.submit(closing, reading, stations, done)
        wait(posters)
        done.set()
    assert [one.result() for one in (*posters, *workers)] == [None] * 6
    readings = reader.result()
    assert readings == sorted(readings)
    assert (cash(stations[0]), cash(stations[1])) == (D(52), D(48))
    assert differences() == []
    summing.refresh(at=timezone.now())
    assert differences() == []
    months = LedgerSum.objects.filter(grain="month", account__code=chart.CASH)
    assert months.aggregate(sum=Sum("debit"))["sum"] == D(100)
