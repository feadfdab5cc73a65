"""Opening, the head, concerns, the walk-around."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.core.errors import Conflict, NotPermitted
from chejian.core.models import SearchEntry, StoredFile
from chejian.core.replay import new_key
from chejian.workorders import services
from chejian.workorders.errors import BadValue, WalkaroundSigned
from chejian.workorders.models import WorkOrder
from tests.factories import parties, vehicles
from tests.factories.accounts import make_station, make_user
from tests.factories.workorders import Shop, brought_to, make_order, repair_type

pytestmark = pytest.mark.django_db


def test_an_order_copies_what_is_true_today() -> None:
    shop = Shop()
    customer = parties.make_party(price_level="member")
    car = vehicles.make_vehicle("粤BD12345", labour_class="NEV")
    order = make_order(shop, customer=customer, vehicle=car, odometer=46_820, fuel_percent=40,
                       concerns=[services.Said("刹车响", "冷车", "每天"), "顺便保养"])
    assert (order.status, order.plate, order.price_level, order.labour_class) == (
        "draft", "粤BD12345", "member", "NEV"
    )
    assert [said.text for said in order.concerns.all()] == ["刹车响", "顺便保养"]
    assert car.odometer_events.get().reading == 46_820
    assert SearchEntry.objects.get(kind="order").subject_id == order.pk


def test_a_double_submit_opens_one_order() -> None:
    shop = Shop()
    key, car, customer = new_key(), vehicles.make_vehicle(), parties.make_party()
    first, again = (make_order(shop, vehicle=car, customer=customer, key=key) for _ in range(2))
    assert first == again
    assert WorkOrder.objects.count() == 1


def test_only_who_may_opens_and_only_at_his_station() -> None:
    shop = Shop()
    stranger = make_user("service_adviser", make_station("FT"))
    for person in (shop.technician, stranger):
        with pytest.raises(NotPermitted):
            services.open_order(
                station_id=shop.station.pk, vehicle=vehicles.make_vehicle(),
                customer=parties.make_party(), repair_type=repair_type(), by=person,
                at=timezone.now(),
            )
    assert not WorkOrder.objects.exists()


def test_numbers_are_drawn_without_gaps() -> None:
    shop = Shop()
    first = make_order(shop)
    with pytest.raises(BadValue), transaction.atomic():
        make_order(shop, fuel_percent=140)
    second = make_order(shop)
    year = f"{timezone.localdate().year % 100:02d}"
    assert [first.number, second.number] == [f"WO-NS-{year}-000001", f"WO-NS-{year}-000002"]


def test_the_head_is_changed_by_version() -> None:
    shop = Shop()
    order = make_order(shop)
    promised = timezone.now() + timedelta(hours=5)
    services.update_head(order=order, version=1, promised_at=promised, priority=1,
                         by=shop.adviser, at=timezone.now())
    assert (order.version, order.priority) == (2, 1)
    with pytest.raises(Conflict):
        services.update_head(order=order, version=1, priority=4, by=shop.adviser,
                             at=timezone.now())
    with pytest.raises(NotPermitted):
        services.update_head(order=order, version=2, priority=4, by=shop.storekeeper,
                             at=timezone.now())
    order.refresh_from_db()
    assert order.priority == 1


def test_concerns_are_written_found_and_struck_out() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    now = timezone.now()
    said = services.add_concern(order=order, text="  刹车响 ", when="冷车", by=shop.adviser, at=now)
    services.update_concern(concern=said, diagnosis="制动片 2.8 mm", by=shop.technician, at=now)
    with pytest.raises(NotPermitted), transaction.atomic():
        services.update_concern(concern=said, text="改", by=shop.technician, at=now)
    said.refresh_from_db()
    assert (said.text, said.diagnosis) == ("刹车响", "制动片 2.8 mm")
    services.remove_concern(concern=said, by=shop.adviser, at=now)
    assert not order.concerns.exists()


def test_a_signed_sheet_is_not_changed() -> None:
    shop = Shop()
    order = make_order(shop)
    now = timezone.now()
    mark = services.Mark("bonnet", Decimal("0.42"), Decimal("0.55"), "scratch", "8 cm")
    sheet = services.record_walkaround(order=order, marks=[mark], belongings="雨伞",
                                       by=shop.adviser, at=now)
    assert [row.panel for row in sheet.marks.all()] == ["bonnet"]
    assert order.walkaround_settled is False
    file = StoredFile.objects.create(sha256="0" * 64, kind="signature", size=1,
                                     content_type="image/png")
    services.sign_walkaround(order=order, signature=file, name="王建华", by=shop.adviser, at=now)
    assert order.walkaround_settled is True
    with pytest.raises(WalkaroundSigned):
        services.record_walkaround(order=order, marks=[], by=shop.adviser, at=now)
    assert sheet.marks.count() == 1


def test_marks_outside_a_panel_are_refused() -> None:
    shop = Shop()
    order = make_order(shop)
    with pytest.raises(BadValue):
        services.record_walkaround(
            order=order, by=shop.adviser, at=timezone.now(),
            marks=[services.Mark("bonnet", Decimal("1.2"), Decimal(0), "scratch")],
        )
    assert not hasattr(WorkOrder.objects.get(pk=order.pk), "walkaround")
