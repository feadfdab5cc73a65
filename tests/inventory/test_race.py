"""Twelve storekeepers on five pieces: the race is real, and the lock stops it."""

import threading
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from chejian.core.checks import run_checks
from chejian.inventory.errors import InsufficientStock
from chejian.inventory.models import StockLevel, StockMove
from chejian.inventory.services import issue
from tests.factories.accounts import make_user
from tests.factories.catalog import make_part
from tests.factories.inventory import make_warehouse, stock

THREADS = 12
PIECES = 5


@pytest.fixture
def shelf():
    warehouse = make_warehouse()
    part = make_part()
    keeper = make_user("storekeeper", warehouse.station)
    stock(part, warehouse, PIECES, 60, by=keeper)
    return part, warehouse, keeper


def together(act) -> list[str]:
    """Run ``act`` in twelve threads that start at one moment; what each of them answered."""
    gate, answers = threading.Barrier(THREADS), []

    def run():
        try:
            gate.wait(timeout=30)
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_more_go_out_than_there_are(shelf):
    """What the verb would do without its lock: look, then write. This proves the race."""
    part, warehouse, keeper = shelf
    looked = threading.Barrier(THREADS)

    def naive():
        with transaction.atomic():
            there = StockLevel.objects.get(part=part, warehouse=warehouse).quantity
            looked.wait(timeout=30)
            if there < 1:
                return "refused"
            StockMove.objects.create(
                station=warehouse.station, part=part, warehouse=warehouse, kind="issue",
                quantity=D(-1), value=D(-60), occurred_on=timezone.localdate(),
                at=timezone.now(), by=keeper,
            )
            return "issued"

    assert together(naive).count("issued") == THREADS
    assert StockMove.objects.aggregate(sum=Sum("quantity"))["sum"] == PIECES - THREADS
    assert not all(result.ties for result in run_checks(["stock.levels"]))


@pytest.mark.django_db(transaction=True)
def test_the_verb_lets_exactly_five_through(shelf):
    part, warehouse, keeper = shelf

    def verb():
        try:
            issue(
                part=part, warehouse=warehouse, quantity=D(1), label="WO-NS-26-000001",
                by=keeper, at=timezone.now(),
            )
        except InsufficientStock:
            return "refused"
        return "issued"

    answers = together(verb)
    assert (answers.count("issued"), answers.count("refused")) == (PIECES, THREADS - PIECES)
    level = StockLevel.objects.get(part=part)
    assert (level.quantity, level.reserved, level.value) == (0, 0, 0)
    assert [result.proof.differences for result in run_checks() if not result.ties] == []
