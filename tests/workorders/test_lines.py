"""Prices, discounts, payers, and what an edit does to the approval."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.accounts.services import decide
from chejian.core.errors import Conflict, NotPermitted, Refused
from chejian.workorders import services
from chejian.workorders.errors import (
    BadValue,
    DiscountTooLarge,
    PriceNotYours,
    SharesNotOne,
    WorkBegun,
    WrongStatus,
)
from chejian.workorders.queries import payer_shares
from tests.factories import catalog
from tests.factories.workorders import Shop, add_job, add_part, authorise, brought_to, make_order

pytestmark = pytest.mark.django_db


def test_prices_come_from_the_catalogue() -> None:
    shop = Shop()
    order = make_order(shop)
    job = add_job(order, shop)
    part = catalog.make_part(retail_price=Decimal(38), member_price=Decimal("34.2"))
    line = add_part(job, shop, part, 2)
    assert (job.rate, job.amount) == (Decimal("120.0000"), Decimal("144.00"))
    assert (line.unit_price, line.amount) == (Decimal("38.0000"), Decimal("76.00"))
    order.refresh_from_db()
    assert (order.total, order.proposed_total) == (0, Decimal("220.00"))


def test_an_approved_order_counts() -> None:
    shop = Shop()
    order = make_order(shop)
    add_part(add_job(order, shop), shop, catalog.make_part())
    authorise(order, shop)
    order.refresh_from_db()
    assert (order.labour_total, order.parts_total, order.total, order.proposed_total) == (
        Decimal("144.00"), Decimal("100.00"), Decimal("244.00"), 0
    )


def test_another_price_needs_its_permission_and_is_recorded() -> None:
    shop = Shop()
    line = add_part(add_job(make_order(shop), shop), shop, catalog.make_part())
    with pytest.raises(PriceNotYours), transaction.atomic():
        services.update_part(line=line, version=None, unit_price=Decimal(90), by=shop.adviser,
                             at=timezone.now())
    line.refresh_from_db()
    assert (line.unit_price, line.version) == (Decimal("100.0000"), 1)
    services.update_part(line=line, version=1, unit_price=Decimal(90), by=shop.manager,
                         at=timezone.now())
    line.refresh_from_db()
    assert (line.amount, line.overridden_by, line.version) == (Decimal("90.00"), shop.manager, 2)


def test_a_discount_above_the_limit_needs_an_approval() -> None:
    shop = Shop()
    order = make_order(shop)
    line = add_part(add_job(order, shop), shop, catalog.make_part())
    now = timezone.now()
    services.update_part(line=line, version=None, discount=Decimal(5), by=shop.adviser, at=now)
    with pytest.raises(DiscountTooLarge) as refused, transaction.atomic():
        services.update_part(line=line, version=None, discount=Decimal(12), by=shop.adviser, at=now)
    assert refused.value.data == {"wanted": Decimal("12.00"), "limit": Decimal("5.00")}
    asked = services.ask_discount(order=order, line=line, amount=Decimal(12), reason="老客户",
                                  by=shop.adviser, at=now)
    decide(request=asked, approve=True, by=shop.manager, at=now)
    services.update_part(line=line, version=None, discount=Decimal(12), by=shop.adviser, at=now)
    line.refresh_from_db()
    assert line.discount == Decimal("12.00")
    asked.refresh_from_db()
    assert asked.status == "used"


def test_order_discount_and_rounding_off() -> None:
    shop = Shop()
    order = brought_to("completed", shop)
    now = timezone.now()
    with pytest.raises(DiscountTooLarge):
        services.set_discounts(order=order, order_discount=Decimal(10), round_off=Decimal(0),
                               by=shop.cashier, at=now)
    services.set_discounts(order=order, order_discount=Decimal("7.20"), round_off=Decimal("0.80"),
                           by=shop.cashier, at=now)
    assert (order.total, order.customer_total, order.discount_total) == (
        Decimal("136.00"), Decimal("136.00"), Decimal("8.00")
    )
    job = order.jobs.get()
    services.update_job(job=job, version=None, flat_hours=Decimal(1), by=shop.adviser, at=now)
    order.refresh_from_db()
    assert (order.round_off, order.order_discount, order.discount_approved) == (
        0, Decimal("7.20"), False
    )
    with pytest.raises(Refused) as refused:
        services.mark_settled(order=order, by=shop.cashier, at=now)
    assert [refusal.code for refusal in refused.value.refusals] == ["discount_too_large"]


def test_the_payers_of_a_split_line_sum_to_it() -> None:
    shop = Shop()
    order = make_order(shop)
    line = add_part(add_job(order, shop), shop, catalog.make_part(retail_price=Decimal("99.99")))
    authorise(order, shop)
    third = Decimal("0.3333")
    services.split_line(line=line, shares={"maker": third, "goodwill": third,
                                           "customer": Decimal("0.3334")},
                        by=shop.adviser, at=timezone.now())
    shares = [share for share in payer_shares(order) if share.kind == "part"]
    assert [(share.payer, share.payable) for share in shares] == [
        ("maker", Decimal("33.33")), ("goodwill", Decimal("33.33")), ("customer", Decimal("33.33"))
    ]
    assert sum(share.payable for share in shares) == Decimal("99.99")
    order.refresh_from_db()
    assert order.customer_total == Decimal("144.00") + Decimal("33.33")
    with pytest.raises(SharesNotOne), transaction.atomic():
        services.split_line(line=line, shares={"maker": third}, by=shop.adviser, at=timezone.now())


def test_what_costs_more_revokes_the_approval_and_keeps_the_technician() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    job = order.jobs.get()
    now = timezone.now()
    services.assign(jobs=[job], technicians=[shop.technician], by=shop.controller, at=now)
    services.update_job(job=job, version=None, flat_hours=Decimal(1), by=shop.adviser, at=now)
    assert job.status == "assigned"
    add_part(job, shop, catalog.make_part())
    job.refresh_from_db()
    assert job.status == "proposed"
    authorise(order, shop)
    job.refresh_from_db()
    assert job.status == "assigned"
    assert job.assignments.get().technician == shop.technician


def test_begun_work_is_not_made_dearer() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    job = order.jobs.get()
    with pytest.raises(WorkBegun), transaction.atomic():
        add_part(job, shop, catalog.make_part())
    assert not order.part_lines.exists()
    add_part(job, shop, catalog.make_part(), payer="internal")
    job.refresh_from_db()
    assert job.status == "working"
    extra = add_job(order, shop, found_by=shop.technician)
    assert (extra.additional, extra.status) == (True, "proposed")


def test_two_edits_of_one_line_conflict() -> None:
    shop = Shop()
    job = add_job(make_order(shop), shop)
    now = timezone.now()
    services.update_job(job=job, version=1, flat_hours=Decimal(2), by=shop.adviser, at=now)
    with pytest.raises(Conflict) as conflict:
        services.update_job(job=job, version=1, flat_hours=Decimal(3), by=shop.adviser, at=now)
    assert conflict.value.data["version"] == 2
    job.refresh_from_db()
    assert job.flat_hours == 2


def test_a_technician_proposes_on_his_own_orders_only() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    found = services.add_job(order=order, name="球头松旷", flat_hours=Decimal(1),
                             found_by=shop.technician, by=shop.technician, at=timezone.now())
    assert found.status == "proposed"
    other = brought_to("received", Shop(station=shop.station))
    with pytest.raises(NotPermitted):
        services.add_job(order=other, name="球头松旷", by=shop.technician, at=timezone.now())
    with pytest.raises(NotPermitted), transaction.atomic():
        services.update_job(job=order.jobs.first(), version=None, flat_hours=Decimal("0.1"),
                            by=shop.technician, at=timezone.now())


def test_a_template_brings_jobs_and_parts() -> None:
    from chejian.catalog.models import JobTemplate, JobTemplateJob, JobTemplatePart

    shop = Shop()
    order = make_order(shop)
    template = JobTemplate.objects.create(name="小保养")
    row = JobTemplateJob.objects.create(template=template, operation=catalog.make_operation())
    JobTemplatePart.objects.create(job=row, part=catalog.make_part(), quantity=Decimal(4))
    made = services.apply_template(order=order, template=template, by=shop.adviser,
                                   at=timezone.now())
    assert [(job.name, job.parts.get().quantity) for job in made] == [("更换前刹车片", 4)]
    order.refresh_from_db()
    assert order.proposed_total == Decimal("544.00")


def test_nothing_is_added_after_completion() -> None:
    shop = Shop()
    order = brought_to("completed", shop)
    with pytest.raises(WrongStatus):
        add_job(order, shop)
    with pytest.raises(BadValue):
        services.add_job(order=make_order(shop), by=shop.adviser, at=timezone.now())
