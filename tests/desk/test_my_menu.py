"""自定义菜单: favourites first, in one's own order; nobody sees more by it."""

import re
import uuid

from tests.factories.accounts import client_of


def menu(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', page[page.index('id="menu"'):page.index("nav-end")])


def test_what_is_ticked_stands_first_in_its_order(shop) -> None:
    client = client_of(shop.adviser)
    usual = menu(client.get("/preferences/").content.decode())
    form = {"once": uuid.uuid4(), "pick": ["orders", "vehicles", "parties"],
            "order_orders": "2", "order_vehicles": "", "order_parties": "1"}

    assert client.post("/preferences/favourites/", form).status_code == 302

    shop.adviser.refresh_from_db()
    assert shop.adviser.favourites == ["parties", "orders", "vehicles"]
    mine = menu(client.get("/preferences/").content.decode())
    assert mine[:4] == ["/", "/customers/", "/work-orders/", "/vehicles/"]
    assert sorted(mine) == sorted(usual)
    assert client.post("/preferences/favourites/", {"once": uuid.uuid4()}).status_code == 302
    assert menu(client.get("/preferences/").content.decode()) == usual


def test_a_favourite_opens_nothing_that_is_not_allowed(shop) -> None:
    client = client_of(shop.technician)
    client.post("/preferences/favourites/", {"pick": ["trial_balance", "nowhere", "parts"]})
    page = client.get("/preferences/").content.decode()
    assert "/books/" not in menu(page)
    assert client.get("/books/").status_code in (403, 404)
