"""Values measured at the work, the shop's own list, and the inspector who sees both."""

import uuid

import pytest
from django.utils import timezone

from chejian.catalog.models import RepairClass
from chejian.core.errors import NotPermitted
from chejian.quality.errors import BadInspection
from chejian.quality.models import InspectionTemplate, Reading
from chejian.quality.queries import items_at_work, items_for, last_readings
from chejian.quality.services import Measured, ensure_defaults, measure, save_item
from chejian.workorders.errors import WrongStatus
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.timeline import SENTENCES
from tests.factories.accounts import client_of, make_user
from tests.factories.workorders import Shop, brought_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]


@pytest.fixture
def tread() -> InspectionTemplate:
    ensure_defaults()
    return InspectionTemplate.objects.get(name="轮胎花纹深度")


def working(shop: Shop) -> tuple[WorkOrder, JobLine]:
    order = brought_to("in_progress", shop)
    return order, order.jobs.get()


def test_the_technician_measures_on_his_phone_and_the_inspector_sees_it(
    tread: InspectionTemplate,
) -> None:
    shop = Shop()
    order, job = working(shop)
    client, key = client_of(shop.technician), uuid.uuid4()
    page = client.get(f"/my-jobs/{job.pk}/").content.decode()
    assert f'name="measured_{tread.pk}"' in page

    form = {"key": key, f"measured_{tread.pk}": "1.4", f"item_{tread.pk}": "bad"}
    for _ in range(2):
        assert client.post(f"/my-jobs/{job.pk}/measurements/", form).status_code == 302

    reading = Reading.objects.get()
    assert (reading.name, reading.measured, reading.unit, reading.passed, reading.by) == (
        "轮胎花纹深度", "1.4", "mm", False, shop.technician)
    assert "1.4" in client.get(f"/my-jobs/{job.pk}/").content.decode()
    _who, sentence = SENTENCES["job.measured"]
    assert "1.4 mm" in sentence({"name": job.name, "values": str(reading)})
    shop.controller  # noqa: B018 - made before the order goes on
    seen = client_of(shop.inspector).get(f"/work-orders/{order.pk}/inspections/")
    assert "1.4 mm" in seen.content.decode()


def test_a_later_value_stands_beside_the_earlier_one() -> None:
    shop = Shop()
    order, job = working(shop)
    for value in ("1.4", "7.5"):
        measure(job=job, items=[Measured("轮胎花纹深度", True, value, "≥ 1.6", "mm")],
                by=shop.technician, at=timezone.now())
    assert Reading.objects.count() == 2
    assert last_readings(order)["轮胎花纹深度"].measured == "7.5"


def test_only_his_own_job_and_only_what_was_measured() -> None:
    shop = Shop()
    _order, job = working(shop)
    item = Measured("轮胎花纹深度", True, "7", "", "mm")
    with pytest.raises(NotPermitted):
        measure(job=job, items=[item], by=make_user("technician", shop.station),
                at=timezone.now())
    with pytest.raises(BadInspection):
        measure(job=job, items=[Measured("轮胎花纹深度", True, " ")], by=shop.technician,
                at=timezone.now())
    done = brought_to("settled", Shop(shop.station))
    with pytest.raises(WrongStatus):
        measure(job=done.jobs.get(), items=[item], by=shop.manager, at=timezone.now())
    assert not Reading.objects.exists()


def test_an_item_belongs_to_every_class_or_to_those_ticked(tread: InspectionTemplate) -> None:
    shop = Shop()
    order, job = working(shop)
    other = RepairClass.objects.exclude(pk=order.repair_class_id).order_by("pk")[0]
    assert tread in items_at_work(job)
    save_item(item=tread, repair_classes=[other], by=shop.manager, at=timezone.now())
    assert tread not in items_for(order)
    save_item(item=tread, repair_classes=[other, order.repair_class], by=shop.manager,
              at=timezone.now())
    assert list(items_for(order)).count(tread) == 1


def test_the_list_is_the_shops_own(tread: InspectionTemplate) -> None:
    shop = Shop()
    client = client_of(shop.manager)
    page = client.get("/settings/inspection-items/").content.decode()
    assert "轮胎花纹深度" in page
    new = {"name": "蓄电池内阻", "standard": "≤ 6", "unit": "mΩ", "at_work": "on", "position": "30",
           "active": "on"}
    assert client.post("/settings/inspection-items/new/", new).status_code == 302
    assert client.post("/settings/inspection-items/new/", new).status_code == 422
    made = InspectionTemplate.objects.get(name="蓄电池内阻")
    assert (made.standard, made.unit, made.at_work) == ("≤ 6", "mΩ", True)
    with pytest.raises(NotPermitted):
        save_item(item=tread, name="x", by=shop.technician, at=timezone.now())
    tread.refresh_from_db()
    assert tread.name == "轮胎花纹深度"
