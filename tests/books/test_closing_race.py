"""A month is closed while somebody posts into it: the entry is in before, or refused after."""

import threading
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chejian.books import chart
from chejian.books.models import JournalEntry, PeriodClose
from chejian.books.services import Line, PeriodClosed, close_period, ensure_defaults, post
from tests.factories.accounts import make_station, make_user

MONTH = date(2026, 3, 1)


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_who_is_posting():
    ensure_defaults()
    station = make_station()
    cashier = make_user("cashier", station)
    posted, closing, order = threading.Event(), threading.Event(), []

    def write():
        post(
            station_id=station.pk, kind="collection", label="PM-NS-26-000001",
            lines=[Line(chart.CASH, D(1)), Line(chart.BANK, D(-1))],
            occurred_on=MONTH, by=cashier, at=timezone.now(),
        )

    def poster():
        try:
            with transaction.atomic():
                write()
                posted.set()
                closing.wait(timeout=30)
                connection.cursor().execute("SELECT pg_sleep(0.3)")
                order.append("posted")
        finally:
            connection.close()

    def closer():
        try:
            posted.wait(timeout=30)
            closing.set()
            close_period(station_id=station.pk, month=MONTH, by=cashier, at=timezone.now())
            order.append("closed")
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (poster, closer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert order == ["posted", "closed"]
    assert PeriodClose.objects.count() == JournalEntry.objects.count() == 1
    with pytest.raises(PeriodClosed):
        write()
    assert JournalEntry.objects.count() == 1
