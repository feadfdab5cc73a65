"""Orders of the old system on the screen: a list, a page, panels; money for whom it is."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from chejian.accounts.models import Station, User
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import PastOrder
from chejian.workorders.services.past import (
    PastLineRecord,
    PastOrderRecord,
    import_past_lines,
    import_past_orders,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(defaults: None) -> Vehicle:
    return Vehicle.objects.create(
        plate="粤B12345", plate_kind="02", owner=Party.objects.create(name="解超")
    )


def made(station: Station, car: Vehicle, number: str = "WX1", **more: object) -> PastOrder:
    record = PastOrderRecord(
        number=number, opened_on=date(2026, 1, 5), row=2, vehicle_id=car.pk,
        customer_id=car.owner_id, plate=car.plate, adviser="周敏", concern="刹车异响",
        material=Decimal(418), due=Decimal("418.88"), received=Decimal(418), payment="微信+现金",
        **more,  # type: ignore[arg-type]
    )
    import_past_orders(station=station, records=[record], import_run=7)
    order = PastOrder.objects.get(station=station, number=number)
    line = PastLineRecord(
        order.pk, "labour", "更换前刹车片", unit_price=Decimal(60), amount=Decimal("60.66"),
        people=("陈志强", "林海"),
    )
    import_past_lines(station=station, records=[line], import_run=8)
    return order


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_its_page_has_lines_people_and_money(car: Vehicle, station: Station, adviser: User) -> None:
    order = made(station, car, adds_up=False, odometer=None, odometer_stated=500000)
    text = _client(adviser).get(f"/past-orders/{order.pk}/").content.decode()
    for word in ("更换前刹车片", "陈志强、林海", "418.88", "60.66", "周敏", "微信+现金", "500,000",
                 f"/vehicles/{car.pk}/", f"/customers/{car.owner_id}/"):
        assert word in text
    assert "合不上" in text or "对不上" in text


def test_who_sees_no_money_sees_the_work(
    car: Vehicle, station: Station, make_user: Callable[..., User]
) -> None:
    order = made(station, car)
    client = _client(make_user("workshop_controller", station))
    for url in (f"/past-orders/{order.pk}/", "/past-orders/", f"/vehicles/{car.pk}/"):
        text = client.get(url).content.decode()
        assert "更换前刹车片" in text
        assert "418.88" not in text
        assert "60.66" not in text


def test_another_stations_show_without_money_and_link(
    car: Vehicle, make_station: Callable[..., Station], station: Station, adviser: User
) -> None:
    order = made(make_station("FT"), car)
    client = _client(adviser)
    assert client.get(f"/past-orders/{order.pk}/").status_code == 404
    text = client.get(f"/vehicles/{car.pk}/").content.decode()
    assert "更换前刹车片" in text
    assert "418.88" not in text
    assert f"/past-orders/{order.pk}/" not in text
    assert "WX1" not in client.get("/past-orders/").content.decode()


def test_customer_and_car_show_theirs(car: Vehicle, station: Station, adviser: User) -> None:
    order = made(station, car)
    client = _client(adviser)
    for url in (f"/vehicles/{car.pk}/", f"/customers/{car.owner_id}/"):
        text = client.get(url).content.decode()
        assert f"/past-orders/{order.pk}/" in text
        assert "418.88" in text


def test_the_list_finds_by_number_plate_and_what_is_wrong(
    car: Vehicle, station: Station, adviser: User
) -> None:
    made(station, car, "WX250826000-0")
    lost = PastOrderRecord(
        number="WX9", opened_on=date(2026, 1, 6), row=3, plate="粤B00000", adds_up=False
    )
    import_past_orders(station=station, records=[lost], import_run=7)
    client = _client(adviser)

    def shown(query: str) -> set[str]:
        text = client.get(f"/past-orders/?{query}").content.decode()
        return {number for number in ("WX250826000-0", "WX9") if number in text}

    assert shown("") == {"WX250826000-0", "WX9"}
    assert shown("q=250826") == {"WX250826000-0"}
    assert shown("q=12345") == {"WX250826000-0"}
    assert shown("state=carless") == {"WX9"}
    assert shown("state=odd") == {"WX9"}


@pytest.mark.parametrize("count", [1, 3, 50])
def test_as_many_statements_for_many(
    count: int, car: Vehicle, station: Station, adviser: User, django_assert_max_num_queries
) -> None:
    for number in range(count):
        made(station, car, f"WX{number}")
    client = _client(adviser)
    client.get("/")
    with django_assert_max_num_queries(22):
        client.get("/past-orders/?size=50")
