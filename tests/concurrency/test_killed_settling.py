"""kill -9 in the middle of a hundred settlements: each is whole or not there; all ties."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal as D
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from chejian.billing.models import Receivable, Settlement
from chejian.books import chart
from chejian.books.queries import balance
from chejian.core.checks import run_checks
from chejian.core.models import Event, ReplayKey
from chejian.workorders.models import WorkOrder
from chejian.workorders.services import split_line
from tests.concurrency.settling import key_of
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle
from tests.factories.workorders import Shop, brought_to

ORDERS = 100
KILLED_AFTER = (15, 40, 70)
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform == "win32", reason="signals"),
]


class Cashier:
    """The process that settles, and what it has said that it did."""

    def __init__(self, user_id: int, orders: list[int]) -> None:
        self.url = " ".join(
            f"{name}='{value}'"
            for name, value in connection.get_connection_params().items()
            if name in ("dbname", "user", "password", "host", "port") and value
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.settling",
             *(str(number) for number in (user_id, *orders))],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"DATABASE_URL": self.url, "PGAPPNAME": "cashier",
                              "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        )
        self.settled: list[int] = []

    def settle(self, count: int) -> None:
        assert self.process.stdout is not None
        for _turn in range(count):
            line = self.process.stdout.readline()
            assert line, "the cashier ended before his time"
            self.settled.append(int(line))

    def kill_while_writing(self) -> None:
        """Stop it at a moment at which the server knows of unfinished writing, then kill it."""
        with psycopg.connect(self.url, autocommit=True) as line:
            for _turn in range(2000):
                os.kill(self.process.pid, signal.SIGSTOP)
                if self._is_writing(line):
                    break
                os.kill(self.process.pid, signal.SIGCONT)
                time.sleep(0.002)
            else:
                pytest.fail("never seen writing")
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            while self._sessions(line):
                time.sleep(0.01)

    def _is_writing(self, line: "psycopg.Connection[tuple[int]]") -> bool:
        return bool(line.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cashier'"
            " AND backend_xid IS NOT NULL AND state = 'idle in transaction'"
        ).fetchone())

    def _sessions(self, line: "psycopg.Connection[tuple[int]]") -> bool:
        return bool(line.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cashier'"
        ).fetchone())


def completed_orders(shop: Shop) -> list[int]:
    """A hundred completed orders with a job and an issued part, every third with two payers."""
    part = shop.stocked(ORDERS)
    vehicle, customer = make_vehicle(), make_party()
    made = []
    for turn in range(ORDERS):
        order = brought_to("completed", shop, part=part, vehicle=vehicle, customer=customer)
        if turn % 3 == 0:
            split_line(line=order.jobs.get(), shares={"customer": D("0.5"), "maker": D("0.5")},
                       by=shop.adviser, at=timezone.now())
        made.append(order.pk)
    return made


def whole(order: WorkOrder) -> bool:
    """Either nothing of a settlement is there, or all of it."""
    documents = list(order.settlements.all())
    receivables = Receivable.objects.filter(settlement__order=order)
    told = Counter(
        Event.objects.filter(subject_id=order.pk, kind__in=("order.settled", "order.billed"))
        .values_list("kind", flat=True)
    )
    if order.status == "completed":
        return not documents and not receivables and not told
    return (
        order.status == "settled"
        and sum(row.payable for row in documents) == order.total
        and all(row.entry_id is not None and row.lines.exists() for row in documents)
        and len(receivables) == len(documents)
        and told == {"order.settled": 1, "order.billed": 1}
    )


def differences() -> list[str]:
    return [line for result in run_checks() for line in result.proof.differences]


@pytest.mark.usefixtures("defaults")
def test_killed_while_settling_nothing_is_half_done() -> None:
    shop = Shop()
    orders = completed_orders(shop)
    told: list[int] = []
    for goal in KILLED_AFTER:
        cashier = Cashier(shop.cashier.pk, orders)
        cashier.settle(goal)
        cashier.kill_while_writing()
        told = cashier.settled
        assert all(whole(order) for order in WorkOrder.objects.all())
        settled = WorkOrder.objects.filter(status="settled")
        assert set(told) <= set(settled.values_list("pk", flat=True))
        assert settled.count() < ORDERS
        assert differences() == []
    last = Cashier(shop.cashier.pk, orders)
    last.settle(ORDERS)
    assert last.process.wait(20) == 0
    assert WorkOrder.objects.filter(status="settled").count() == ORDERS
    assert all(whole(order) for order in WorkOrder.objects.all())
    assert differences() == []
    assert ReplayKey.objects.filter(key__in=[key_of(pk) for pk in orders]).count() == ORDERS
    numbers = sorted(Settlement.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, len(numbers) + 1))
    total = sum(WorkOrder.objects.values_list("total", flat=True), D(0))
    owed = (balance(account, shop.station.pk)
            for account in (chart.RECEIVABLE_CUSTOMER, chart.RECEIVABLE_MAKER))
    assert sum(owed) == total
