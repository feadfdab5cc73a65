"""Tokens and service accounts: whose they are, what they may open, and their screens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chejian.accounts.authority import OutOfReach
from chejian.accounts.models import ApiToken, User
from chejian.accounts.services.passwords import NotForService, reset_password
from chejian.accounts.services.people import RoleAt
from chejian.accounts.services.tokens import (
    MOST_LIVE,
    BadToken,
    TooManyTokens,
    UnknownToken,
    make_token,
    open_service_account,
    revoke_token,
    use_token,
)
from chejian.core.errors import NotPermitted
from chejian.core.models import Event
from tests.factories.accounts import client_of, make_role, make_station

pytestmark = pytest.mark.django_db
READ = ["orders:read"]


def make(user: User, by: User | None = None, **more):
    now = timezone.now()
    given = {"name": "记账", "scopes": READ, "expires_at": now + timedelta(days=9)} | more
    return make_token(user=user, by=by or user, at=now, **given)


def service(manager: User, role: str = "cashier") -> User:
    place = RoleAt(make_role(role), make_station())
    return open_service_account(name="记账程序", role=place, by=manager, at=timezone.now())


def test_a_token_is_made_used_and_revoked(adviser) -> None:
    made = make(adviser)
    used = use_token(key=made.key, at=timezone.now())
    assert (used.user, used.scopes) == (adviser, frozenset(READ))

    revoke_token(token=made.token, by=adviser, at=timezone.now())
    with pytest.raises(UnknownToken):
        use_token(key=made.key, at=timezone.now())
    kinds = Event.objects.filter(kind__startswith="token.").values_list("kind", flat=True)
    assert list(kinds) == ["token.created", "token.revoked"]


def test_nobody_makes_or_revokes_the_tokens_of_others(adviser, manager) -> None:
    with pytest.raises(NotPermitted):
        make(adviser, by=manager)
    made = make(manager)
    with pytest.raises(NotPermitted):
        revoke_token(token=made.token, by=adviser, at=timezone.now())
    assert ApiToken.objects.get().revoked_at is None


def test_a_manager_revokes_the_token_of_whoever_he_manages(adviser, manager) -> None:
    made = make(adviser)
    assert revoke_token(token=made.token, by=manager, at=timezone.now()).revoked_by == manager


def test_a_service_account_has_a_role_and_no_password(manager) -> None:
    account = service(manager)
    assert account.can_at("money.collect", make_station().pk)
    assert not account.has_usable_password()
    assert make(account, by=manager).token.user == account
    with pytest.raises(NotForService):
        reset_password(person=account, by=manager, at=timezone.now())


def test_nobody_opens_an_account_above_himself(manager) -> None:
    with pytest.raises(OutOfReach):
        service(manager, "administrator")
    assert not User.objects.filter(is_service=True).exists()


@pytest.mark.parametrize("wrong", [
    {"name": "  "}, {"scopes": []}, {"scopes": ["everything"]},
    {"expires_at": timezone.now() - timedelta(days=1)},
    {"expires_at": timezone.now() + timedelta(days=400)},
])
def test_what_a_token_cannot_be(adviser, wrong) -> None:
    with pytest.raises(BadToken):
        make(adviser, **wrong)
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_tokens(adviser) -> None:
    for _ in range(MOST_LIVE):
        make(adviser)
    with pytest.raises(TooManyTokens):
        make(adviser)


def test_the_screen_shows_the_key_once(adviser) -> None:
    browser = client_of(adviser)
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = browser.post("/tokens/", {"name": "扫码枪", "expires_on": until, "scopes": READ})
    token = ApiToken.objects.get()
    assert f"cj_{token.prefix}_" in made.content.decode()
    again = browser.get("/tokens/").content.decode()
    assert f"cj_{token.prefix}_…" in again
    assert token.digest not in again

    assert browser.post("/tokens/", {"name": "", "expires_on": "", "scopes": []}).status_code == 422
    browser.post(f"/tokens/{token.pk}/revocations/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_screen_of_service_accounts(manager) -> None:
    browser = client_of(manager)
    station = make_station()
    opened = browser.post("/settings/service-accounts/", {
        "name": "官网", "role": make_role("service_adviser").pk, "place": f"s{station.pk}",
    })
    account = User.objects.get(is_service=True)
    assert opened["Location"] == f"/settings/service-accounts/{account.pk}/"
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = browser.post(opened["Location"], {"name": "官网", "expires_on": until, "scopes": READ})
    assert made.status_code == 200
    token = ApiToken.objects.get(user=account)
    gone = browser.post(f"/tokens/{token.pk}/revocations/")
    assert gone["Location"] == opened["Location"]
