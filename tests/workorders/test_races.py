"""Two at once, with real threads on PostgreSQL."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from chejian.core.checks import run_checks
from chejian.core.errors import DomainError
from chejian.core.replay import new_key
from chejian.inventory.models import StockLevel
from chejian.workorders import services
from chejian.workorders.models import PartLine, TimeEntry, WorkOrder
from tests.factories.accounts import make_user
from tests.factories.workorders import Shop, add_job, add_part, authorise, brought_to, make_order

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; what each returned or was refused with."""
    found: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            found[index] = act()
        except DomainError as error:
            found[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def codes(found: list[Any]) -> list[str]:
    return sorted(getattr(item, "code", "done") for item in found)


def line_of(shop: Shop, part: Any, quantity: int = 1) -> PartLine:
    order = make_order(shop)
    line = add_part(add_job(order, shop), shop, part, quantity)
    services.receive(order=order, by=shop.adviser, at=timezone.now())
    authorise(order, shop)
    return line


def issuing(line: PartLine, shop: Shop, **extra: Any) -> Callable[[], Any]:
    return lambda: services.issue_part(
        line=PartLine.objects.get(pk=line.pk), warehouse=shop.warehouse, quantity=Decimal(1),
        by=shop.storekeeper, at=timezone.now(), **extra,
    )


def test_the_last_piece_is_issued_once() -> None:
    shop = Shop()
    part = shop.stocked(1)
    lines = [line_of(shop, part) for _ in range(2)]
    found = at_once(*(issuing(line, shop) for line in lines))
    assert codes(found) == ["done", "insufficient_stock"]
    assert StockLevel.objects.get(part=part).quantity == 0
    assert sum(line.issued for line in PartLine.objects.all()) == 1
    assert all(result.ties for result in run_checks())


def test_one_line_is_not_issued_twice_over() -> None:
    shop = Shop()
    line = line_of(shop, shop.stocked(10))
    assert codes(at_once(issuing(line, shop), issuing(line, shop))) == ["done", "too_many"]
    line.refresh_from_db()
    assert line.issued == 1


def test_the_same_form_sent_twice_at_once_counts_once() -> None:
    shop = Shop()
    line, key = line_of(shop, shop.stocked(10), 4), new_key()
    first, second = at_once(issuing(line, shop, key=key), issuing(line, shop, key=key))
    assert first == second
    line.refresh_from_db()
    assert line.issued == 1


def test_one_technician_starts_one_of_two_jobs() -> None:
    shop = Shop()
    me = shop.technician
    jobs = []
    for _ in range(2):
        order = brought_to("received", shop)
        jobs.append(order.jobs.get())
        services.assign(jobs=jobs[-1:], technicians=[me], by=shop.controller, at=timezone.now())
    found = at_once(*(
        lambda job=job: services.start_job(job=job, technician=me, by=me, at=timezone.now())
        for job in jobs
    ))
    assert codes(found) == ["clock_running", "done"]
    assert TimeEntry.objects.filter(ended_at=None).count() == 1
    assert sorted(WorkOrder.objects.values_list("status", flat=True)) == ["in_progress", "received"]


def test_two_technicians_start_one_job_together() -> None:
    shop = Shop()
    pair = [make_user("technician", shop.station) for _ in range(2)]
    order = brought_to("received", shop)
    job = order.jobs.get()
    services.assign(jobs=[job], technicians=pair, by=shop.controller, at=timezone.now())
    found = at_once(*(
        lambda me=me: services.start_job(
            job=order.jobs.get(), technician=me, by=me, at=timezone.now())
        for me in pair
    ))
    assert codes(found) == ["done", "done"]
    job.refresh_from_db()
    assert job.status == "working"
    assert order.changes.filter(action="start").count() == 1


def test_an_order_is_settled_once() -> None:
    shop = Shop()
    order = brought_to("completed", shop)
    found = at_once(*(
        lambda: services.mark_settled(order=WorkOrder.objects.get(pk=order.pk), by=shop.cashier,
                                      at=timezone.now())
        for _ in range(2)
    ))
    assert codes(found) == ["done", "refused"]
    assert order.changes.filter(action="settle").count() == 1
