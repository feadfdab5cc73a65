"""交车: what is asked, what refuses, once only."""

import uuid

import pytest
from django.utils import timezone

from chejian.billing.models import Method
from chejian.billing.services.collection import Tender, collect
from chejian.billing.services.settlement import settle
from chejian.workorders.models import Delivery, WorkOrder
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_station, make_user


@pytest.fixture
def settled(shop) -> WorkOrder:
    order = make.brought_to("completed", shop, odometer=46_820)
    settle(order=order, by=shop.cashier, at=timezone.now())
    order.refresh_from_db()
    return order


@pytest.fixture
def paid(shop, settled) -> WorkOrder:
    due = settled.settlements.get().receivable.open_amount
    collect(order=settled, tenders=[Tender(Method.CASH, due)], by=shop.cashier,
            at=timezone.now())
    settled.refresh_from_db()
    return settled


def sent(**fields):
    return {"odometer_out": "46823", "collected_by": "王建华", "key": uuid.uuid4(),
            "papers": ["settlement", "keys"]} | fields


def test_the_car_leaves_with_reading_papers_and_name(shop, paid) -> None:
    client, address = client_of(shop.adviser), f"/work-orders/{paid.pk}/delivery/"
    assert "46,820" in client.get(address).content.decode()

    response = client.post(address, sent(old_parts_given="on", note="已讲解"))

    assert response.headers["Location"] == f"/work-orders/{paid.pk}/"
    paid.refresh_from_db()
    gone = Delivery.objects.get(order=paid)
    assert (paid.status, gone.odometer_out, gone.collected_by, gone.papers) == (
        "delivered", 46823, "王建华", ["settlement", "keys"])
    assert gone.old_parts_given
    page = client.get(f"/work-orders/{paid.pk}/").content.decode()
    assert "46,823 km" in page
    assert "王建华" in page
    assert client.get(address).headers["Location"] == f"/work-orders/{paid.pk}/"


def test_the_same_form_twice_is_one_delivery(shop, paid) -> None:
    client, form = client_of(shop.adviser), sent()

    for _ in range(2):
        response = client.post(f"/work-orders/{paid.pk}/delivery/", form)
        assert response.status_code == 302

    assert Delivery.objects.count() == 1


def test_unpaid_it_stays_and_says_why(shop, settled) -> None:
    client, address = client_of(shop.adviser), f"/work-orders/{settled.pk}/delivery/"
    assert f"/cashier/{settled.pk}/" in client.get(address).content.decode()

    response = client.post(address, sent())

    settled.refresh_from_db()
    assert (response.status_code, settled.status) == (422, "settled")
    assert settled.odometer_out is None
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("fields", [{"odometer_out": "46000"}, {"odometer_out": ""},
                                    {"collected_by": " "}, {"papers": ["no-such"]}])
def test_what_is_wrong_stands_on_the_form_and_nothing_changes(shop, paid, fields) -> None:
    response = client_of(shop.adviser).post(f"/work-orders/{paid.pk}/delivery/", sent(**fields))

    paid.refresh_from_db()
    assert (response.status_code, paid.status, paid.odometer_out) == (422, "settled", None)


def test_only_whoever_delivers_there(shop, paid) -> None:
    address = f"/work-orders/{paid.pk}/delivery/"
    elsewhere = make_user("service_adviser", make_station("FT"))

    assert client_of(elsewhere).post(address, sent()).status_code == 404
    assert client_of(shop.cashier).post(address, sent()).status_code == 403
    paid.refresh_from_db()
    assert paid.status == "settled"
