"""Who is asking: one statement, and whatever was taken away is gone at the next click.

What changes is written past the objects of this process, as another worker's writing is.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chejian.accounts.models import Assignment, Role, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.session_models import Session
from tests.factories.accounts import assign, client_of, make_station, make_user

pytestmark = pytest.mark.django_db
BOOKS, HOME = "/books/", "/preferences/"


@pytest.fixture
def manager(station: Station) -> User:
    return make_user("station_manager", station, name="刘站长")


def asked(client: Client, address: str = HOME) -> int:
    return client.get(address).status_code


def write(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_session_person_and_rights_come_in_one_statement(manager: User) -> None:
    client = client_of(manager)
    client.get(HOME)
    with CaptureQueriesContext(connection) as seen:
        client.get(HOME)
    about = [one["sql"] for one in seen.captured_queries if "accounts_" in one["sql"]]
    assert sum("accounts_session" in sql for sql in about) == 1
    assert sum('u."password"' in sql for sql in about) == 1
    assert len(about) == 2  # the other counts the menu


def test_a_session_knows_its_person(manager: User) -> None:
    client = client_of(manager)
    assert Session.objects.get().user_id == manager.pk
    client.post("/logout/")
    assert not Session.objects.filter(user=manager).exists()


TAKEN: dict[str, tuple[str, str]] = {
    "password": ("UPDATE accounts_user SET password = 'argon2$other' WHERE id = %(user)s", "out"),
    "account": ("UPDATE accounts_user SET is_active = false WHERE id = %(user)s", "out"),
    "session": ("DELETE FROM accounts_session WHERE user_id = %(user)s", "out"),
    "time": ("UPDATE accounts_session SET expire_date = now() - interval '1 s'", "out"),
    "role": ("DELETE FROM accounts_assignment WHERE user_id = %(user)s", "nowhere"),
    "station": ("UPDATE accounts_station SET active = false", "nowhere"),
    "permissions": ("UPDATE accounts_role SET permissions = '{}'", "refused"),
    "own password": ("UPDATE accounts_user SET must_change_password = true", "own password"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_was_taken_away_is_gone_at_the_next_click(manager: User, what: str) -> None:
    client = client_of(manager)
    assert asked(client, BOOKS) == 200
    sql, then = TAKEN[what]
    with connection.cursor() as cursor:
        cursor.execute(sql, {"user": manager.pk})

    answer = client.get(BOOKS)

    if then == "out":
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login/")
        assert not answer.wsgi_request.user.is_authenticated
    elif then == "own password":
        assert (answer.status_code, answer["Location"]) == (302, "/password/")
    else:
        assert answer.status_code == 403
        assert BOOKS not in answer.content.decode()


def test_what_was_given_is_there_at_the_next_click(station: Station) -> None:
    user = make_user("technician", station)
    client = client_of(user)
    assert asked(client, BOOKS) == 403
    write("UPDATE accounts_role SET permissions = permissions || '{money.view_books}'"
          " WHERE code = 'technician'")
    assert asked(client, BOOKS) == 200
    other = make_station("OTH")
    assert other.name not in client.get(HOME).content.decode()
    assign(user, "technician", other)
    assert other.name in client.get(HOME).content.decode()


def test_equal_rights_share_nothing_personal(station: Station) -> None:
    """The rights of two people that are the same are kept once; whoever they are is not."""
    one, two = (make_user("service_adviser", station, name=name) for name in ("陈一", "黄二"))
    pages = [client_of(user).get(HOME) for user in (one, two, one)]
    people = [page.wsgi_request.user for page in pages]
    assert [person.pk for person in people] == [one.pk, two.pk, one.pk]
    assert people[0].access is people[1].access
    texts = [page.content.decode() for page in pages]
    assert ["陈一" in text for text in texts] == [True, False, True]
    assert ["黄二" in text for text in texts] == [False, True, False]


def test_a_session_of_another_person_is_not_believed(manager: User, station: Station) -> None:
    """Data and row must name the same person."""
    client, stranger = client_of(manager), make_user("cashier", station)
    Session.objects.update(user=stranger)
    assert not client.get(HOME).wsgi_request.user.is_authenticated


def test_rights_of_many_stations_name_each_role_once(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    user = make_user(role=None)
    assign(user, "head_office")
    for number in range(30):
        make_station(f"S{number}")
    with django_assert_num_queries(1):
        access = User.objects.none().model(pk=user.pk).access
    assert len(access.stations) == Station.objects.count()
    held = set(Role.objects.get(code="head_office").permissions)
    assert all(here.permissions == held for here in access.stations.values())
    assert access.anywhere == access.everywhere == held
    assert access.can_any([P.VIEW_ORDERS]) == (P.VIEW_ORDERS in held)
    assert Assignment.objects.filter(user=user).count() == 1
