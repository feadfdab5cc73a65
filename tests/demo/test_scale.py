"""The demo at scale: the same seed gives the same data, and every law and ledger holds on it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from urllib.parse import quote

import pghistory
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from chejian.accounts.models import Station, User
from chejian.catalog.models import RepairType
from chejian.core import lists
from chejian.core.checks import run_checks
from chejian.demo.scale import fleet, proofs, run
from chejian.demo.scale.calendar import days_until, share_out, weight
from chejian.demo.scale.mould import Holes, MouldError, Source
from chejian.demo.scale.plan import REST_DAYS, draw
from chejian.demo.scale.tables import Table, read_tables
from chejian.vehicles.models import Vehicle
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder
from tests.demo.reading import long_scans, sizes
from tests.factories.workorders import make_order

UNTIL = date(2026, 11, 21)
NOW = datetime.combine(UNTIL, datetime.min.time(), timezone.get_default_timezone())
COUNT = 1500
PEOPLE = ("linxiaowen", "liuzhan", "sunli", "wumin", "admin")
LISTS = sorted(lists.registered().values(), key=lambda spec: spec.name)
#: lists that add up what hangs on each row shown: a fleet has more orders than one car
ADDED_UP = {"query-customers": ("workorders_workorder",),
            "query-vehicles": ("workorders_workorder",)}
TYPED = ("粤B", "粤B7", "7919", "陈志", "czq", "chen", "WO-NS-25-0000", "刹车", "机油滤",
         "粤BA79I9")
#: they fit some hundred papers here, which the lists of money go through
SHARED = ("chen", "WO-NS-25-0000")


@dataclass(frozen=True)
class Poured:
    told: run.Told
    first: dict[str, tuple[int, str]]
    second: dict[str, tuple[int, str]]


def restart_ids():
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) "
                       "FROM pg_sequences WHERE schemaname = 'public' "
                       "AND sequencename NOT LIKE 'django%'")  # the migrations stay


def sums(spans):
    """One checksum per table over the rows that were poured; the history's context is random."""
    found, tables = {}, read_tables()
    with connection.cursor() as cursor:
        for name, (first, last) in spans.items():
            key = tables[name].key
            cursor.execute(
                f"SELECT count(*), md5(string_agg((to_jsonb(t) - 'pgh_context_id')::text, ',' "
                f"ORDER BY {key})) FROM {name} t WHERE {key} BETWEEN %s AND %s", [first, last])
            found[name] = cursor.fetchone()
    return found


def build(seed):
    restart_ids()
    with translation.override("zh-hans"), pghistory.context(task="demo"):
        return run.build(COUNT, seed, NOW, lambda _text: None, today=False)


@pytest.mark.usefixtures("defaults")
def test_what_no_trigger_has_seen_is_proved():
    """A status without its change, a reference without its row: each is named."""
    order = make_order()
    assert proofs.prove() == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE workorders_workorder SET status = 'closed', adviser_id = 987654321")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert proofs.prove() == [
        "workorders_workorder.adviser_id = 987654321: no such row of accounts_user",
        f"workorders_workorder {order.pk}: its changes do not lead to its status",
    ]
    with connection.cursor() as cursor:  # as it was, or the end of the test would speak
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE workorders_workorder SET adviser_id = %s", [order.adviser_id])


@pytest.fixture(scope="module")
def poured(django_db_setup, django_db_blocker) -> Iterator[Poured]:
    """The same seed twice; what was made the second time stays for the tests of this page."""
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            first = sums(build(5).spans)
            transaction.set_rollback(True)
        told = build(5)
        yield Poured(told, first, sums(told.spans))
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_gives_the_same_data(poured):
    assert poured.second == poured.first
    assert [name for name, (rows, _sum) in poured.first.items() if not rows] == []
    assert poured.first["workorders_workorder"][0] == WorkOrder.objects.count() == COUNT


@pytest.mark.slow
@pytest.mark.django_db
def test_every_ledger_and_every_law_holds_on_it(poured):
    assert [line for result in run_checks() for line in result.proof.differences] == []
    assert proofs.prove() == []
    assert poured.told.orders == COUNT
    assert set(WorkOrder.objects.values_list("status", flat=True)) == {"closed", "cancelled"}
    assert not WorkOrder.objects.filter(opened_at__gte=NOW).exists()
    assert Vehicle.objects.count() == poured.told.cars


@pytest.mark.slow
@pytest.mark.django_db
def test_ids_and_numbers_go_on_after_it(poured):
    station, person = Station.objects.get(code="NS"), User.objects.get(username="linxiaowen")
    last = WorkOrder.objects.filter(number__startswith="WO-NS-26-").order_by("-number")[0]
    car = Vehicle.objects.exclude(owner=None).order_by("pk")[0]
    order = work.open_order(
        station_id=station.pk, vehicle=car, customer=car.owner, by=person, at=NOW,
        repair_type=RepairType.objects.filter(active=True).order_by("pk")[0],
    )
    assert order.pk == COUNT + 1
    assert int(order.number[-6:]) == int(last.number[-6:]) + 1


# --- pages on it ----------------------------------------------------------------------------
@pytest.fixture
def clients(poured) -> dict[str, Client]:
    made = {name: Client() for name in PEOPLE}
    for name, client in made.items():
        client.force_login(User.objects.get(username=name),
                           backend=settings.AUTHENTICATION_BACKENDS[0])
    return made


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("spec", LISTS, ids=lambda spec: spec.name)
def test_a_list_reads_what_it_shows(clients, spec):
    """In its usual order, and in every other that has its index, both ways."""
    address = reverse(spec.address)
    client = next((one for one in clients.values() if one.get(address).status_code == 200), None)
    assert client is not None, f"nobody of the demo may look at {spec.name}"
    big = sizes()
    sorts = [one.key for one in lists.columns_of(spec) if one.indexed and not one.only_asked]
    paths = [address, *(f"{address}?sort={sign}{key}" for key in sorts for sign in ("", "-"))]
    found = [f"{path}: {scan}" for path in paths for scan in long_scans(client, path, big)
             if not any(f"rows of {one}:" in str(scan) for one in ADDED_UP.get(spec.name, ()))]
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("typed", TYPED)
def test_a_search_reads_what_it_shows(clients, typed):
    path = f"/search/?q={quote(typed)}"
    found = long_scans(clients["linxiaowen"], path, sizes(), HTTP_HX_REQUEST="true")
    assert not found, "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("typed", [one for one in TYPED if one not in SHARED])
def test_a_search_for_papers_of_money_reads_what_it_shows(clients, typed):
    big, found = sizes(), []
    for path in ("/settlements/?part=all&", "/payments/?", "/receivables/?part=all&"):
        found += long_scans(clients["wumin"], f"{path}q={quote(typed)}", big)
    assert not found, "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", PEOPLE)
def test_everyday_pages_read_what_they_show(clients, name):
    order = WorkOrder.objects.filter(station__code="NS", status="closed").order_by("-pk")[0]
    big, client, found = sizes(), clients[name], []
    for path in ("/", "/reception/", "/cashier/", "/stores/", "/books/?all=1",
                 f"/work-orders/{order.pk}/", f"/customers/{order.customer_id}/",
                 f"/vehicles/{order.vehicle_id}/"):
        if client.get(path).status_code == 200:
            found += [f"{path}: {scan}" for scan in long_scans(client, path, big)]
    assert not found, "\n".join(found)


# --- calendar and plan ----------------------------------------------------------------------
def test_shares_sum_to_the_whole():
    weights = [0.3, 1.7, 0.01, 2.2, 0.0]
    assert share_out(1000, weights) == [71, 404, 2, 523, 0]
    assert sum(share_out(7, weights)) == 7


def test_the_shop_is_full_before_the_spring_festival_and_empty_in_it():
    days = days_until(UNTIL)
    first = days[0]
    assert (first, days[-1]) == (date(2023, 11, 22), date(2026, 11, 15))
    assert date(2025, 12, 28) not in days
    assert date(2025, 12, 27) in days
    before, inside, later = (weight(day, first) for day in
                             (date(2026, 2, 12), date(2026, 2, 19), date(2026, 3, 12)))
    assert before > later > inside * 5  # three Thursdays


def kind(**fields):
    return SimpleNamespace(**{"electric": False, "company": False, "minutes": 200,
                              "weight_in": lambda _month: 1.0} | fields)


def test_a_plan_gives_every_visit_a_car_that_fits():
    kinds = [kind(), kind(electric=True), kind(company=True),
             kind(weight_in=lambda month: 5.0 if month == 7 else 0.0)]
    plan = draw(3000, UNTIL, kinds, random.Random(1))
    again = draw(3000, UNTIL, kinds, random.Random(1))
    assert [list(column) for column in (plan.day, plan.minute, plan.kind, plan.car)] == [
        list(column) for column in (again.day, again.minute, again.kind, again.car)]
    assert len(plan) == 3000
    last: dict[int, int] = {}
    for day, which, car in zip(plan.day, plan.kind, plan.car, strict=True):
        when = plan.days[day].toordinal()
        assert when - last.get(car, 0) >= REST_DAYS
        last[car] = when
        assert bool(plan.electric[car]) == kinds[which].electric
        assert not kinds[which].company or plan.company[plan.owner[car]]
        assert which != 3 or plan.days[day].month == 7
    assert 600 <= len(last) == len(plan.electric) <= 1200
    assert sorted(set(plan.owner)) == list(range(len(plan.company)))


def test_no_two_cars_share_a_plate_or_a_vin():
    cars = [fleet.car(1, number, electric=number % 3 == 0, today=UNTIL) for number in range(20_000)]
    assert len({car["plate"] for car in cars}) == len({car["vin"] for car in cars}) == 20_000
    assert {len(car["vin"]) for car in cars} == {17}
    assert {len(car["plate"]) for car in cars if car["powertrain"] == "ice"} == {7}
    assert fleet.car(1, 5, electric=False, today=UNTIL) == cars[5]
    assert fleet.car(2, 5, electric=False, today=UNTIL) != cars[5]


# --- holes ----------------------------------------------------------------------------------
ORDERS = Table("workorders_workorder", "id", "s", ("id", "number"), 7_003_000_000_000_000)
START = datetime.fromisoformat("2025-06-11T00:00:00+00:00")


def cut(text):
    source = Source({ORDERS.name: ORDERS}, {ORDERS.name: (ORDERS.mark + 1, ORDERS.mark + 2)}, START,
                    {"粤B7Z7Z7": "plate"}, aliases={7_004_000_000_000_009: "vehicle"})
    holes, slots = Holes(source), []
    template = holes.cut(text, slots)
    keys = {slot: key for key, slot in holes.slots.items()}
    return template, [keys[slot] for slot in slots]


def test_ids_words_days_numbers_and_readings_become_holes():
    text = ('{"order": 7003000000000002, "car": 7004000000000009, "plate": "粤B7Z7Z7", "at": '
            '"2025-06-11T02:00:30+00:00", "until": "2025-09-19", "no": "WO-NS-25-000007", '
            '"km": 1100103, "rate": "100%", "price": "1100103.00", "born": "1990-01-01"}')
    template, keys = cut(text)
    assert template == (
        '{"order": %s, "car": %s, "plate": "%s", "at": "%s", "until": "%s", "no": "%s", '
        '"km": %s, "rate": "100%%", "price": "1100103.00", "born": "1990-01-01"}')
    assert keys == [
        ("id", "workorders_workorder", 1), ("word", "vehicle"), ("word", "plate"),
        ("moment", "T", 7230), ("day", 100), ("number", "WO", "NS", "WO-NS-25-000007"),
        ("km", 103),
    ]


def test_a_row_of_another_visit_is_refused():
    with pytest.raises(MouldError, match="workorders_workorder 7003000000000003"):
        cut("7003000000000003")
