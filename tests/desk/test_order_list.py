"""The list of work orders through the browser: conditions, columns, order, views, deeds."""

import re
from decimal import Decimal as D
from html import unescape
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from chejian.accounts.list_models import SavedView
from chejian.billing.services.settlement import settle
from chejian.core.lists import address, reading
from chejian.desk import order_list
from chejian.workorders.models import WorkOrder
from tests.desk.counting import SHELL, statements
from tests.factories import accounts, vehicles, workorders

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(shop):
    return accounts.client_of(shop.adviser, shop.station)


def orders(shop, count=3):
    return [workorders.make_order(shop, vehicle=vehicles.make_vehicle()) for _ in range(count)]


def numbers(client, **query):
    page = client.get("/work-orders/?" + urlencode(query, doseq=True))
    assert page.status_code == 200
    return [number for number in WorkOrder.objects.order_by("-pk").values_list("number", flat=True)
            if number in page.content.decode()]


@pytest.mark.parametrize("panel", ["", "filters", "columns", "save", "totals", "nonsense"])
def test_every_panel_opens(shop, adviser, panel):
    orders(shop)
    assert adviser.get("/work-orders/", {"panel": panel}).status_code == 200


def test_conditions_narrow_the_list(shop, adviser):
    first, second, third = orders(shop)
    WorkOrder.objects.filter(pk=first.pk).update(labour_total=D(100), total=D(100))
    WorkOrder.objects.filter(pk=second.pk).update(labour_total=D(500), total=D(500))
    assert numbers(adviser, f="total.from.100") == [second.number, first.number]
    assert numbers(adviser, f="total.between.50..200") == [first.number]
    assert numbers(adviser, f="opened.period.today") == [o.number for o in (third, second, first)]
    assert numbers(adviser, f="opened.period.yesterday") == []
    assert numbers(adviser, f1="total.is.100", f2="total.is.500") == [second.number, first.number]


def test_statements_of_the_list(shop, adviser):
    orders(shop)
    assert statements(adviser, "/work-orders/?state=all") == SHELL + 3  # views, advisers, rows
    usual = statements(adviser, "/work-orders/?state=all&f=total.from.0")
    orders(shop, 10)
    assert statements(adviser, "/work-orders/?state=all&f=total.from.0") == usual
    assert usual <= SHELL + 7


def test_a_view_is_kept_and_opens_by_itself(shop, adviser):
    orders(shop)
    adviser.post("/lists/orders/views/", {
        "name": "大单", "question": "state=all&f=total.from.1000", "audience": "private",
        "usual": "on",
    })
    view = SavedView.objects.get()
    assert view.usual
    page = adviser.get("/work-orders/").content.decode()
    assert "大单" in page
    assert numbers(adviser) == []
    assert len(numbers(adviser, state="all")) == 3


def test_adviser_is_changed_for_chosen_rows(shop, adviser):
    made = orders(shop)
    other = accounts.make_user("service_adviser", shop.station)
    adviser.post("/lists/orders/deeds/", {
        "deed": "adviser", "choice_adviser": other.pk, "pick": [made[0].pk, made[1].pk]})
    assert list(WorkOrder.objects.filter(adviser=other).order_by("pk")) == made[:2]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_export_is_what_is_shown(shop, adviser, form):
    orders(shop)
    reply = adviser.post("/exports/of/orders/?state=all&cols=number,total", {"format": form})
    assert reply.status_code == 200
    assert b"".join(reply.streaming_content)


def test_chosen_rows_alone_are_exported(shop, adviser):
    made = orders(shop)
    reply = adviser.post("/lists/orders/deeds/", {
        "deed": "csv", "question": "state=all&cols=number", "pick": [made[0].pk, made[2].pk]})
    lines = b"".join(reply.streaming_content).decode("utf-8-sig").split()
    assert lines == ["单号", made[2].number, made[0].number]


def test_a_deed_wants_its_right_and_rows_of_the_station(shop):
    made, other = orders(shop, 1)[0], accounts.make_user("service_adviser", shop.station)
    far = workorders.Shop(accounts.make_station("XX"))
    stranger = orders(far, 1)[0]
    deed = {"deed": "adviser", "choice_adviser": other.pk, "pick": [made.pk, stranger.pk]}
    controller = accounts.client_of(shop.controller, shop.station)
    assert controller.post("/lists/orders/deeds/", deed).status_code == 403
    assert WorkOrder.objects.get(pk=made.pk).adviser == shop.adviser
    client = accounts.client_of(shop.adviser, shop.station)
    assert client.post("/lists/orders/deeds/", deed | {"deed": "nothing"}).status_code == 404
    assert client.post("/lists/orders/deeds/", deed).status_code == 302
    assert WorkOrder.objects.get(pk=made.pk).adviser == other
    assert WorkOrder.objects.get(pk=stranger.pk).adviser == far.adviser
    client.post("/lists/orders/deeds/", deed | {"choice_adviser": far.adviser.pk})
    assert WorkOrder.objects.get(pk=made.pk).adviser == other


def test_a_settled_order_keeps_all_of_them_where_they_are(shop, adviser):
    """All or none: the sentence says why."""
    made = orders(shop, 1)
    settled = workorders.brought_to("completed", shop, vehicle=vehicles.make_vehicle())
    settle(order=settled, by=shop.cashier, at=timezone.now())
    other = accounts.make_user("service_adviser", shop.station)
    reply = adviser.post("/lists/orders/deeds/", {
        "deed": "adviser", "choice_adviser": other.pk, "pick": [made[0].pk, settled.pk],
    }, follow=True)
    assert "现在不能" in reply.text or "已结算" in reply.text
    assert not WorkOrder.objects.filter(adviser=other).exists()


# --- words that fit a great deal -----------------------------------------------------------------


def walked(client, **query):
    """Numbers of every page, from the first to the last and back again."""
    there, address = [], "/work-orders/?" + urlencode(query, doseq=True)
    while address:
        page = client.get(address)
        there.append(shown(page))
        address = neighbour(page, "next")
        last = page
    back, address = [], neighbour(last, "prev")
    while address:
        page = client.get(address)
        back.append(shown(page))
        address = neighbour(page, "prev")
    assert back[::-1] == there[:-1]
    return [number for page in there for number in page]


def shown(page):
    return re.findall(r'<a href="/work-orders/\d+/">(WO-[^<]+)</a>', page.content.decode())


def neighbour(page, way):
    found = re.search(rf'href="([^"]+)" rel="{way}"', page.content.decode())
    return "/work-orders/" + unescape(found[1]) if found else ""


@pytest.mark.parametrize("near", [3, 20, 300])
@pytest.mark.parametrize("listed", [10, 2000])
def test_words_find_every_order_whatever_they_fit(shop, adviser, monkeypatch, near, listed):
    """By walking the list, by the index, by asking each row: the same rows in the same order."""
    monkeypatch.setattr(reading, "NEAR", near)
    monkeypatch.setattr(order_list, "LISTED", listed)
    monkeypatch.setattr(address, "SIZES", (4, 8))
    common = [workorders.make_order(shop, vehicle=vehicles.make_vehicle(f"粤B{n:05d}"))
              for n in range(12)]
    rare = [workorders.make_order(shop, vehicle=vehicles.make_vehicle(f"浙A{n:05d}"))
            for n in range(2)]
    late = workorders.make_order(shop, vehicle=vehicles.make_vehicle("粤B99999"))

    def of(orders, **query):
        wanted = [one.number for one in sorted(orders, key=lambda one: -one.pk)]
        assert walked(adviser, state="all", **query) == wanted
        assert walked(adviser, state="all", sort="number", **query) == wanted[::-1]
        told = adviser.get("/work-orders/", {"state": "all", "panel": "totals", **query})
        assert f"{len(wanted)} 行" in told.content.decode()

    of([*common, late], q="粤B")
    of(rare, q="浙A")
    of([late], q="99999")
    of([], q="京C")
    of([*common, late], q="粤B", f="total.to.1000000")
