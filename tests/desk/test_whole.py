"""The whole picture of a customer and a car: figures, money, what is due, advice, papers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.billing.services.collection import Tender, collect, take_deposit
from chejian.billing.services.reversal import reverse_settlement
from chejian.billing.services.settlement import settle
from chejian.desk.whole import figures, panels
from chejian.desk.whole.advice import declined
from chejian.desk.whole.dues import dues
from chejian.desk.whole.scope import scope_of
from chejian.parties.services import merge_parties
from chejian.vehicles.services import record_odometer
from chejian.workorders.models import PastOrder, WorkOrder
from tests.desk.counting import statements
from tests.factories import parties, vehicles
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_station, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def asked(user):
    return SimpleNamespace(user=user, COOKIES={}, META={})


def settled(shop, **fields) -> WorkOrder:
    order = make.brought_to("completed", shop, **fields)
    return settle(order=order, by=shop.cashier, at=timezone.now())


def past_order(shop, day: date, due: str, **fields) -> PastOrder:
    return PastOrder.objects.create(
        station=shop.station, number=f"OLD-{day}-{fields.get('vehicle') or ''}"[:40],
        opened_on=day, labour=Decimal(due), material=0, other=0, discount=0, due=Decimal(due),
        received=Decimal(due), row=1, import_run=1, **fields,
    )


def test_visits_count_ours_and_the_old_systems_of_every_station(shop) -> None:
    owner = parties.make_party()
    car = vehicles.make_vehicle(owner=owner)
    elsewhere = make.Shop(station=make_station("FT"))
    for place, day in ((shop, 1), (elsewhere, 21)):
        make.brought_to("received", place, vehicle=car, customer=owner,
                        at=datetime(2026, 10, day, 4, tzinfo=UTC))
    make.make_order(shop, vehicle=car, customer=owner)  # a draft is no visit yet
    past_order(shop, date(2026, 9, 11), "100", vehicle=car, customer=owner)
    for subject in (owner, car):
        found = figures.visits(scope_of(asked(shop.cashier), subject))
        assert (found.count, found.past, found.first_on, found.last_on, found.interval) == (
            3, 1, date(2026, 9, 11), date(2026, 10, 21), 20
        )
    nobody = figures.visits(scope_of(asked(shop.cashier), parties.make_party()))
    assert (nobody.count, nobody.interval, nobody.last_on) == (0, None, None)


def test_money_is_what_was_charged_and_what_is_open(shop) -> None:
    owner = parties.make_party(credit_limit=Decimal(5000))
    car = vehicles.make_vehicle(owner=owner)
    order = settled(shop, vehicle=car, customer=owner)
    past_order(shop, date(2024, 5, 2), "321.50", vehicle=car, customer=owner)
    collect(order=order, tenders=[Tender("cash", Decimal(100))], by=shop.cashier,
            at=timezone.now())
    other = make.brought_to("received", shop, vehicle=car, customer=owner)
    take_deposit(order=other, tenders=[Tender("cash", Decimal(60))], by=shop.cashier,
                 at=timezone.now())

    found = figures.money(scope_of(asked(shop.cashier), owner), timezone.localdate())

    total = WorkOrder.objects.get(pk=order.pk).customer_total
    assert [(y.year, y.ours, y.past) for y in found.years] == [
        (timezone.localdate().year, total, 0), (2024, 0, Decimal("321.50"))
    ]
    assert found.lifetime == total + Decimal("321.50")
    assert (found.owed, found.held, found.limit) == (total - 100, 60, 5000)
    of_car = figures.money(scope_of(asked(shop.cashier), car), timezone.localdate())
    assert of_car.lifetime == found.lifetime


def test_a_reversal_takes_the_spending_back(shop) -> None:
    owner = parties.make_party()
    order = settled(shop, customer=owner)
    reverse_settlement(order=order, reason="错", by=shop.manager, at=timezone.now())
    found = figures.money(scope_of(asked(shop.manager), owner), timezone.localdate())
    assert (found.lifetime, found.owed) == (0, 0)


def test_the_money_of_another_station_and_without_permission_stays_hidden(shop) -> None:
    owner = parties.make_party()
    elsewhere = make.Shop(station=make_station("FT"))
    order = settled(elsewhere, customer=owner)
    there = figures.money(scope_of(asked(elsewhere.cashier), owner), timezone.localdate())
    assert there.lifetime == WorkOrder.objects.get(pk=order.pk).customer_total > 0
    here = figures.money(scope_of(asked(shop.cashier), owner), timezone.localdate())
    assert (here.lifetime, here.owed, here.held) == (0, 0, 0)
    looker = make_user("workshop_controller", elsewhere.station)
    assert figures.money(scope_of(asked(looker), owner), timezone.localdate()) is None
    page = client_of(looker).get(f"/customers/{owner.pk}/").content.decode()
    assert "累计消费" not in page
    assert "累计消费" in client_of(elsewhere.cashier).get(
        f"/customers/{owner.pk}/").content.decode()


def test_declined_jobs_are_advice_until_they_are_done(shop) -> None:
    owner = parties.make_party()
    car = vehicles.make_vehicle(owner=owner)
    brake = make.catalog.make_operation(name="更换刹车片")
    wiper = make.catalog.make_operation(name="更换雨刮")
    for _ in range(2):
        order = make.make_order(shop, vehicle=car, customer=owner)
        for operation in (brake, wiper):
            make.add_job(order, shop, operation=operation)
        make.services.receive(order=order, by=shop.adviser, at=timezone.now())
        make.authorise(order, shop, approved=False)
    scope = scope_of(asked(shop.adviser), car)
    assert [(one.job.name, one.times) for one in declined(scope)] == [
        ("更换雨刮", 2), ("更换刹车片", 2)
    ]
    assert all(one.amount == Decimal("144.00") for one in declined(scope))

    make.brought_to("completed", shop, vehicle=car, customer=owner)
    done = make.JobLine.objects.latest("pk")
    make.JobLine.objects.filter(pk=done.pk).update(name="更换雨刮")

    assert [one.job.name for one in declined(scope)] == ["更换刹车片"]
    stranger = scope_of(asked(make.Shop(station=make_station("FT")).adviser), owner)
    assert [(one.job.name, one.amount) for one in declined(stranger)] == [("更换刹车片", None)]


def test_what_is_due_next_comes_from_chain_service_and_papers(shop) -> None:
    car = vehicles.make_vehicle(
        inspection_until=date(2027, 3, 31), insurance_until=date(2026, 11, 1), insurer_name="平安"
    )
    for day, km in ((date(2026, 3, 23), 20_000), (date(2026, 7, 1), 25_000)):
        record_odometer(vehicle=car, reading=km, source="staff", read_on=day, by=None,
                        at=timezone.now())
    car.refresh_from_db()
    assert [(one.on, one.tone) for one in dues([car], TODAY)] == [
        (date(2026, 11, 1), "red"), (date(2027, 3, 31), "grey")
    ]

    order = make.brought_to("delivered", shop, vehicle=car, type_code="maintenance",
                            at=datetime(2026, 7, 1, 4, tzinfo=UTC))
    assert order.status == "delivered"
    service = next(one for one in dues([car], TODAY) if one.what == "保养")
    assert service.on > date(2026, 7, 1)
    assert "2026-07-01" in service.why

    past_order(shop, date(2026, 8, 1), "10", vehicle=car, repair_type="常规保养")
    service = next(one for one in dues([car], TODAY) if one.what == "保养")
    assert "2026-08-01" in service.why


def test_a_car_without_any_service_claims_nothing(shop) -> None:
    car = vehicles.make_vehicle()
    make.brought_to("delivered", shop, vehicle=car)
    assert [one.what for one in dues([car], TODAY)] == []


def test_merged_records_count_as_one(shop) -> None:
    keep, absorb = parties.make_party(), parties.make_party()
    settled(shop, customer=absorb)
    merge_parties(keep=keep, absorb=absorb, reason="", by=shop.manager, at=timezone.now())
    scope = scope_of(asked(shop.cashier), keep)
    assert figures.visits(scope).count == 1
    assert figures.money(scope, timezone.localdate()).lifetime > 0


@pytest.mark.parametrize("kind", ["party", "vehicle"])
def test_the_page_costs_the_same_for_one_visit_and_for_fifty(shop, kind) -> None:
    owner = parties.make_party()
    car = vehicles.make_vehicle(owner=owner, insurance_until=TODAY)
    address = f"/customers/{owner.pk}/" if kind == "party" else f"/vehicles/{car.pk}/"
    client, counts = client_of(shop.adviser), []
    made = 0
    for rows in (1, 3, 50):
        for _ in range(rows - made):
            order = make.make_order(shop, vehicle=car, customer=owner)
            make.add_job(order, shop)
            make.services.receive(order=order, by=shop.adviser, at=timezone.now())
            make.authorise(order, shop, approved=False)
        made = rows
        counts.append(statements(client, address))
    assert len(set(counts)) == 1, counts


def test_a_fleet_costs_the_same_for_one_car_and_for_fifty(shop) -> None:
    owner, client, counts = parties.make_party(), client_of(shop.adviser), []
    made = 0
    for rows in (1, 3, 50):
        for _ in range(rows - made):
            car = vehicles.make_vehicle(owner=owner, insurance_until=TODAY)
            record_odometer(vehicle=car, reading=100, source="staff",
                            read_on=TODAY - timedelta(days=60), by=None, at=timezone.now())
        made = rows
        counts.append(statements(client, f"/customers/{owner.pk}/"))
    assert len(set(counts)) == 1, counts
    with CaptureQueriesContext(connection) as seen:
        panels.dues(panels._cars(owner), TODAY)
    assert len(seen.captured_queries) == 4
