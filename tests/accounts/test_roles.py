"""The matrix of roles and permissions: saved as a whole, with history, never locking all out."""

import re
import threading
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from chejian.accounts.models import Role, User
from chejian.accounts.permissions import GROUPS, LABELS, P
from chejian.accounts.queries.roles import permission_groups, role_history
from chejian.accounts.services.keeping import LastAdministrator
from chejian.accounts.services.people import deactivate
from chejian.accounts.services.roles import (
    RoleRights,
    RolesChanged,
    UnknownPermission,
    fingerprint,
    set_matrix,
    set_role_permissions,
)
from chejian.core.errors import NotPermitted
from tests.factories.accounts import assign, client_of, make_role, make_station, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-12T12:00:00+08:00")


@pytest.fixture
def admin() -> User:
    make_station()
    user = make_user(role=None, name="管理员")
    assign(user, "administrator")
    return user


def change(role: Role, permissions: set[str], by: User | None) -> Role:
    return set_role_permissions(
        role=role, permissions=permissions, discount_limit=role.discount_limit,
        round_off_limit=role.round_off_limit, by=by, at=NOW,
    )


def test_a_change_is_kept_with_who_and_what(admin: User) -> None:
    role = make_role("inspector")
    had = set(role.permissions)
    change(role, {P.SEE_COST, P.INSPECT}, admin)
    assert set(Role.objects.get(pk=role.pk).permissions) == {P.SEE_COST, P.INSPECT}
    latest = role_history(role=role)[0]
    assert (latest.by, latest.role) == ("管理员", "质检")
    assert latest.added == [LABELS[P.SEE_COST]]
    assert latest.removed == [LABELS[code] for code in sorted(had - {P.INSPECT})]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT permissions FROM accounts_roleevent WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [role.pk],
        )
        kept = [set(row[0]) for row in cursor]
    assert kept == [had, {P.SEE_COST, P.INSPECT}]


def test_nothing_is_recorded_where_nothing_changes(admin: User) -> None:
    role = make_role("cashier")
    changed = set_matrix(
        rights=[RoleRights(role, frozenset(role.permissions), role.discount_limit,
                           role.round_off_limit)],
        by=admin, at=NOW,
    )
    assert (changed, role_history()) == ([], [])


def test_an_unknown_permission_changes_nothing(admin: User) -> None:
    role = make_role("cashier")
    with pytest.raises(UnknownPermission):
        change(role, {"money.print"}, admin)
    assert Role.objects.get(pk=role.pk).permissions == role.permissions


def test_whoever_may_not_changes_nothing(admin: User, manager: User) -> None:
    role = make_role("technician")
    with pytest.raises(NotPermitted):
        change(role, {P.SEE_COST}, manager)
    assert Role.objects.get(pk=role.pk).permissions == role.permissions


def test_the_right_to_change_roles_cannot_vanish(admin: User) -> None:
    role = make_role("administrator")
    with pytest.raises(LastAdministrator):
        change(role, {P.MANAGE_STAFF}, admin)
    assert P.MANAGE_ROLES in Role.objects.get(pk=role.pk).permissions
    keeper = make_role("keeper", permissions=[P.MANAGE_ROLES])
    with pytest.raises(LastAdministrator):  # a role that nobody has saves nobody
        change(role, {P.MANAGE_STAFF}, admin)
    assign(make_user(role=None), keeper.code)
    change(role, {P.MANAGE_STAFF}, admin)
    assert not User.objects.get(pk=admin.pk).can(P.MANAGE_ROLES)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_do_not_close_each_other() -> None:
    make_station()
    pair = [make_user(role=None), make_user(role=None)]
    for one in pair:
        assign(one, "administrator")
    start, failed = threading.Barrier(2), []

    def close(by: User, person: User) -> None:
        try:
            start.wait()
            deactivate(person=person, by=by, at=NOW)
        except LastAdministrator:
            failed.append(by.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=(pair[n], pair[1 - n])) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1
    assert User.objects.filter(is_active=True).count() == 1


def test_two_clerks_do_not_overwrite_each_other(admin: User) -> None:
    seen = fingerprint(Role.objects.all())
    change(make_role("inspector"), {P.INSPECT}, admin)
    cashier = make_role("cashier")
    rights = [RoleRights(cashier, frozenset(), Decimal(0), Decimal(0))]
    with pytest.raises(RolesChanged):
        set_matrix(rights=rights, by=admin, at=NOW, seen=seen)
    assert Role.objects.get(pk=cashier.pk).permissions == cashier.permissions


def test_every_permission_stands_in_one_group() -> None:
    listed = [code for _label, codes in permission_groups() for code, _word in codes]
    assert sorted(listed) == sorted(LABELS)
    assert {code.split(".")[0] for code in P} == set(GROUPS)


# --- the screen -------------------------------------------------------------------------------


def seen_on(client: Client, url: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', client.get(url).text)
    assert found is not None
    return found[1]


def as_posted(client: Client) -> dict[str, object]:
    """The form as the browser would send it back untouched."""
    data: dict[str, object] = {"seen": seen_on(client, "/settings/roles/")}
    for role in Role.objects.all():
        data[f"can_{role.pk}"] = list(role.permissions)
        data[f"discount_{role.pk}"] = f"{role.discount_limit * 100:.2f}"
        data[f"round_{role.pk}"] = str(role.round_off_limit)
    return data


def test_the_matrix_sent_back_untouched_changes_nothing(admin: User) -> None:
    client = client_of(admin)
    before = list(Role.objects.order_by("pk").values())
    answer = client.post("/settings/roles/", as_posted(client))
    assert answer.status_code == 302
    assert list(Role.objects.order_by("pk").values()) == before


def test_ticks_and_limits_are_saved(admin: User) -> None:
    client, role = client_of(admin), make_role("cashier")
    data = as_posted(client)
    data |= {f"can_{role.pk}": [P.COLLECT], f"discount_{role.pk}": "7.5", f"round_{role.pk}": "20"}
    client.post("/settings/roles/", data)
    role.refresh_from_db()
    assert role.permissions == [P.COLLECT]
    assert (role.discount_limit, role.round_off_limit) == (Decimal("0.0750"), Decimal("20.00"))
    assert role_history()[0].limits == ["7.5%", "20.00"]


def test_what_cannot_be_keeps_the_ticks_on_the_screen(admin: User) -> None:
    client, role = client_of(admin), make_role("administrator")
    answer = client.post("/settings/roles/", as_posted(client) | {f"can_{role.pk}": []})
    assert answer.status_code == 422
    assert "至少要有一人能管理岗位权限" in answer.text
    role.refresh_from_db()
    assert P.MANAGE_ROLES in role.permissions


def test_a_wrong_limit_is_named_with_its_role(admin: User) -> None:
    client, role = client_of(admin), make_role("cashier")
    answer = client.post("/settings/roles/", as_posted(client) | {f"discount_{role.pk}": "120"})
    assert answer.status_code == 422
    assert "收银/财务 · 最大优惠" in answer.text
    role.refresh_from_db()
    assert role.discount_limit == Decimal("0.0500")


def test_one_role_is_changed_on_its_own_page(admin: User) -> None:
    client, role = client_of(admin), make_role("inspector")
    client.post("/settings/roles/inspector/", {
        "seen": seen_on(client, "/settings/roles/inspector/"), f"can_{role.pk}": [P.INSPECT],
        f"discount_{role.pk}": "0", f"round_{role.pk}": "0",
    })
    client.post("/settings/roles/inspector/name/", {"name": "总检"})
    role.refresh_from_db()
    assert (role.permissions, role.name) == ([P.INSPECT], "总检")


def test_a_manager_does_not_see_the_matrix(manager: User) -> None:
    client = client_of(manager)
    before = list(Role.objects.order_by("pk").values())
    assert client.get("/settings/roles/").status_code == 403
    assert client.post("/settings/roles/", {"seen": "x"}).status_code == 403
    assert client.post("/settings/roles/cashier/name/", {"name": "x"}).status_code == 403
    assert list(Role.objects.order_by("pk").values()) == before
