"""Dispatch, clocks, hold, readiness."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.accounts.models import Team
from chejian.core.errors import NotPermitted, Refused
from chejian.workorders import services
from chejian.workorders.errors import BadValue, ClockRunning, NotAssigned, SharesNotOne
from chejian.workorders.models import TimeEntry
from chejian.workorders.queries import jobs_of, parts_readiness
from tests.factories import catalog, inventory
from tests.factories.accounts import make_user
from tests.factories.workorders import Shop, add_job, add_part, authorise, brought_to, make_order

pytestmark = pytest.mark.django_db


def test_even_shares_sum_to_one() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    people = [make_user("technician", shop.station) for _ in range(3)]
    services.assign(jobs=list(order.jobs.all()), technicians=people, by=shop.controller,
                    at=timezone.now())
    shares = [row.share for row in order.jobs.get().assignments.order_by("id")]
    assert shares == [Decimal("0.3333"), Decimal("0.3333"), Decimal("0.3334")]


def test_given_shares_must_sum_to_one() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    people = [make_user("technician", shop.station) for _ in range(2)]
    job = order.jobs.get()
    with pytest.raises(SharesNotOne), transaction.atomic():
        services.assign(jobs=[job], technicians=people, shares=[Decimal("0.5"), Decimal("0.4")],
                        by=shop.controller, at=timezone.now())
    assert not job.assignments.exists()
    with pytest.raises(BadValue):
        services.assign(jobs=[job], technicians=[shop.adviser], by=shop.controller,
                        at=timezone.now())


def test_a_leader_dispatches_to_his_team_only() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    leader, member = shop.person("team_leader"), make_user("technician", shop.station)
    team = Team.objects.create(station=shop.station, name="机电一组", leader=leader)
    team.members.add(member)
    job, now = order.jobs.get(), timezone.now()
    with pytest.raises(NotPermitted), transaction.atomic():
        services.assign(jobs=[job], technicians=[shop.technician], by=leader, at=now)
    services.assign(jobs=[job], team=team, by=leader, at=now)
    assert job.assignments.get().technician == member
    services.start_job(job=job, technician=member, by=leader, at=now)
    services.finish_job(job=job, by=leader, at=now)
    assert job.status == "done"


def test_one_open_clock_per_technician() -> None:
    shop = Shop()
    brought_to("in_progress", shop)
    second = brought_to("received", shop)
    job, now = second.jobs.get(), timezone.now()
    services.assign(jobs=[job], technicians=[shop.technician], by=shop.controller, at=now)
    with pytest.raises(ClockRunning), transaction.atomic():
        services.start_job(job=job, technician=shop.technician, by=shop.technician, at=now)
    job.refresh_from_db()
    second.refresh_from_db()
    assert (job.status, second.status) == ("assigned", "received")


def test_time_is_kept_over_pauses() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    job, now = order.jobs.get(), timezone.now()
    me = shop.technician
    services.assign(jobs=[job], technicians=[me], by=shop.controller, at=now)
    services.start_job(job=job, technician=me, by=me, at=now)
    services.pause_job(job=job, technician=me, reason="等件", by=me, at=now + timedelta(minutes=20))
    assert (job.status, job.pause_reason) == ("paused", "等件")
    services.start_job(job=job, technician=me, by=me, at=now + timedelta(minutes=30))
    services.finish_job(job=job, by=me, at=now + timedelta(minutes=48))
    spent = [entry.ended_at - entry.started_at for entry in TimeEntry.objects.order_by("id")
             if entry.ended_at]
    assert spent == [timedelta(minutes=20), timedelta(minutes=18)]


def test_others_jobs_are_not_touched() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    job, stranger = order.jobs.get(), make_user("technician", shop.station)
    for act in (
        lambda: services.finish_job(job=job, by=stranger, at=timezone.now()),
        lambda: services.pause_job(job=job, technician=shop.technician, reason="x", by=stranger,
                                   at=timezone.now()),
        lambda: services.hold(order=order, reason="other", by=stranger, at=timezone.now()),
    ):
        with pytest.raises(NotPermitted), transaction.atomic():
            act()
    with pytest.raises(NotAssigned), transaction.atomic():
        services.start_job(job=job, technician=stranger, by=stranger, at=timezone.now())
    job.refresh_from_db()
    assert job.status == "working"
    assert list(jobs_of(stranger, [shop.station.pk])) == []
    assert [row.pk for row in jobs_of(shop.technician, [shop.station.pk])] == [job.pk]


def test_a_hold_stops_clocks_and_keeps_its_time() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    later = timezone.now() + timedelta(hours=2)
    period = services.hold(order=order, reason="customer", note="问保险", by=shop.technician,
                           at=timezone.now())
    assert order.jobs.get().status == "paused"
    assert not TimeEntry.objects.filter(ended_at=None).exists()
    services.resume(order=order, by=shop.technician, at=later)
    period.refresh_from_db()
    assert (order.status, order.hold_reason, period.ended_at) == ("in_progress", "", later)


def test_the_last_missing_part_resumes_a_hold_for_parts() -> None:
    shop = Shop()
    order = make_order(shop)
    part = catalog.make_part()
    inventory.stock(part, shop.warehouse, 1, by=shop.storekeeper)
    job = add_job(order, shop)
    line = add_part(job, shop, part, 2)
    now = timezone.now()
    services.receive(order=order, by=shop.adviser, at=now)
    services.waive_walkaround(order=order, reason="x", by=shop.adviser, at=now)
    authorise(order, shop)
    services.assign(jobs=[job], technicians=[shop.technician], by=shop.controller, at=now)
    services.start_job(job=job, technician=shop.technician, by=shop.technician, at=now)
    services.request_parts(line=line, quantity=Decimal(2), warehouse=shop.warehouse,
                           by=shop.technician, at=now)
    services.hold(order=order, reason="parts", by=shop.technician, at=now)
    assert [(s.name, s.missing) for s in parts_readiness(order).short] == [(line.name, 1)]
    assert services.resume_ready(station_id=shop.station.pk, at=now) == []
    inventory.stock(part, shop.warehouse, 1, by=shop.storekeeper)
    assert services.resume_ready(station_id=shop.station.pk, at=now) == [order]
    order.refresh_from_db()
    assert order.status == "in_progress"
    assert order.changes.get(action="resume").by_name == ""


def test_an_order_is_handed_over_only_when_all_is_done() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    with pytest.raises(Refused) as refused:
        services.finish(order=order, by=shop.technician, at=timezone.now())
    assert [refusal.code for refusal in refused.value.refusals] == [
        "job_unfinished", "clock_running"
    ]
    order.refresh_from_db()
    assert order.status == "in_progress"
