from decimal import Decimal

import pytest

from chejian.accounts.models import Role
from chejian.accounts.permissions import DEFAULT_ROLES, LABELS, P
from chejian.accounts.services.defaults import ensure_defaults
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def test_every_default_role_is_made_once() -> None:
    ensure_defaults()
    ensure_defaults()
    assert sorted(Role.objects.values_list("code", flat=True)) == sorted(
        role.code for role in DEFAULT_ROLES
    )


def test_a_changed_role_is_not_set_back() -> None:
    ensure_defaults()
    cashiers = Role.objects.filter(code="cashier")
    cashiers.update(permissions=[P.COLLECT], discount_limit=Decimal("0.01"))
    Role.objects.filter(code="inspector").delete()
    ensure_defaults()
    cashier = cashiers.get()
    assert (cashier.permissions, cashier.discount_limit) == ([P.COLLECT], Decimal("0.0100"))
    assert Role.objects.filter(code="inspector").exists()


def test_every_permission_has_a_name() -> None:
    assert set(LABELS) == set(P)


def test_the_factories_make_a_person_who_may() -> None:
    user = make_user("service_adviser")
    assert user.can(P.OPEN_ORDER)
    assert not user.can(P.SEE_COST)
