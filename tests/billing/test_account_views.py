"""A customer's account on the screen: shown, collected, opening balances taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.billing import queries
from chejian.billing.models import OpeningBalance, Payment
from chejian.billing.services.opening import OpeningRecord, open_balances
from chejian.core.replay import new_key
from chejian.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(defaults: None) -> Party:
    return Party.objects.create(name="解超", credit_limit=Decimal(5000))


@pytest.fixture
def opening(party: Party, station: Station, manager: User) -> OpeningBalance:
    records = [OpeningRecord(party, Decimal("1990.27"), Decimal("398.05"), Decimal(500))]
    (made,) = open_balances(
        station=station, records=records, as_of=date(2026, 11, 1), by=manager, at=timezone.now()
    )
    return made


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_account_says_what_stands(
    opening: OpeningBalance, party: Party, make_user, station: Station
) -> None:
    page = _client(make_user("cashier", station)).get(f"/customers/{party.pk}/account/")
    text = page.content.decode()
    for figure in ("1,990.27", "398.05", "500.00", "4,500.00", opening.number):
        assert figure in text
    assert "收款" in text


def test_the_customers_page_shows_it_in_short(
    opening: OpeningBalance, party: Party, adviser: User
) -> None:
    assert "1,990.27" in _client(adviser).get(f"/customers/{party.pk}/").content.decode()


def test_money_is_taken_once(
    opening: OpeningBalance, party: Party, make_user, station: Station
) -> None:
    client = _client(make_user("cashier", station))
    sent = {"cash": "200", "wechat": "100.50", "key": str(new_key())}
    url = f"/customers/{party.pk}/payments/"
    answer = client.post(url, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{party.pk}/account/")
    client.post(url, sent)
    payment = Payment.objects.get()
    assert (payment.amount, payment.allocated) == (Decimal("300.50"), Decimal("300.50"))
    assert queries.account_of(party, date(2026, 11, 1)).debt == Decimal("199.50")


@pytest.mark.parametrize("sent", [{}, {"cash": "500.01"}, {"cash": "-1"}, {"cash": "viel"}])
def test_what_cannot_be_taken_is_said(
    opening: OpeningBalance, party: Party, make_user, station: Station, sent: dict[str, str]
) -> None:
    client = _client(make_user("cashier", station))
    assert client.post(f"/customers/{party.pk}/payments/", sent).status_code == 422
    assert not Payment.objects.exists()


def test_only_the_cashier_takes_money(
    opening: OpeningBalance, party: Party, adviser: User
) -> None:
    client = _client(adviser)
    sent = {"cash": "10"}
    assert client.post(f"/customers/{party.pk}/payments/", sent).status_code == 403
    assert not Payment.objects.exists()


def test_an_opening_balance_is_taken_back_with_a_reason(
    opening: OpeningBalance, party: Party, manager: User, adviser: User
) -> None:
    url = f"/opening-balances/{opening.pk}/reversals/"
    assert _client(adviser).post(url, {"reason": "错"}).status_code == 403
    client = _client(manager)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert OpeningBalance.objects.count() == 1
    assert client.post(url, {"reason": "不是本店客户"}).status_code == 302
    assert queries.account_of(party, date(2026, 11, 1)).stored_value == 0
    assert "不是本店客户" in client.get(f"/customers/{party.pk}/account/").content.decode()


def test_a_stranger_finds_nothing(
    opening: OpeningBalance, party: Party, make_user, make_station
) -> None:
    client = _client(make_user("station_manager", make_station("FT")))
    url = f"/opening-balances/{opening.pk}/reversals/"
    assert client.post(url, {"reason": "x"}).status_code == 404
    assert opening.number not in client.get(f"/customers/{party.pk}/account/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 50])
def test_as_many_statements_for_many_bills(
    count: int, station: Station, manager: User, make_user, defaults: None,
    django_assert_max_num_queries,
) -> None:
    party = Party.objects.create(name="车队")
    for _turn in range(count):
        other = Party.objects.create(name="车队", merged_into=party)
        open_balances(
            station=station, records=[OpeningRecord(other, debt=Decimal(10))],
            as_of=date(2026, 11, 1), by=manager, at=timezone.now(),
        )
    client = _client(make_user("cashier", station))
    client.get("/")
    with django_assert_max_num_queries(28):
        client.get(f"/customers/{party.pk}/account/")
