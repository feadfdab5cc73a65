"""The screens of the books."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.books import chart
from chejian.books.models import Account, PeriodClose
from chejian.books.services import Line, post
from tests.factories.accounts import assign, client_of, make_station, make_user

pytestmark = pytest.mark.usefixtures("defaults")
SPAN = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def cashier(station: Station) -> User:
    return make_user("cashier", station)


def enter(station, by, amount=D("12.34"), day=date(2026, 3, 12), label="PM-NS-26-000001"):
    return post(
        station_id=station.pk, kind="collection", label=label, occurred_on=day, by=by,
        lines=[Line(chart.CASH, amount), Line(chart.RECEIVABLE_CUSTOMER, -amount)],
        at=timezone.now(),
    )


@pytest.mark.parametrize("name", ["trial_balance", "entries"])
def test_lists_take_the_same_statements_for_any_rows(station, cashier, name):
    client, counts = client_of(cashier), []
    address = f"{reverse(name)}?first=2026-03-01&last=2026-03-31"
    for more in (1, 2, 47):
        for _ in range(more):
            enter(station, cashier)
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]


def test_from_the_trial_balance_down_to_an_entry(station, cashier):
    entry = enter(station, cashier)
    enter(station, cashier, D(99), date(2026, 4, 1), "PM-NS-26-000002")
    client = client_of(cashier)
    page = client.get(reverse("trial_balance"), SPAN).content.decode()
    assert "库存现金" in page
    assert "12.34" in page
    assert "99.00" not in page
    assert "借贷平衡" in page
    drilled = client.get(reverse("entries"), SPAN | {"account": chart.CASH}).content.decode()
    assert "PM-NS-26-000001" in drilled
    assert "PM-NS-26-000002" not in drilled
    assert "PM-NS" not in client.get(
        reverse("entries"), SPAN | {"account": chart.BANK}
    ).content.decode()
    assert client.get(reverse("entries"), {"account": "9999"}).status_code == 404
    one = client.get(reverse("entry", args=[entry.pk])).content.decode()
    assert "应收账款—客户" in one


def test_other_stations_books_stay_unseen(station, cashier):
    other = make_station("XX")
    entry = enter(other, cashier, D("55.55"))
    client = client_of(cashier)
    for query in ({}, {"station": ""}, {"station": str(other.pk)}):
        assert "55.55" not in client.get(reverse("trial_balance"), SPAN | query).content.decode()
        assert "PM-NS" not in client.get(reverse("entries"), SPAN | query).content.decode()
    assert client.get(reverse("entry", args=[entry.pk])).status_code == 404
    assign(cashier, "service_adviser", other)  # he works there, but not with the books
    fresh = client_of(User.objects.get(pk=cashier.pk))
    assert fresh.get(reverse("entry", args=[entry.pk])).status_code == 403
    page = fresh.get(reverse("trial_balance"), SPAN | {"station": ""})
    assert "55.55" not in page.content.decode()


def test_a_month_is_closed_on_the_screen(station, cashier):
    client = client_of(cashier)
    assert client.get(reverse("periods")).status_code == 200
    data = {"station": station.pk, "month": "2026-03"}
    assert client.post(reverse("periods"), data).status_code == 302
    again = client.post(reverse("periods"), data)
    assert again.status_code == 422
    assert "已经结账" in again.content.decode()
    soon = client.post(reverse("periods"), data | {"month": f"{timezone.localdate():%Y-%m}"})
    assert soon.status_code == 422
    assert PeriodClose.objects.count() == 1


def test_who_may_only_look_closes_nothing(station, adviser):
    looker = make_user("head_office", station)
    client = client_of(looker)
    assert client.get(reverse("periods")).status_code == 200
    data = {"station": station.pk, "month": "2026-03"}
    assert client.post(reverse("periods"), data).status_code == 422
    assert client.post(reverse("account", args=["1001"]), {"name": "x"}).status_code == 403
    for name in ("trial_balance", "entries", "periods"):
        assert client_of(adviser).get(reverse(name)).status_code == 403
    assert PeriodClose.objects.count() == 0
    assert Account.objects.get(code="1001").name == "库存现金"


def test_an_account_is_renamed(cashier):
    client = client_of(cashier)
    assert client.get(reverse("account", args=["1001"])).status_code == 200
    client.post(reverse("account", args=["1001"]), {"name": "门店备用金"})
    assert Account.objects.get(code="1001").name == "门店备用金"
    assert client.post(reverse("account", args=["1001"]), {"name": ""}).status_code == 422
