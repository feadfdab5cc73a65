"""Papers of money by words: found by tokens, whole, bounded (plans: tests/demo/test_scale.py)."""

import re

import pytest
from django.utils import timezone

from chejian.billing import searching
from chejian.billing.models import Payment, Receivable, Settlement
from chejian.billing.services.collection import Tender, collect
from chejian.billing.services.settlement import settle
from chejian.parties.services import merge_parties
from chejian.vehicles.services import change_plate
from tests.desk.counting import SHELL, statements
from tests.factories import accounts, parties, vehicles
from tests.factories.workorders import Shop, brought_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]
PATHS = {Settlement: "/settlements/", Payment: "/payments/", Receivable: "/receivables/"}
MODELS = sorted(PATHS, key=lambda model: model.__name__)


def bill(shop, name, phone, plate):
    """A settled and half-paid order of somebody's car."""
    owner = parties.make_party(name, phone=phone)
    car = vehicles.make_vehicle(plate, owner=owner)
    order = brought_to("completed", shop, vehicle=car, customer=owner)
    settle(order=order, by=shop.cashier, at=timezone.now())
    collect(order=order, tenders=[Tender("cash", order.total / 2)], by=shop.cashier,
            at=timezone.now())
    return order


@pytest.fixture
def shop(defaults):
    return Shop()


@pytest.fixture
def pair(shop):
    return bill(shop, "陈志强", "13800137919", "粤B77Z77"), bill(
        shop, "王芳", "13912340000", "京A12345")


def of(order, model):
    path = {Settlement: "order", Payment: "order", Receivable: "settlement__order"}[model]
    return list(model.objects.filter(**{path: order}).order_by("-pk").values_list("pk", flat=True))


def found(model, words):
    rows, more = searching.by_words(model)(model.objects.order_by("-pk"), words)
    return list(rows.values_list("pk", flat=True)), more


def shown(shop, model, query):
    """The numbers of the orders on the page."""
    page = accounts.client_of(shop.cashier, shop.station).get(PATHS[model] + query)
    return set(re.findall(r"WO-[A-Z]+-\d\d-\d{6}", page.content.decode()))


@pytest.mark.parametrize("model", MODELS)
def test_by_number_plate_name_reading_and_end_of_the_phone(pair, model):
    first, second = pair
    for words in ("粤B77Z77", "b77z77", "Z77", "陈志强", "陈志", "czq", "chenzhi", "7919",
                  "13800137919", first.number, first.number[-6:], first.number.lower(),
                  "陈志 7919"):
        assert found(model, words) == (of(first, model), False), words
    for words in ("王芳", "京A", "12340000"):
        assert found(model, words) == (of(second, model), False), words
    for words in ("陈芳", "!!", "%", "ST-XX"):
        assert found(model, words) == ([], False), words


@pytest.mark.parametrize("model", MODELS)
def test_by_the_number_of_the_paper(pair, model):
    first, _second = pair
    paper = Payment if model is Payment else Settlement
    number = paper.objects.filter(order=first).values_list("number", flat=True)[0]
    assert found(model, number)[0] == found(model, f" {number.lower()} ")[0] == of(first, model)
    assert len(found(model, number[:-6])[0]) == 2


@pytest.mark.parametrize("model", MODELS)
def test_by_what_became_known_later(pair, shop, model):
    """By the new plate of the payer's car, and by the name of the record he was merged into."""
    first, second = pair
    change_plate(vehicle=first.vehicle, plate="沪C55555", by=shop.adviser, at=timezone.now())
    assert found(model, "沪C55555") == (of(first, model), False)
    keep = parties.make_party("欧阳修远")
    merge_parties(keep=keep, absorb=second.customer, reason="同一人", by=shop.manager,
                  at=timezone.now())
    assert found(model, "欧阳修") == (of(second, model), False)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("bound", ["ENOUGH", "LISTED", "PEOPLE", "OF_ONE"])
def test_what_meets_a_bound_is_asked_of_every_row(pair, shop, model, bound, monkeypatch):
    third = bill(shop, "陈志远", "13500001111", "粤B66666")
    monkeypatch.setattr(searching, bound, 1)
    monkeypatch.setattr(searching, "NEWEST", 2)
    assert found(model, "陈志")[1]
    fits = searching.OWED if model is Receivable else searching.FITS
    rows = model.objects.filter(fits.condition(model, "陈志")).order_by("-pk")
    assert list(rows.values_list("pk", flat=True)) == of(third, model) + of(pair[0], model)
    more = "f=payable.from.0" if model is Settlement else "f=amount.from.0"
    for query in ("", f"&{more}"):
        assert shown(shop, model, f"?q=陈志{query}") == {pair[0].number, third.number}


@pytest.mark.parametrize("model", MODELS)
def test_another_station_s_papers_stay_there(pair, shop, model):
    other = Shop(accounts.make_station("XX"))
    theirs = bill(other, "陈志远", "13500001111", "粤B66666")
    assert shown(shop, model, "?q=陈志") == {pair[0].number}
    assert shown(shop, model, "") == {order.number for order in pair}
    assert shown(other, model, "?q=陈志") == {theirs.number}


@pytest.mark.parametrize("model", MODELS)
def test_statements_are_the_same_for_any_number_of_rows(shop, model):
    cashier, counts = accounts.client_of(shop.cashier, shop.station), []
    for more in (1, 2, 9):
        for _ in range(more):
            bill(shop, "陈志强", None, None)
        counts.append(statements(cashier, PATHS[model] + "?q=czq"))
    assert counts[0] == counts[1] == counts[2] <= SHELL + 6
