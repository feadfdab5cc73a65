"""Final inspection: items, verdict, rework, certificate."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.catalog.models import RepairClass
from chejian.core.errors import NotPermitted, Refused
from chejian.core.replay import new_key
from chejian.quality import services
from chejian.quality.errors import BadInspection
from chejian.quality.models import Certificate, Inspection, InspectionTemplate
from chejian.quality.services import Measured
from chejian.quality.tasks import make_certificate
from chejian.workorders import services as work
from chejian.workorders.models import OrderPaper, WorkOrder
from tests.factories.accounts import client_of
from tests.factories.workorders import Shop, brought_to

pytestmark = pytest.mark.django_db

GOOD = Measured("前制动片厚度", passed=True, measured="8.2", standard="≥ 3.0", unit="mm")
BAD = Measured("泄漏检查", passed=False)


def inspect(order: WorkOrder, shop: Shop, verdict: str, *items: Measured, **more) -> Inspection:
    return services.inspect(order=order, verdict=verdict, items=items, by=shop.inspector,
                            at=timezone.now(), **more)


def in_class(shop: Shop, code: str) -> WorkOrder:
    order = brought_to("pending_inspection", shop, odometer=46_820)
    work.update_head(order=order, version=None, repair_class=RepairClass.objects.get(code=code),
                     by=shop.adviser, at=timezone.now())
    return order


def test_a_pass_completes_and_keeps_what_was_measured() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    made = inspect(order, shop, "passed", GOOD, road_test_km=Decimal("3.5"))
    assert (order.status, made.round, made.self_inspection) == ("completed", 1, False)
    item = made.items.get()
    assert (item.name, item.measured, item.unit, item.passed) == ("前制动片厚度", "8.2", "mm", True)
    assert not Certificate.objects.exists()


def test_a_failed_item_cannot_pass() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    assert shop.inspector
    with pytest.raises(BadInspection), transaction.atomic():
        inspect(order, shop, "passed", GOOD, BAD)
    order.refresh_from_db()
    assert order.status == "pending_inspection"
    assert not Inspection.objects.exists()


def test_a_failure_wants_a_reason_and_opens_the_next_round() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    assert shop.inspector
    with pytest.raises(Refused), transaction.atomic():
        inspect(order, shop, "failed", BAD)
    first = inspect(order, shop, "failed", BAD, reason="渗油")
    assert (order.status, order.rework_round, first.reason) == ("in_progress", 1, "渗油")
    job = order.jobs.get()
    work.start_job(job=job, technician=shop.technician, by=shop.technician, at=timezone.now())
    work.finish_job(job=job, by=shop.technician, at=timezone.now())
    work.finish(order=order, by=shop.technician, at=timezone.now())
    second = inspect(order, shop, "passed", GOOD)
    assert (second.round, order.status) == (2, "completed")


def test_only_inspectors_inspect() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    with pytest.raises(NotPermitted), transaction.atomic():
        services.inspect(order=order, verdict="passed", items=[], by=shop.adviser,
                         at=timezone.now())
    order.refresh_from_db()
    assert order.status == "pending_inspection"


def test_a_double_submit_records_one_round() -> None:
    shop = Shop()
    order = brought_to("pending_inspection", shop)
    key = new_key()
    first = inspect(order, shop, "passed", GOOD, key=key)
    assert inspect(order, shop, "passed", GOOD, key=key) == first
    assert order.inspections.count() == 1


def test_the_classes_that_need_one_get_a_certificate() -> None:
    shop = Shop()
    order = in_class(shop, "second")
    inspect(order, shop, "passed", GOOD)
    certificate = Certificate.objects.get(order=order)
    assert certificate.number.startswith("CC-NS-")
    paper = OrderPaper.objects.get(order=order, kind="certificate")
    assert (paper.status, paper.subject_id) == ("queued", certificate.pk)
    make_certificate(paper_id=paper.pk)
    paper.refresh_from_db()
    assert paper.error == ""
    assert paper.status == "ready"
    assert paper.file is not None
    assert paper.file.size > 10_000


def test_an_order_reopened_and_passed_again_gets_a_new_certificate() -> None:
    shop = Shop()
    order = in_class(shop, "second")
    inspect(order, shop, "passed", GOOD)
    work.reopen(order=order, reason="复检", by=shop.manager, at=timezone.now())
    work.finish(order=order, by=shop.controller, at=timezone.now())
    inspect(order, shop, "passed", GOOD)
    assert order.certificates.count() == 2


def test_the_usual_items_are_made_once() -> None:
    assert services.ensure_defaults() == 12
    assert services.ensure_defaults() == 0
    assert InspectionTemplate.objects.count() == 12


def test_the_form() -> None:
    shop = Shop()
    services.ensure_defaults()
    order = brought_to("pending_inspection", shop)
    url = f"/work-orders/{order.pk}/inspections/"
    client = client_of(shop.inspector)
    assert client.get(url).status_code == 200
    item = InspectionTemplate.objects.all()[3]
    key = str(new_key())
    bad = client.post(url, {"verdict": "passed", "key": key, f"item_{item.pk}": "bad"})
    assert bad.status_code == 422
    order.refresh_from_db()
    assert order.status == "pending_inspection"
    good = client.post(url, {"verdict": "passed", "key": str(new_key()), f"item_{item.pk}": "ok",
                             f"measured_{item.pk}": "8.2", "road_test_km": "2"})
    assert good.status_code == 302
    order.refresh_from_db()
    assert order.status == "completed"
    assert order.inspections.get().items.get().measured == "8.2"
    assert client_of(shop.adviser).get(url).status_code == 403
