"""The desk's lists: every person finds his screens, and they cost few statements."""

import pytest
from django.urls import reverse

from chejian.desk.menu import END, MENU, QUICK
from chejian.workorders.models import WorkOrder
from tests.desk.counting import SHELL, statements
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_station, make_user

ROLES = ("service_adviser", "workshop_controller", "technician", "team_leader", "inspector",
         "storekeeper", "purchaser", "cashier", "warranty_clerk", "customer_care",
         "station_manager", "head_office", "administrator")
#: pages that answer more people than the menu offers them to: own requests, reading without acting
OPEN_TO_MORE = ("approvals", "settings", "receipts")
ENTRIES = [*(entry for section in MENU for entry in section.entries), *END, *QUICK]


@pytest.mark.parametrize("role", ROLES)
def test_what_the_menu_offers_opens_and_the_rest_is_closed(shop, role) -> None:
    person = shop.person(role)
    client = client_of(person)

    for entry in ENTRIES:
        may = not entry.permissions or person.access.can_any(entry.permissions)
        status = client.get(reverse(entry.name), follow=True).status_code
        if may:
            assert status == 200, (entry.name, status)
        elif entry.name not in OPEN_TO_MORE:
            assert status in (403, 404), (entry.name, status)


def test_pages_need_a_login(db, client) -> None:
    for entry in ENTRIES:
        assert client.get(reverse(entry.name)).status_code == 302


@pytest.mark.parametrize(("address", "most"), [("/", 3), ("/work-orders/", 4)])
def test_lists_cost_few_statements_however_long(shop, address, most) -> None:
    client, counts = client_of(shop.adviser), []
    for wanted in (1, 3, 20):
        while WorkOrder.objects.count() < wanted:
            make.make_order(shop)
        counts.append(statements(client, address))

    assert len(set(counts)) == 1
    assert counts[0] <= SHELL + most


def test_the_list_shows_the_station_and_nothing_of_others(shop) -> None:
    mine = make.make_order(shop)
    other = make.Shop(station=make_station("FT"))
    theirs = make.make_order(other)

    page = client_of(shop.adviser).get("/work-orders/").content.decode()

    assert mine.number in page
    assert theirs.number not in page


def test_the_finder_finds_orders_only_for_whoever_sees_them_all(shop) -> None:
    order = make.make_order(shop)

    assert order.number in client_of(shop.adviser).get(
        "/search/", {"q": order.plate[-4:]}).content.decode()
    assert order.number not in client_of(make_user("technician", shop.station)).get(
        "/search/", {"q": order.plate[-4:]}).content.decode()
