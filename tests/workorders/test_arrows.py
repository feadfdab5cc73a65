"""Every arrow of both tables, taken from the tables themselves: allowed and denied."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chejian.accounts.models import User
from chejian.core.errors import NotPermitted, Refused
from chejian.core.states import Transition
from chejian.workorders.lifecycle import JOBS, ORDERS
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.states import JOB, WORK_ORDER
from tests.factories.accounts import make_role, make_user
from tests.factories.workorders import Shop, add_job, brought_to, make_order

pytestmark = pytest.mark.django_db


def name_of(arrow: Transition) -> str:
    return f"{arrow.source}-{arrow.action}"


def person_with(shop: Shop, *codes: str) -> User:
    """Somebody whose role holds exactly these codes."""
    make_role(f"only_{'_'.join(codes) or 'nothing'}"[:30], permissions=list(codes))
    return make_user(f"only_{'_'.join(codes) or 'nothing'}"[:30], shop.station)


def forced(order: WorkOrder, status: str) -> WorkOrder:
    """Along the table's own arrows to a status, whatever the guards would say."""
    ways: dict[str, list[str]] = {WORK_ORDER.initial: []}
    queue = [WORK_ORDER.initial]
    while queue:
        here = queue.pop(0)
        for arrow in WORK_ORDER.leaving(here):
            if arrow.target not in ways:
                ways[arrow.target] = [*ways[here], arrow.target]
                queue.append(arrow.target)
    for step in ways[status]:
        WorkOrder.objects.filter(pk=order.pk).update(status=step)
    order.refresh_from_db()
    return order


def forced_job(job: JobLine, status: str) -> JobLine:
    ways: dict[str, list[str]] = {JOB.initial: []}
    queue = [JOB.initial]
    while queue:
        here = queue.pop(0)
        for arrow in JOB.leaving(here):
            if arrow.target not in ways:
                ways[arrow.target] = [*ways[here], arrow.target]
                queue.append(arrow.target)
    for step in ways[status]:
        JobLine.objects.filter(pk=job.pk).update(status=step)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("arrow", [a for a in WORK_ORDER if a.permissions], ids=name_of)
def test_who_lacks_every_permission_of_an_arrow_changes_nothing(arrow: Transition) -> None:
    shop = Shop()
    order = forced(make_order(shop), arrow.source)
    stranger = person_with(shop)
    with pytest.raises(NotPermitted), transaction.atomic():
        ORDERS.transition(order, arrow.action, by=stranger, at=timezone.now(), reason="x")
    order.refresh_from_db()
    assert order.status == arrow.source
    assert not order.changes.exists()


@pytest.mark.parametrize("arrow", [a for a in WORK_ORDER if not a.permissions], ids=name_of)
def test_the_systems_arrows_are_nobodys(arrow: Transition) -> None:
    shop = Shop()
    order = forced(make_order(shop), arrow.source)
    with pytest.raises(NotPermitted), transaction.atomic():
        ORDERS.transition(order, arrow.action, by=shop.manager, at=timezone.now())
    order.refresh_from_db()
    assert order.status == arrow.source


@pytest.mark.parametrize("arrow", [a for a in WORK_ORDER if a.needs_reason], ids=name_of)
def test_a_reason_is_wanted(arrow: Transition) -> None:
    shop = Shop()
    order = forced(make_order(shop), arrow.source)
    person = person_with(shop, *arrow.permissions)
    with pytest.raises(Refused) as refused, transaction.atomic():
        ORDERS.transition(order, arrow.action, by=person, at=timezone.now(), reason="  ")
    assert "reason_required" in [refusal.code for refusal in refused.value.refusals]
    order.refresh_from_db()
    assert order.status == arrow.source


@pytest.mark.parametrize("arrow", list(WORK_ORDER), ids=name_of)
def test_an_open_guard_is_all_that_holds_an_arrow_back(
    arrow: Transition, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop()
    order = forced(make_order(shop), arrow.source)
    for name in arrow.guards:
        monkeypatch.setitem(ORDERS.guards, name, lambda _order, _by: [])  # type: ignore[arg-type]
    person = person_with(shop, arrow.permissions[0]) if arrow.permissions else None
    ORDERS.transition(order, arrow.action, by=person, at=timezone.now(), reason="x")
    order.refresh_from_db()
    assert order.status == arrow.target
    change = order.changes.get()
    assert (change.source, change.target, change.action) == (
        arrow.source, arrow.target, arrow.action
    )


@pytest.mark.parametrize("arrow", list(JOB), ids=name_of)
def test_every_arrow_of_a_job(arrow: Transition) -> None:
    shop = Shop()
    job = forced_job(add_job(make_order(shop), shop), arrow.source)
    stranger = person_with(shop)
    with pytest.raises(NotPermitted), transaction.atomic():
        JOBS.transition(job, arrow.action, by=stranger, at=timezone.now())
    job.refresh_from_db()
    assert job.status == arrow.source
    person = person_with(shop, arrow.permissions[0])
    JOBS.transition(job, arrow.action, by=person, at=timezone.now())
    job.refresh_from_db()
    assert job.status == arrow.target
    assert [change.target for change in job.changes.all()] == [arrow.target]


ALL = [(source, target) for source in WORK_ORDER.states for target in WORK_ORDER.states]
KNOWN = {(arrow.source, arrow.target) for arrow in WORK_ORDER}


def test_the_database_knows_the_table_too() -> None:
    shop = Shop()
    order = make_order(shop)
    for source, target in ALL:
        if (source, target) in KNOWN or source == target:
            continue
        with transaction.atomic():
            forced(order, source)
            with pytest.raises(IntegrityError), transaction.atomic():
                WorkOrder.objects.filter(pk=order.pk).update(status=target)
            transaction.set_rollback(True)
        order.refresh_from_db()
        assert order.status == "draft"


def test_an_order_cannot_be_born_in_the_middle() -> None:
    shop = Shop()
    order = make_order(shop)
    order.pk, order.number, order.status = None, "WO-NS-26-999999", "settled"
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save()


def guard_codes(order: WorkOrder, action: str, by: User) -> list[str]:
    return [refusal.code for refusal in ORDERS.refusals(order, action, by=by)]


def test_each_guard_says_what_is_missing() -> None:
    shop = Shop()
    draft = make_order(shop)
    draft.contact_phone, draft.customer.phone, draft.plate = "", "", ""
    assert guard_codes(draft, "receive", shop.adviser) == ["customer_unknown", "car_unknown"]
    received = forced(make_order(shop), "received")
    assert guard_codes(received, "start", shop.controller) == ["no_job_assigned", "walkaround_open"]
    working = brought_to("in_progress", shop, jobs=2)
    assert guard_codes(working, "finish", shop.controller) == [
        "job_unfinished", "job_unfinished", "clock_running",
    ]
    assert guard_codes(forced(make_order(shop), "pending_inspection"), "pass", shop.inspector) == [
        "not_inspected"
    ]
    settled = forced(make_order(shop), "settled")
    assert guard_codes(settled, "deliver", shop.adviser) == ["not_cleared", "no_exit_reading"]


def refuses(act: Callable[[], Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        act()
    assert code in [refusal.code for refusal in refused.value.refusals]
