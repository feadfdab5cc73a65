"""Twelve storekeepers hand out one piece each, for twelve cars, from a stock of five."""

import threading
from decimal import Decimal as D

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from chejian.core.checks import run_checks
from chejian.inventory.errors import InsufficientStock
from chejian.inventory.models import StockLevel, StockMove
from chejian.workorders.models import PartIssue, PartLine
from chejian.workorders.services import issue_part
from tests.factories import workorders
from tests.factories.workorders import Shop

THREADS = 12
PIECES = 5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("defaults")]


def lines_on(shop: Shop, part: object, orders: int, each: int = 1) -> list[PartLine]:
    """Part lines of approved jobs, one on each order."""
    made = []
    for _turn in range(orders):
        order = workorders.make_order(shop)
        job = workorders.add_job(order, shop)
        line = workorders.add_part(job, shop, part, each)  # type: ignore[arg-type]
        workorders.services.receive(order=order, by=shop.adviser, at=timezone.now())
        workorders.authorise(order, shop)
        made.append(line)
    return made


def issue_together(shop: Shop, lines: list[PartLine]) -> list[str]:
    """One thread for each line, all let go at one moment; what became of each."""
    gate, answers = threading.Barrier(len(lines)), []
    keeper, warehouse = shop.storekeeper, shop.warehouse

    def run(line: PartLine) -> None:
        try:
            gate.wait(timeout=30)
            issue_part(line=line, warehouse=warehouse, quantity=D(1), by=keeper,
                       at=timezone.now())
            answers.append("issued")
        except InsufficientStock:
            answers.append("short")
        except Exception as error:  # noqa: BLE001 - the assertion below shows it
            answers.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers)


def ties() -> None:
    assert [line for result in run_checks() for line in result.proof.differences] == []


def test_exactly_five_of_twelve_orders_get_their_piece() -> None:
    shop = Shop()
    part = shop.stocked(PIECES)
    lines = lines_on(shop, part, THREADS)
    assert issue_together(shop, lines) == ["issued"] * PIECES + ["short"] * (THREADS - PIECES)
    level = StockLevel.objects.get(part=part)
    assert (level.quantity, level.value) == (0, 0)
    assert PartIssue.objects.count() == PIECES
    moved = StockMove.objects.filter(part=part, kind="issue").aggregate(
        quantity=Sum("quantity"), value=Sum("value")
    )
    assert moved == {"quantity": D(-PIECES), "value": D(-60 * PIECES)}
    issued = PartLine.objects.filter(pk__in=[line.pk for line in lines])
    assert issued.aggregate(sum=Sum("issued"))["sum"] == PIECES
    assert issued.aggregate(sum=Sum("cost"))["sum"] == D(60 * PIECES)
    ties()


def test_one_line_gets_no_more_than_it_lacks_however_many_hands() -> None:
    shop = Shop()
    part = shop.stocked(THREADS)
    (line,) = lines_on(shop, part, 1, each=PIECES)
    answers = issue_together(shop, [line] * THREADS)
    assert answers.count("issued") == PIECES
    assert all("TooMany" in answer for answer in answers if answer != "issued")
    line.refresh_from_db()
    assert line.issued == PIECES
    assert StockLevel.objects.get(part=part).quantity == THREADS - PIECES
    ties()
