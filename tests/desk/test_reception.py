"""接车: all or nothing, once."""

import uuid

from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import WorkOrder
from tests.factories.accounts import client_of
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle
from tests.factories.workorders import repair_type


def typed(**fields):
    return {"plate": "粤B12345", "phone": "13800138000", "name": "王建华", "body": "sedan",
            "repair_type": repair_type().pk, "priority": "3", "old_parts": "leave",
            "concern_0": "刹车异响", "marks": "[]", "key": uuid.uuid4()} | fields


def test_a_new_car_needs_a_plate_and_a_phone(shop) -> None:
    response = client_of(shop.adviser).post("/reception/", typed())

    order = WorkOrder.objects.get()
    assert response.headers["Location"] == f"/work-orders/{order.pk}/"
    assert (order.status, order.plate, order.customer.name) == ("received", "粤B12345", "王建华")
    assert [concern.text for concern in order.concerns.all()] == ["刹车异响"]


def test_the_same_form_twice_opens_one_order(shop) -> None:
    client, form = client_of(shop.adviser), typed()

    for _ in range(2):
        assert client.post("/reception/", form).status_code == 302

    assert (WorkOrder.objects.count(), Vehicle.objects.count(), Party.objects.count()) == (1, 1, 1)


def test_what_is_missing_stands_at_its_field_and_nothing_is_made(shop) -> None:
    response = client_of(shop.adviser).post("/reception/", typed(plate="", phone=""))

    assert response.status_code == 422
    assert response.content.decode().count('aria-invalid="true"') == 2
    assert not WorkOrder.objects.exists()
    assert not Party.objects.exists()


def test_a_mistake_halfway_leaves_no_half_made_customer(shop) -> None:
    bad = '[{"panel": "bonnet", "x": "7", "y": "0.5", "kind": "scratch"}]'

    response = client_of(shop.adviser).post("/reception/", typed(marks=bad))

    assert response.status_code == 422
    assert (WorkOrder.objects.count(), Vehicle.objects.count(), Party.objects.count()) == (0, 0, 0)


def test_a_known_car_comes_with_its_owner(shop) -> None:
    owner = make_party("李娜")
    car = make_vehicle("粤B55555", owner=owner)

    client_of(shop.adviser).post("/reception/", typed(plate="粤B·55555", phone="", name=""))

    order = WorkOrder.objects.get()
    assert (order.vehicle, order.customer) == (car, owner)


def test_a_draft_is_kept_as_a_draft(shop) -> None:
    client_of(shop.adviser).post("/reception/", typed(draft="1"))

    assert WorkOrder.objects.get().status == "draft"


def test_only_whoever_receives_cars(shop) -> None:
    for role in ("technician", "storekeeper", "cashier"):
        assert client_of(shop.person(role)).post("/reception/", typed()).status_code == 403
    assert not WorkOrder.objects.exists()


def test_the_last_four_are_enough(shop) -> None:
    make_vehicle("粤B73451", owner=make_party("李娜"))

    found = client_of(shop.adviser).get("/reception/matches/", {"plate": "3451"})

    assert "李娜" in found.content.decode()
