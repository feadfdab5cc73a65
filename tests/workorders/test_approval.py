"""The customer's answers: frozen, chained, replayable."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chejian.core.replay import new_key
from chejian.workorders import proofs, services
from chejian.workorders.errors import BadValue, WrongStatus
from chejian.workorders.models import Authorisation
from chejian.workorders.services.approval import chained_hash
from tests.factories import catalog
from tests.factories.workorders import Shop, add_job, add_part, brought_to, make_order

pytestmark = pytest.mark.django_db


def test_an_answer_freezes_what_was_shown() -> None:
    shop = Shop()
    order = make_order(shop)
    kept, dropped = add_job(order, shop), add_job(order, shop)
    add_part(kept, shop, catalog.make_part(name="前制动片"), 2)
    record = services.authorise(
        order=order, answers={kept.pk: True, dropped.pk: False}, given_by="王建华",
        channel="wechat", note="微信确认", by=shop.adviser, at=timezone.now(),
    )
    assert record.amount == Decimal("344.00")
    assert record.hash == chained_hash("", record.snapshot)
    assert record.snapshot["jobs"][0]["parts"][0]["name"] == "前制动片"
    assert {row.job_id: (row.approved, row.amount) for row in record.answers.all()} == {
        kept.pk: (True, Decimal("344.00")), dropped.pk: (False, Decimal("144.00")),
    }
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (kept.status, dropped.status) == ("authorised", "declined")
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorisation.objects.filter(pk=record.pk).update(amount=1)


def test_answers_of_one_order_are_chained_and_proved() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    extra = add_job(order, shop)
    record = services.authorise(order=order, answers={extra.pk: True}, given_by="王建华",
                                channel="phone", by=shop.adviser, at=timezone.now())
    first = order.authorisations.order_by("id").first()
    assert first is not None
    assert record.previous_hash == first.hash
    assert proofs.approvals().differences == []


def test_a_double_submit_returns_the_first_answer() -> None:
    shop = Shop()
    order = make_order(shop)
    job = add_job(order, shop)
    key, now = new_key(), timezone.now()
    answer = {"order": order, "answers": {job.pk: True}, "given_by": "王建华", "channel": "phone",
              "by": shop.adviser, "key": key}
    first = services.authorise(**answer, at=now)
    again = services.authorise(**answer, at=now + timedelta(seconds=1))
    assert first.pk == again.pk
    assert order.authorisations.count() == 1


def test_a_job_that_no_longer_waits_is_not_answered_twice() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    job = order.jobs.get()
    with pytest.raises(BadValue):
        services.authorise(order=order, answers={job.pk: True}, given_by="王建华", channel="phone",
                           by=shop.adviser, at=timezone.now())
    assert order.authorisations.count() == 1


def test_yes_needs_an_open_order_no_does_not() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    extra = add_job(order, shop)
    now = timezone.now()
    services.finish_job(job=order.jobs.get(pk=order.jobs.first().pk), by=shop.technician, at=now)
    services.finish(order=order, by=shop.technician, at=now)
    with pytest.raises(WrongStatus):
        services.authorise(order=order, answers={extra.pk: True}, given_by="王", channel="phone",
                           by=shop.adviser, at=now)
    services.authorise(order=order, answers={extra.pk: False}, given_by="王", channel="phone",
                       by=shop.adviser, at=now)
    extra.refresh_from_db()
    assert extra.status == "declined"
