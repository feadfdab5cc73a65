"""Inspection's facts, delivery, guarantee, comeback, closing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.core.errors import NotPermitted, Refused
from chejian.vehicles.models import OdometerEvent
from chejian.workorders import services
from chejian.workorders.errors import BadValue
from chejian.workorders.queries import live_guarantees
from tests.factories import vehicles
from tests.factories.accounts import assign
from tests.factories.workorders import Shop, add_job, authorise, brought_to, make_order, repair_type

pytestmark = pytest.mark.django_db


def inspect(order, by, *, passed=True, reason="", self_inspection=False, jobs=None):
    return services.record_inspection(order=order, passed=passed, reason=reason, jobs=jobs,
                                      self_inspection=self_inspection, by=by, at=timezone.now())


def test_a_failure_opens_a_rework_round_for_the_jobs_named() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop, jobs=2)
    assert shop.inspector
    first, second = order.jobs.all()
    with pytest.raises(Refused), transaction.atomic():
        inspect(order, shop.inspector, passed=False)
    inspect(order, shop.inspector, passed=False, reason="异响", jobs=[first])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (order.status, order.rework_round) == ("in_progress", 1)
    assert (first.status, first.rework, second.status) == ("assigned", True, "done")
    services.start_job(job=first, technician=shop.technician, by=shop.technician,
                       at=timezone.now())
    assert first.time_entries.order_by("-id")[0].rework is True
    services.finish_job(job=first, by=shop.technician, at=timezone.now())
    services.finish(order=order, by=shop.technician, at=timezone.now())
    inspect(order, shop.inspector)
    assert (order.status, order.inspection_passed_by) == ("completed", shop.inspector)


def test_whoever_worked_on_the_order_does_not_pass_it() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    assign(shop.technician, "inspector", shop.station)
    with pytest.raises(Refused) as refused, transaction.atomic():
        inspect(order, shop.technician, self_inspection=True)
    assert [r.code for r in refused.value.refusals] == ["inspector_worked"]
    order.refresh_from_db()
    assert (order.status, order.inspection_passed_by) == ("pending_inspection", None)


def test_a_one_man_shop_inspects_itself_but_not_every_class() -> None:
    shop = Shop()
    shop.station.allow_self_inspection = True
    shop.station.save()
    assign(shop.technician, "inspector", shop.station)
    order = brought_to("pending_inspection", shop)
    inspect(order, shop.technician, self_inspection=True)
    assert (order.status, order.self_inspected) == ("completed", True)
    strict = brought_to("pending_inspection", shop)
    second = repair_type().repair_class.__class__.objects.get(code="second")
    services.update_head(order=strict, version=None, repair_class=second, by=shop.adviser,
                         at=timezone.now())
    with pytest.raises(Refused), transaction.atomic():
        inspect(strict, shop.technician, self_inspection=True)
    strict.refresh_from_db()
    assert strict.status == "pending_inspection"


def test_reopening_needs_a_new_inspection() -> None:
    shop = Shop()
    order = brought_to("completed", shop)
    job = order.jobs.get()
    with pytest.raises(NotPermitted), transaction.atomic():
        services.reopen(order=order, reason="漏油", by=shop.adviser, at=timezone.now())
    services.reopen(order=order, reason="漏油", jobs=[job], by=shop.manager, at=timezone.now())
    job.refresh_from_db()
    assert (order.status, order.inspection_passed_by, job.status) == (
        "in_progress", None, "assigned"
    )


def settled(shop: Shop, **fields: object):
    order = brought_to("settled", shop, **fields)
    services.set_cleared(order=order, cleared=True, by=shop.cashier, at=timezone.now())
    return order


def deliver(order, shop: Shop, km: int, **fields: object):
    return services.deliver(order=order, odometer_out=km, collected_by="王建华", by=shop.adviser,
                            at=timezone.now(), **fields)


def test_the_car_leaves_paid_and_with_its_kilometres() -> None:
    shop = Shop()
    order = brought_to("settled", shop, odometer=46_820)
    with pytest.raises(Refused) as refused, transaction.atomic():
        deliver(order, shop, 46_800)
    assert [r.code for r in refused.value.refusals] == ["not_cleared", "exit_below_entry"]
    order.refresh_from_db()
    assert (order.status, order.odometer_out) == ("settled", None)
    services.set_cleared(order=order, cleared=True, by=shop.cashier, at=timezone.now())
    with pytest.raises(BadValue):
        services.deliver(order=order, odometer_out=46_830, collected_by=" ", by=shop.adviser,
                         at=timezone.now())
    deliver(order, shop, 46_830, papers=["settlement"], old_parts_given=True)
    event = OdometerEvent.objects.get(vehicle=order.vehicle, source="delivery")
    assert (order.status, event.reading, event.label) == ("delivered", 46_830, order.number)


def test_the_guarantee_ends_by_days_or_kilometres() -> None:
    shop = Shop()
    car = vehicles.make_vehicle()
    order = settled(shop, vehicle=car, odometer=10_000)
    deliver(order, shop, 10_005)
    today = timezone.localdate()
    guarantee = order.guarantees.get()
    assert (guarantee.until_date, guarantee.until_total_km) == (
        today + timedelta(days=10), 12_005
    )
    assert list(live_guarantees(car, today, 12_005)) == [guarantee]
    assert list(live_guarantees(car, today, 12_006)) == []
    assert list(live_guarantees(car, today + timedelta(days=11), None)) == []


def test_a_comeback_is_linked_and_paid_by_the_house() -> None:
    shop = Shop()
    car = vehicles.make_vehicle()
    order = settled(shop, vehicle=car)
    deliver(order, shop, 10_000)
    back = make_order(shop, vehicle=car, comeback_of=order)
    job = add_job(back, shop, comeback_of=order.jobs.get())
    authorise(back, shop)
    back.refresh_from_db()
    assert (job.payer, back.customer_total, back.total) == ("internal", 0, Decimal("144.00"))
    with pytest.raises(BadValue):
        make_order(shop, comeback_of=order)


def test_orders_are_closed_when_their_days_are_over() -> None:
    shop = Shop()
    order = settled(shop)
    deliver(order, shop, 10_000)
    now = timezone.now()
    assert services.close_due(at=now + timedelta(days=2)) == []
    assert services.close_due(at=now + timedelta(days=3, minutes=1)) == [order]
    order.refresh_from_db()
    assert order.status == "closed"
    with pytest.raises(Refused):
        services.void(order=order, reason="x", by=shop.manager, at=now)
