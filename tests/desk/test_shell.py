"""What surrounds every page: kept for equal rights, yet everybody's own and never out of date."""

import re
import uuid

import pytest
from django.test import Client

from chejian.accounts.models import Role
from chejian.accounts.permissions import P
from tests.factories import vehicles, workorders
from tests.factories.accounts import client_of, make_station, make_user
from tests.factories.workorders import Shop

pytestmark = pytest.mark.django_db
PAGE = "/preferences/"


def page_of(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def menu(client: Client) -> list[str]:
    page = page_of(client)
    return re.findall(r'<a href="([^"]+)"', page[page.index('id="menu"'):page.index("nav-end")])


def said(page: str, name: str) -> str:
    found = re.search(rf'<meta name="{name}" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_menu_of_ones_own_is_nobody_elses(shop: Shop) -> None:
    mine, theirs = client_of(shop.adviser), client_of(
        make_user("service_adviser", shop.station, name="同事"))
    usual = menu(theirs)
    assert menu(mine) == usual
    mine.post("/preferences/favourites/",
              {"once": uuid.uuid4(), "pick": ["vehicles"], "order_vehicles": "1"})
    assert menu(mine)[:2] == ["/", "/vehicles/"]
    assert menu(theirs) == usual


def test_another_language_is_there_at_the_next_page_and_for_one_alone(shop: Shop) -> None:
    mine = client_of(shop.adviser)
    theirs = client_of(make_user("service_adviser", shop.station))
    assert "维修工单" in page_of(mine)
    mine.post("/preferences/language/", {"once": uuid.uuid4(), "language": "en", "next": "/"})
    for _ in range(2):
        assert ("Work orders" in page_of(mine), "维修工单" in page_of(mine)) == (True, False)
        assert ("Work orders" in page_of(theirs), "维修工单" in page_of(theirs)) == (False, True)


def test_a_role_that_changes_changes_the_menu(shop: Shop) -> None:
    client = client_of(shop.adviser)
    assert "/books/" not in menu(client)
    role = Role.objects.get(code="service_adviser")
    Role.objects.filter(pk=role.pk).update(permissions=[*role.permissions, P.VIEW_BOOKS])
    assert "/books/" in menu(client)
    Role.objects.filter(pk=role.pk).update(permissions=role.permissions)
    assert "/books/" not in menu(client)


def test_figures_are_those_of_now(shop: Shop) -> None:
    client = client_of(shop.adviser)

    def open_orders() -> str:
        page = page_of(client)
        entry = page[page.index('<a href="/work-orders/"'):]
        found = re.search(r'class="n">(\d+)<', entry[:entry.index("</a>")])
        return found[1] if found else ""

    assert open_orders() == ""
    for number in ("1", "2"):
        workorders.make_order(shop, vehicle=vehicles.make_vehicle())
        assert open_orders() == number


def test_the_place_that_one_looks_at_is_marked_there_alone(shop: Shop) -> None:
    client = client_of(shop.adviser)
    marked = re.compile(r'<a href="([^"]+)" title="[^"]+" aria-current="page"')
    for address in ("/work-orders/", "/vehicles/", "/", "/work-orders/"):
        assert set(marked.findall(client.get(address).content.decode())) == {address}


def test_the_live_channel_is_that_of_the_station(shop: Shop) -> None:
    other = make_station("OTH")
    here, twin = client_of(shop.adviser), client_of(make_user("cashier", shop.station))
    there = client_of(make_user("service_adviser", other))
    tokens = [said(page_of(client), "events-token") for client in (here, twin, there)]
    assert tokens[0] == tokens[1] != tokens[2]


def test_each_form_and_page_has_a_token_of_its_own(shop: Shop) -> None:
    client = client_of(shop.adviser)
    pages = [page_of(client) for _ in range(2)]
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page) for page in pages]
    keys = [re.findall(r'name="once" value="([^"]+)"', page) for page in pages]
    assert not set(tokens[0]) & set(tokens[1])
    assert not set(keys[0]) & set(keys[1])


def test_the_role_and_name_in_the_corner_are_ones_own(shop: Shop) -> None:
    for user, role in ((shop.adviser, "服务顾问"), (shop.manager, "站长")):
        page = page_of(client_of(user))
        corner = page[page.index('class="menu person"'):page.index('<main')]
        assert user.name in corner
        assert role in corner
