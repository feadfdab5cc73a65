"""领料发料: what waits, what a scan does, what it refuses."""

import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from chejian.desk import stores
from chejian.inventory.models import StockLevel
from chejian.workorders import services
from chejian.workorders.models import PartIssue, PartLine
from tests.desk.counting import SHELL, statements
from tests.factories import workorders as make
from tests.factories.accounts import assign, client_of, make_station, make_user
from tests.factories.catalog import make_part
from tests.factories.inventory import make_warehouse, stock


def waiting_order(shop, part=None, quantity=2, **fields):
    """An order in work that has asked the store for one part."""
    part = part or shop.stocked(number=f"BP-{uuid.uuid4().hex[:6]}")
    order = make.make_order(shop, **fields)
    job = make.add_job(order, shop)
    line = make.add_part(job, shop, part, quantity)
    services.receive(order=order, by=shop.adviser, at=timezone.now())
    make.authorise(order, shop)
    services.request_parts(line=line, quantity=line.quantity, warehouse=shop.warehouse,
                           by=shop.adviser, at=timezone.now())
    order.refresh_from_db()
    line.refresh_from_db()
    return order, line


def scan(client, order, code, key=None, **headers):
    return client.post(
        "/stores/scans/",
        {"order": order.pk if order else "", "code": code, "key": key or uuid.uuid4()}, **headers,
    )


def issued(line: PartLine) -> Decimal:
    return PartLine.objects.get(pk=line.pk).issued


def test_the_longest_waiting_stands_first_and_the_short_are_marked(shop) -> None:
    part = make_part("SHORT-1")
    first, _ = waiting_order(shop, part, 3)
    second, _ = waiting_order(shop)

    rows = stores.waiting(shop.station.pk)

    assert [row.order.pk for row in rows] == [first.pk, second.pk]
    assert [(row.pieces, row.short) for row in rows] == [(3, 3), (2, 0)]
    page = client_of(shop.storekeeper).get("/stores/").content.decode()
    assert page.index(first.plate[2:]) < page.index(second.plate[2:])


@pytest.mark.parametrize("by", ["number", "barcode", "oe"])
def test_a_scan_hands_out_one_piece(shop, by) -> None:
    part = shop.stocked(number="BP-3501-Q", barcode="6901028075831")
    part.numbers.create(kind="oe", number="4D0-698-151")
    order, line = waiting_order(shop, part)
    code = {"number": "bp-3501-q", "barcode": "6901028075831", "oe": "4D0-698-151"}[by]

    response = scan(client_of(shop.storekeeper), order, f" {code} ")

    assert response.status_code == 302
    assert issued(line) == 1
    assert PartIssue.objects.get().issued_by == shop.storekeeper
    assert StockLevel.objects.get(part=part).quantity == 9


def test_the_same_key_twice_is_one_piece_and_two_keys_are_two(shop) -> None:
    order, line = waiting_order(shop)
    client, key = client_of(shop.storekeeper), uuid.uuid4()

    for _ in range(2):
        scan(client, order, line.number, key)
    assert issued(line) == 1
    scan(client, order, line.number)
    assert issued(line) == 2


def test_a_wrong_part_is_refused_with_what_to_do(shop) -> None:
    order, line = waiting_order(shop)
    wrong = shop.stocked(number="BP-3501-H", name="后制动片")

    response = scan(client_of(shop.storekeeper), order, "BP-3501-H")

    assert response.status_code == 422
    text = response.content.decode()
    assert "BP-3501-H" in text
    assert "后制动片" in text
    assert line.number in text
    assert issued(line) == 0
    assert StockLevel.objects.get(part=wrong).quantity == 10


def test_an_unknown_code_and_a_full_line_change_nothing(shop) -> None:
    order, line = waiting_order(shop, quantity=1)
    client = client_of(shop.storekeeper)

    assert scan(client, order, "NO-SUCH").status_code == 422
    assert scan(client, order, "").status_code == 422
    assert issued(line) == 0
    scan(client, order, line.number)
    assert scan(client, order, line.number).status_code == 422
    assert issued(line) == 1


def test_a_script_gets_the_counter_with_the_warning_and_the_undo(shop) -> None:
    order, line = waiting_order(shop)
    client, headers = client_of(shop.storekeeper), {"headers": {"HX-Request": "true"}}

    good = scan(client, order, line.number, **headers)
    assert good.status_code == 200
    issue = PartIssue.objects.get()
    assert f"/work-orders/{order.pk}/part-issues/{issue.pk}/returns/" in good["HX-Trigger"]
    assert good.content.decode().lstrip().startswith('<div class="stores-page"')
    bad = scan(client, order, "NO-SUCH", **headers)
    assert "NO-SUCH" in bad.content.decode()
    assert "HX-Trigger" not in bad

    client.post(f"/work-orders/{order.pk}/part-issues/{issue.pk}/returns/")
    assert issued(line) == 0


def test_what_is_not_there_names_the_station_that_has_it(shop) -> None:
    part = make_part("RARE-1", name="膨胀水壶")
    sister = make_station("FT", name="福田店")
    stock(part, make_warehouse(sister, "FT"), 3)
    order, line = waiting_order(shop, part, 1)

    response = scan(client_of(shop.storekeeper), order, "RARE-1")

    assert response.status_code == 422
    assert "福田店" in response.content.decode()
    assert issued(line) == 0


def test_without_an_order_the_scan_chooses_who_waits_longest(shop) -> None:
    part = shop.stocked(number="OIL-1")
    first, line = waiting_order(shop, part)
    waiting_order(shop, part)

    response = scan(client_of(shop.storekeeper), None, "OIL-1")

    assert response.headers["Location"] == f"/stores/{first.pk}/"
    assert issued(line) == 0


def test_everything_ready_goes_out_at_once(shop) -> None:
    order, line = waiting_order(shop, quantity=3)
    lacking = make.add_part(order.jobs.get(), shop, make_part("NONE-1"), 1)
    make.authorise(order, shop)  # the added part asks the customer again
    key = uuid.uuid4()
    client = client_of(shop.storekeeper)

    for _ in range(2):
        client.post(f"/stores/{order.pk}/issues/", {"key": key, "receiver": shop.technician.pk})

    assert (issued(line), issued(lacking)) == (3, 0)
    assert PartIssue.objects.get().receiver == shop.technician


def test_one_line_with_a_quantity_above_the_rest_changes_nothing(shop) -> None:
    order, line = waiting_order(shop)

    response = client_of(shop.storekeeper).post(
        f"/stores/{order.pk}/issues/", {"line": line.pk, "quantity": "3", "key": uuid.uuid4()})

    assert response.status_code == 422
    assert issued(line) == 0


def test_only_storekeepers_and_only_of_the_station(shop) -> None:
    order, line = waiting_order(shop)
    elsewhere = make_user("storekeeper", make_station("FT"))

    assert client_of(elsewhere).get(f"/stores/{order.pk}/").status_code == 404
    assert scan(client_of(elsewhere), order, line.number).status_code == 404
    assert client_of(elsewhere).post(f"/stores/{order.pk}/issues/").status_code == 404
    for role in ("service_adviser", "technician", "inspector"):
        client = client_of(shop.person(role))
        assert client.get("/stores/").status_code == 403
        assert scan(client, order, line.number).status_code == 403
    assert issued(line) == 0


def test_a_person_of_two_stations_acts_by_the_role_at_the_orders(shop) -> None:
    order, line = waiting_order(shop)
    person = make_user("storekeeper", make_station("FT"))
    assign(person, "service_adviser", shop.station)

    response = scan(client_of(person, make_station("FT")), order, line.number)

    assert response.status_code == 403
    assert issued(line) == 0


def test_statements_do_not_grow_with_the_queue(shop) -> None:
    client = client_of(shop.storekeeper)
    counts = []
    for wanted in (1, 3, 12):
        while len(stores.waiting(shop.station.pk)) < wanted:
            waiting_order(shop)
        counts.append(statements(client, "/stores/"))

    assert len(set(counts)) == 1
    assert counts[0] <= SHELL + 12
