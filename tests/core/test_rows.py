"""What verbs write with one kept statement is what Django would have written."""

from decimal import Decimal

import pytest
from django.core.exceptions import ObjectNotUpdated
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.core.models import Event, ReplayKey
from chejian.core.rows import MOST_AT_ONCE, insert, update
from chejian.parties.models import Party
from chejian.workorders.models import Concern, JobLine, PartLine, WorkOrder
from tests.factories import workorders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> make.Shop:
    return make.Shop()


def values(row) -> dict:
    fresh = type(row)._base_manager.get(pk=row.pk)
    return {field.attname: getattr(fresh, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_the_same_as_one_that_was_saved(shop: make.Shop) -> None:
    order = make.make_order(shop)
    fields = {"order": order, "name": "更换机油", "flat_hours": Decimal("1.5"),
              "added_at": timezone.now()}
    quick, usual = JobLine(**fields), JobLine(**fields)

    insert(quick)
    usual.save()

    found, expected = values(quick), values(usual)
    assert found.pop("id") != expected.pop("id")
    assert found == expected
    assert (quick._state.adding, quick._state.db) == (False, "default")
    assert JobLine.pgh_event_model.objects.filter(pgh_obj=quick.pk).count() == 1


def test_rows_may_name_rows_that_are_written_before_them(shop: make.Shop) -> None:
    order = make.make_order(shop)
    jobs = [JobLine(order=order, name=f"{n}", added_at=timezone.now()) for n in range(2)]
    lines = [PartLine(order=order, job=job, name="客户自带", customer_supplied=True)
             for job in jobs]
    with pytest.raises(ValueError, match="not written yet"):
        insert(*lines)

    insert(*jobs)
    insert(*lines)

    assert [line.job is job for line, job in zip(lines, jobs, strict=True)] == [True, True]
    rows = PartLine.objects.filter(order=order).order_by("id").values_list("id", "job_id")
    assert list(rows) == [(line.pk, job.pk) for line, job in zip(lines, jobs, strict=True)]


def test_many_rows_take_few_statements_and_none_takes_none(shop: make.Shop) -> None:
    order = make.make_order(shop)
    concerns = [Concern(order=order, text=f"{n}", position=n) for n in range(MOST_AT_ONCE + 1)]

    with CaptureQueriesContext(connection) as seen:
        insert(*concerns)
        insert(*[])

    assert len(seen.captured_queries) == 2
    assert [row.pk for row in order.concerns.order_by("position")] == [
        row.pk for row in concerns]


def test_json_null_and_a_key_of_ones_own_are_kept() -> None:
    told = Event(kind="a.b", channel="all", subject_type="x", subject_id=1, actor_name="",
                 data={"钱": "1.50", "none": None}, at=timezone.now())
    insert(told)
    fresh = Event.objects.get(pk=told.pk)
    assert (fresh.data, fresh.station_id) == ({"钱": "1.50", "none": None}, None)

    with pytest.raises(TypeError, match="from the database"):
        insert(ReplayKey(verb="x"))


def test_an_update_writes_these_fields_alone(shop: make.Shop) -> None:
    order = make.make_order(shop)
    order.remarks, order.contact_name = "改了", "没有写"
    update(order, "remarks")

    fresh = WorkOrder.objects.get(pk=order.pk)
    assert fresh.remarks == "改了"
    assert fresh.contact_name != "没有写"
    order.pk += 1
    with pytest.raises(ObjectNotUpdated):
        update(order, "remarks")


def test_the_database_still_says_no(shop: make.Shop) -> None:
    order = make.make_order(shop)
    order.deposit_held = Decimal(-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        update(order, "deposit_held")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(JobLine(order=order, name="x", discount=Decimal(1), added_at=timezone.now()))
    assert not JobLine.objects.exists()
    assert Party.objects.exists()
