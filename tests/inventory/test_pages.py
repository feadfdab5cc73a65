"""The screens of stock: who sees what, how many statements, what a refused form leaves behind."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.core.replay import new_key
from chejian.inventory.models import Bin, StockLevel, StockReceipt, Warehouse
from chejian.inventory.services import issue, reserve
from tests.factories.accounts import client_of, make_role, make_station, make_user
from tests.factories.catalog import make_part
from tests.factories.inventory import make_warehouse, stock

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def keeper(station: Station) -> User:
    return make_user("storekeeper", station)


@pytest.fixture
def shelf(station: Station) -> Warehouse:
    return make_warehouse(station)


@pytest.fixture
def outsider() -> User:
    return make_user("storekeeper", make_station("XX"))


def statements(client, address: str) -> int:
    client.get(address)  # permissions, templates and catalogues are warm
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def fill(shelf, keeper, count):
    for n in range(count):
        part = make_part(name=f"配件{n:03d}", safety_stock=D(5))
        stock(part, shelf, 3, 10, by=keeper, bin_code=f"A-{n}")
        reserve(part=part, warehouse=shelf, quantity=D(4), label="WO-NS-26-000001", by=keeper,
                at=timezone.now())


@pytest.mark.parametrize("name", ["stock", "receipts"])
def test_lists_take_the_same_statements_for_any_rows(keeper, shelf, name):
    client = client_of(keeper)
    counts = []
    for more in (1, 2, 47):
        fill(shelf, keeper, more)
        counts.append(statements(client, reverse(name)))
    assert counts[0] == counts[1] == counts[2]


def test_the_stock_card_takes_the_same_statements_for_any_moves(keeper, shelf):
    part, client, counts = make_part(), client_of(keeper), []
    for more in (1, 2, 47):
        for _ in range(more):
            stock(part, shelf, 1, 10, by=keeper)
            reserve(part=part, warehouse=shelf, quantity=D(1), label="x", by=keeper,
                    at=timezone.now())
        counts.append(statements(client, reverse("stock_card", args=[part.pk])))
    assert counts[0] == counts[1] == counts[2]


def test_the_list_shows_filters_and_flags(keeper, shelf):
    low, plenty = make_part("LOW-1", "刹车片", safety_stock=D(5)), make_part("OK-1", "机油")
    stock(low, shelf, 3, 10, by=keeper, bin_code="A-01-2")
    stock(plenty, shelf, 9, 10, by=keeper, bin_code="B-02")
    client = client_of(keeper)
    page = client.get(reverse("stock")).content.decode()
    assert "低于安全库存" in page
    assert "120.00" in page  # value of all stock
    for query, shown in {
        "view=low": {"LOW-1"}, "view=short": set(), "q=shachepian": {"LOW-1"}, "q=b-0": {"OK-1"},
        "sort=-quantity": {"LOW-1", "OK-1"}, "view=nonsense&sort=nonsense": {"LOW-1", "OK-1"},
        f"f=warehouse.in.{shelf.pk}": {"LOW-1", "OK-1"}, "f=warehouse.in.0": {"LOW-1", "OK-1"},
        f"f=warehouse.not_in.{shelf.pk}": set(),
    }.items():
        text = client.get(f"{reverse('stock')}?{query}").content.decode()
        assert {number for number in ("LOW-1", "OK-1") if number in text} == shown, query


def test_pages_are_turned_by_key_on_every_sort(keeper, shelf):
    fill(shelf, keeper, 27)
    client = client_of(keeper)
    for sort in ("part", "-number", "bin", "quantity", "-available", "value"):
        first = client.get(f"{reverse('stock')}?sort={sort}")
        page = first.context["page"] if first.context else None
        text = first.content.decode()
        assert page is None or len(page.rows) == 25
        after = text.split("after=")[1].split('"')[0].split("&")[0]
        second = client.get(f"{reverse('stock')}?sort={sort}&after={after}").content.decode()
        assert second.count("<tr><td") == 2, sort


def test_costs_are_for_who_may_see_them(shelf, keeper, station, adviser):
    part = make_part("P-1")
    stock(part, shelf, 3, "77.7777", by=keeper)
    receipt = StockReceipt.objects.get()
    for name, args in (("stock", []), ("stock_card", [part.pk]), ("receipts", []),
                       ("receipt", [receipt.pk]), ("part", [part.pk])):
        secret = {"77.77", "77.78", "233.33"}
        seen = client_of(keeper).get(reverse(name, args=args)).content.decode()
        hidden = client_of(adviser).get(reverse(name, args=args)).content.decode()
        assert any(figure in seen for figure in secret), name
        assert not any(figure in hidden for figure in secret), name


def test_other_stations_stay_unseen(shelf, keeper, outsider):
    part = make_part("P-1")
    stock(part, shelf, 3, by=keeper)
    receipt = StockReceipt.objects.get()
    client = client_of(outsider)
    assert "P-1" not in client.get(reverse("stock")).content.decode()
    assert client.get(reverse("receipt", args=[receipt.pk])).status_code == 404
    assert client.get(reverse("warehouse", args=[shelf.pk])).status_code == 404
    card = client.get(reverse("stock_card", args=[part.pk])).content.decode()
    assert receipt.number not in card
    by_number = client.get(reverse("document", args=[receipt.number]), follow=True)
    assert by_number.status_code == 404


def test_a_number_leads_to_its_receipt(shelf, keeper):
    stock(make_part(), shelf, 3, by=keeper)
    receipt = StockReceipt.objects.get()
    client = client_of(keeper)
    answer = client.get(reverse("document", args=[receipt.number]))
    assert answer.headers["Location"] == reverse("receipt", args=[receipt.pk])
    assert client.get(reverse("document", args=["GR-NS-26-999999"])).status_code == 404
    assert client.get(reverse("document", args=["nonsense"])).status_code == 404


def test_the_card_shows_every_move_with_its_balance(shelf, keeper):
    part = make_part()
    stock(part, shelf, 5, 10, by=keeper)
    issue(part=part, warehouse=shelf, quantity=D(2), label="WO-NS-26-000007", by=keeper,
          at=timezone.now())
    page = client_of(keeper).get(reverse("stock_card", args=[part.pk])).content.decode()
    assert "WO-NS-26-000007" in page
    assert "−2" in page
    rows = page.split("<tr><td data-label")[1:]
    assert ">3</td>" in rows[0]
    assert ">5</td>" in rows[1]


def posted(shelf, key=None, **more):
    head = {"key": str(key or new_key()), "warehouse": shelf.pk, "note": "DN-1",
            "rows-TOTAL_FORMS": "8", "rows-INITIAL_FORMS": "0"}
    return head | more


def test_a_receipt_by_typed_numbers(shelf, keeper):
    pads = make_part("BP-1", barcode="690102")
    client, key = client_of(keeper), new_key()
    data = posted(
        shelf, key,
        **{"rows-0-number": "BP-1", "rows-0-quantity": "2", "rows-0-unit_cost": "50",
           "rows-0-bin": "A-01", "rows-2-number": "690102", "rows-2-quantity": "1",
           "rows-2-unit_cost": "53.5"},
    )
    answers = [client.post(reverse("receipt_create"), data) for _ in range(2)]
    receipt = StockReceipt.objects.get()
    assert {a.headers["Location"] for a in answers} == {reverse("receipt", args=[receipt.pk])}
    level = StockLevel.objects.get(part=pads)
    assert (level.quantity, level.value, level.last_bin.code) == (D(3), D("153.50"), "A-01")
    found = client.get(reverse("receipt_parts"), {"q": "BP-1", "warehouse": shelf.pk}).json()
    assert found["results"][0]["data"] == {
        "number": "BP-1", "unit": "件", "bin": "A-01", "unit_cost": "53.5",
    }


def test_a_wrong_row_keeps_what_was_typed(shelf, keeper):
    make_part("BP-1")
    data = posted(
        shelf,
        **{"rows-0-number": "BP-1", "rows-0-quantity": "0", "rows-1-number": "NOPE",
           "rows-1-quantity": "7", "rows-1-unit_cost": "3"},
    )
    answer = client_of(keeper).post(reverse("receipt_create"), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("须大于零", "必填", "没有这个编号的配件", 'value="NOPE"', 'value="7"'):
        assert words in text, words
    assert StockReceipt.objects.count() == 0


def test_an_empty_receipt_says_so(shelf, keeper):
    answer = client_of(keeper).post(reverse("receipt_create"), posted(shelf))
    assert answer.status_code == 422
    assert "没有要入库的配件" in answer.content.decode()


def test_more_rows_without_a_script(shelf, keeper):
    data = posted(shelf, more="1", **{"rows-0-number": "abc"})
    answer = client_of(keeper).post(reverse("receipt_create"), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count("data-row>") == 16
    assert 'value="abc"' in text
    assert StockReceipt.objects.count() == 0


def test_who_may_not_receive_changes_nothing(shelf, adviser, outsider):
    make_part("BP-1")
    row = {"rows-0-number": "BP-1", "rows-0-quantity": "2", "rows-0-unit_cost": "50"}
    denied = client_of(adviser).post(reverse("receipt_create"), posted(shelf, **row))
    assert denied.status_code == 403
    foreign = client_of(outsider).post(reverse("receipt_create"), posted(shelf, **row))
    assert foreign.status_code == 422  # the warehouse is no choice of his
    assert StockReceipt.objects.count() == StockLevel.objects.count() == 0


def test_warehouses_and_bins(shelf, keeper, station, adviser):
    client = client_of(keeper)
    made = client.post(reverse("new_warehouse"), {"code": "oil", "name": "油品仓"})
    oil = Warehouse.objects.get(code="OIL")
    assert made.headers["Location"] == reverse("warehouse", args=[oil.pk])
    again = client.post(reverse("new_warehouse"), {"code": "OIL", "name": "别的"})
    assert again.status_code == 422
    client.post(reverse("warehouse_bins", args=[oil.pk]), {"bin-code": "B-01"})
    twice = client.post(reverse("warehouse_bins", args=[oil.pk]), {"bin-code": "B-01"})
    assert twice.status_code == 422
    assert list(oil.bins.order_by("code").values_list("code", flat=True)) == ["", "B-01"]
    stock(make_part(), oil, 1, by=keeper)
    closed = client.post(reverse("warehouse", args=[oil.pk]), {"code": "OIL", "name": "油品仓"})
    assert closed.status_code == 422
    oil.refresh_from_db()
    assert oil.active
    assert client_of(adviser).post(
        reverse("warehouse_bins", args=[oil.pk]), {"bin-code": "C"}
    ).status_code == 403
    assert not Bin.objects.filter(code="C").exists()


def test_looking_needs_its_permission(shelf, station):
    make_role("nobody", permissions=[])
    nobody = make_user("nobody", station)
    part = make_part()
    client = client_of(nobody)
    for name, args in (("stock", []), ("receipts", []), ("warehouses", []), ("receipt_create", []),
                       ("receipt_parts", []), ("receipt_row", []), ("new_warehouse", []),
                       ("stock_card", [part.pk])):
        assert client.get(reverse(name, args=args)).status_code == 403, name
