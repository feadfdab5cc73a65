"""Eight programs at one moment: with one token, one key, one version."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from chejian.accounts.models import ApiToken
from chejian.accounts.services.defaults import ensure_defaults as accounts_defaults
from chejian.parties.models import Party
from tests.api.client import BASE, token_of
from tests.factories import accounts, parties

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


@pytest.fixture
def key() -> str:
    accounts_defaults()
    return token_of(accounts.make_user("service_adviser", accounts.make_station())).key


def together(act: Callable[[Client, int], int], key: str) -> Counter[int]:
    """What eight threads were answered, all let go at one moment."""
    gate, answers = threading.Barrier(CLIENTS), []

    def run(number: int) -> None:
        client = Client(raise_request_exception=False,
                        headers={"Authorization": f"Bearer {key}"})
        try:
            gate.wait(timeout=30)
            answers.append(act(client, number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(answers)


def test_no_request_more_than_the_token_may_make(key, time_machine) -> None:
    time_machine.move_to("2026-11-22 10:00:10+08:00", tick=False)
    ApiToken.objects.update(per_minute=20)
    fine: list[int] = []

    def five(client: Client, _number: int) -> int:
        got = [client.get(f"{BASE}/me").status_code for _n in range(5)]
        fine.extend(got)
        return len(got)

    assert together(five, key) == {5: CLIENTS}
    assert Counter(fine) == {200: 20, 429: 20}
    assert ApiToken.objects.get().used == 40


def test_one_key_makes_one_customer(key) -> None:
    def create(client: Client, _number: int) -> int:
        return client.post(f"{BASE}/customers", {"name": "甲"}, "application/json",
                           headers={"Idempotency-Key": "k"}).status_code

    assert together(create, key) == {201: CLIENTS}
    assert Party.objects.count() == 1


def test_of_eight_changes_from_one_version_one_is_made(key) -> None:
    party = parties.make_party("甲")

    def change(client: Client, number: int) -> int:
        return client.patch(f"{BASE}/customers/{party.pk}", {"address": f"路 {number} 号"},
                            "application/json", headers={"If-Match": '"1"'}).status_code

    assert together(change, key) == {200: 1, 412: CLIENTS - 1}
    party.refresh_from_db()
    assert party.version == 2


def test_of_eight_changes_of_a_row_without_a_version_one_is_made(key) -> None:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    tag = client.post(f"{BASE}/tags", {"name": "出租车"}, "application/json").json()

    def change(client: Client, number: int) -> int:
        body = {"name": f"出租车{number}", "colour": "blue"}
        return client.put(f"{BASE}/tags/{tag['id']}", body, "application/json",
                          headers={"If-Match": f'"{tag["etag"]}"'}).status_code

    assert together(change, key) == {200: 1, 412: CLIENTS - 1}
