"""The first account of an empty house, and a forgotten password."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from chejian.accounts.models import Assignment, Organisation, Region, Role, Station, User
from chejian.accounts.permissions import P
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def password_in(text: str) -> str:
    found = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", text)
    assert found is not None
    return found[0]


def test_an_empty_house_gets_one_station_and_one_account() -> None:
    said = run("bootstrap", "--station-code", "BD", "--station-name", "北店")
    admin, station = User.objects.get(), Station.objects.get()
    assert (admin.username, admin.must_change_password) == ("admin", True)
    assert admin.check_password(password_in(said))
    assert (station.code, station.name) == ("BD", "北店")
    assert admin.can(P.MANAGE_ROLES)
    assert admin.can_at(P.SEE_COST, station.pk)
    assert P.MANAGE_ROLES in admin.access.everywhere


def test_the_first_station_has_its_two_warehouses() -> None:
    run("bootstrap")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM inventory_warehouse ORDER BY id")
        assert [row[0] for row in cursor] == ["主仓", "油品仓"]


def test_a_second_run_changes_nothing_and_says_nothing() -> None:
    run("bootstrap")
    before = User.objects.get().password
    assert run("bootstrap", "--station-code", "XX") == ""
    assert User.objects.get().password == before
    counts = [model.objects.count() for model in (Organisation, Region, Station, Assignment)]
    assert counts == [1, 1, 1, 2]
    assert Role.objects.filter(code="technician").exists()


def test_where_somebody_is_only_the_defaults_are_made() -> None:
    make_user(role=None)
    assert run("bootstrap") == ""
    assert User.objects.filter(username="admin").exists() is False
    assert Role.objects.filter(code="cashier").exists()


def test_a_forgotten_password_is_drawn_anew_at_the_console() -> None:
    user = make_user(username="wang", phone="13812345678")
    said = run("reset_password", "138 1234 5678")
    user.refresh_from_db()
    assert user.check_password(password_in(said))
    assert user.must_change_password is True
    with pytest.raises(CommandError):
        run("reset_password", "nobody")
