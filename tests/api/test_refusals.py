"""The one shape of every refusal, in both languages; keys, versions, tokens, and odd input."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chejian.accounts.models import ApiToken
from chejian.accounts.services.tokens import make_token, revoke_token
from chejian.billing.models import Payment
from chejian.core.models import Event
from chejian.parties.models import Party
from chejian.workorders.models import WorkOrder
from tests.api.client import BASE, Program, program, token_of
from tests.factories import accounts, parties, vehicles, workorders
from tests.factories.workorders import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(defaults) -> Shop:
    return Shop()


def code(response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"code", "message", "details"}
    assert response.headers["Content-Type"] == "application/json"
    assert body["message"]
    return response.status_code, body["code"]


# --- tokens -----------------------------------------------------------------------------------
def test_without_a_token_or_with_an_odd_one_nothing_opens(shop) -> None:
    real = token_of(shop.adviser)
    other = real.key[:-1] + ("a" if real.key[-1] != "a" else "b")
    for key in ("", "x", "cj_", other, real.key.upper(), f"{real.key} x", "cj_\x00", "é" * 40):
        response = Program(key).get("/me")
        assert response.status_code == 401, key
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert code(Program("").get("/me")) == (401, "unauthorized")
    assert code(Program(other).get("/me")) == (401, "unknown_token")


def test_a_token_is_kept_as_a_hash_and_says_when_it_was_used(shop) -> None:
    made = token_of(shop.adviser)
    prefix, secret = made.key.split("_")[1:]
    kept = ApiToken.objects.get(pk=made.token.pk)
    assert (kept.prefix, kept.last_used_at) == (prefix, None)
    assert secret not in str(vars(kept))

    assert Program(made.key).get("/me").status_code == 200

    kept.refresh_from_db()
    assert kept.last_used_at is not None
    assert kept.used == 1


def test_expired_revoked_closed_and_unfinished_accounts_open_nothing(shop) -> None:
    now = timezone.now()
    revoked, expired, closed, fresh = (token_of(shop.adviser) for _ in range(4))
    revoke_token(token=revoked.token, by=shop.adviser, at=now)
    ApiToken.objects.filter(pk=expired.token.pk).update(expires_at=now - timedelta(seconds=1))
    assert code(Program(revoked.key).get("/me")) == (401, "unknown_token")
    assert code(Program(expired.key).get("/me")) == (401, "unknown_token")
    assert Program(fresh.key).get("/me").status_code == 200

    shop.adviser.must_change_password = True
    shop.adviser.save()
    assert code(Program(fresh.key).get("/me")) == (401, "unknown_token")
    shop.adviser.must_change_password, shop.adviser.is_active = False, False
    shop.adviser.save()
    assert code(Program(closed.key).get("/me")) == (401, "unknown_token")


def test_scopes_narrow_what_the_person_may(shop) -> None:
    narrow = program(shop.adviser, "customers:read")
    assert narrow.get("/customers").status_code == 200
    assert code(narrow.post("/customers", {"name": "甲"})) == (403, "scope_missing")
    assert code(narrow.get("/work-orders")) == (403, "scope_missing")
    assert narrow.get("/me").json()["scopes"] == ["customers:read"]
    assert not Party.objects.exists()

    inspector = program(shop.inspector)  # every scope, and yet no right to see customers
    assert code(inspector.get("/customers")) == (403, "not_permitted")


def test_too_many_requests_in_a_minute(shop, time_machine) -> None:
    time_machine.move_to("2026-11-22 10:00:10+08:00", tick=False)
    made = token_of(shop.adviser)
    ApiToken.objects.update(per_minute=3)
    one = Program(made.key)
    assert [one.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.get("/me")
    assert code(refused) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "50"

    time_machine.move_to("2026-11-22 10:01:00+08:00", tick=False)
    assert one.get("/me").status_code == 200


def test_a_browsers_session_says_nothing(shop) -> None:
    browser = accounts.client_of(shop.adviser, shop.station)
    assert browser.get(f"{BASE}/me").status_code == 401
    assert browser.post(f"{BASE}/customers", {"name": "甲"}, "application/json").status_code == 401
    assert not Party.objects.exists()


def test_a_service_account_acts_under_its_own_name(shop) -> None:
    from chejian.accounts.services.login import WrongLogin, log_in
    from chejian.accounts.services.people import RoleAt
    from chejian.accounts.services.tokens import open_service_account

    now = timezone.now()
    role = RoleAt(accounts.make_role("service_adviser"), shop.station)
    account = open_service_account(name="官网预约", role=role, by=shop.manager, at=now)
    made = make_token(user=account, name="官网", scopes=["customers:write"], by=shop.manager,
                      expires_at=now + timedelta(days=300), at=now)
    assert Program(made.key).post("/customers", {"name": "甲"}).status_code == 201
    assert Event.objects.get(kind="party.created").actor_name == "官网预约"
    with pytest.raises(WrongLogin):
        log_in(login=account.username, password="", address=None, at=now)


# --- the shape --------------------------------------------------------------------------------
def test_addresses_and_methods_that_are_not_offered(shop) -> None:
    adviser = program(shop.adviser)
    assert code(adviser.get("/nothing/here")) == (404, "not_found")
    assert code(Program("").get("/nothing")) == (404, "not_found")
    assert code(adviser.get("/customers/9")) == (404, "not_found")
    response = adviser.ask("DELETE", "/customers")
    assert code(response) == (405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert code(adviser.ask("GET", "/customers/")) == (404, "not_found")
    english = adviser.ask("DELETE", "/customers", Accept_Language="en").json()["message"]
    assert english.isascii()
    assert code(adviser.get("/me", Host="elsewhere.example")) == (400, "bad_request")


@pytest.mark.parametrize("body", [
    b"{", b"nonsense", b'{"name": NaN}', b'{"name": Infinity}', b"\xff\xfe", b"[" * 100_000,
    b'{"credit_limit": ' + b"9" * 5000 + b"}",
])
def test_what_is_no_json(shop, body) -> None:
    assert code(program(shop.adviser).post("/customers", body)) == (400, "bad_request")
    assert not Party.objects.exists()


@pytest.mark.parametrize(("body", "field", "kind"), [
    ([], "", "model_type"),
    ({"name": 7}, "name", "string_type"),
    ({"nickname": "甲"}, "nickname", "extra_forbidden"),
    ({"name": "甲\x00乙"}, "name", "zero_byte"),
    ({"name": "\ud800"}, "name", "string_unicode"),
    ({"name": "甲" * 121}, "name", "string_too_long"),
    ({"name": "甲", "credit_limit": "NaN"}, "credit_limit", "finite_number"),
    ({"name": "甲", "credit_limit": "1e300"}, "credit_limit", "decimal_max_digits"),
    ({"name": "甲", "credit_limit": "1.005"}, "credit_limit", "decimal_max_places"),
    ({"name": "甲", "credit_limit": -1}, "credit_limit", "greater_than_equal"),
    ({"name": "甲", "kind": "ship"}, "kind", "literal_error"),
    ({"name": "甲", "is_maker": "yes"}, "is_maker", "bool_type"),
    ({"name": "甲", "credit_term_days": 10**30}, "credit_term_days", "less_than_equal"),
])
def test_fields_that_are_not_right(shop, body, field, kind) -> None:
    response = program(shop.adviser).post("/customers", body)
    assert code(response) == (422, "invalid")
    detail = response.json()["details"][0]
    assert (detail["field"], detail["code"]) == (field, kind)
    assert not Party.objects.exists()


def test_odd_addresses_and_questions(shop) -> None:
    adviser = program(shop.adviser)
    for path in ("/customers/0", "/customers/-1", "/customers/x", f"/customers/{10**40}",
                 "/customers?limit=0", "/customers?limit=101", "/customers?cursor=!!",
                 "/customers?cursor=%00", "/customers?q=%00", "/work-orders?status=odd",
                 "/work-orders?opened_from=0001-01-01T00:00:00Z", "/vehicles?owner_id=1e9"):
        assert adviser.get(path).status_code == 422, path


def test_both_languages(shop) -> None:
    adviser = program(shop.adviser)
    chinese = adviser.post("/customers", {})
    english = adviser.post("/customers", {}, Accept_Language="en")
    assert chinese.json()["code"] == english.json()["code"] == "name_required"
    assert chinese.headers["Content-Language"] == "zh-hans"
    assert english.headers["Content-Language"] == "en"
    assert chinese.json()["message"] != english.json()["message"]
    assert english.json()["message"].isascii()
    assert english.json()["details"][0]["field"] == "name"


def test_all_reasons_at_once(shop) -> None:
    order = workorders.brought_to("in_progress", shop, jobs=2)
    refused = program(shop.technician).post(f"/work-orders/{order.pk}/completions")
    assert code(refused)[0] == 422
    assert len(refused.json()["details"]) >= 2
    order.refresh_from_db()
    assert order.status == "in_progress"


# --- nothing twice ----------------------------------------------------------------------------
def test_the_same_key_gives_the_first_result(shop) -> None:
    adviser = program(shop.adviser)
    first = adviser.post("/customers", {"name": "甲"}, Idempotency_Key="一".encode().hex())
    again = adviser.post("/customers", {"name": "甲"}, Idempotency_Key="一".encode().hex())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Party.objects.count() == 1

    other = adviser.post("/customers", {"name": "乙"}, Idempotency_Key="一".encode().hex())
    assert code(other) == (409, "key_reused")
    elsewhere = adviser.post("/vehicles", {"plate": "浙B12345"},
                             Idempotency_Key="一".encode().hex())
    assert code(elsewhere) == (409, "key_reused")
    assert Party.objects.count() == 1


def test_keys_are_each_persons_own_and_a_failed_deed_frees_its_key(shop) -> None:
    first, second = program(shop.adviser), program(shop.manager)
    assert first.post("/customers", {}, Idempotency_Key="k").status_code == 422
    assert first.post("/customers", {"name": "甲"}, Idempotency_Key="k").status_code == 201
    assert second.post("/customers", {"name": "甲"}, Idempotency_Key="k").status_code == 201
    assert Party.objects.count() == 2
    assert code(first.post("/customers", {"name": "甲"}, Idempotency_Key="x" * 256)) == (
        400, "bad_header")


def test_money_is_taken_once(shop) -> None:
    from chejian.billing.services.settlement import settle

    order = workorders.brought_to("completed", shop)
    settle(order=order, by=shop.cashier, at=timezone.now())
    cashier = program(shop.cashier)
    body = {"tenders": [{"method": "cash", "amount": "10.00"}]}
    answers = [
        cashier.post(f"/work-orders/{order.pk}/payments", body, Idempotency_Key="till-1")
        for _ in range(3)
    ]
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert len({one.json()["number"] for one in answers}) == 1
    assert Payment.objects.count() == 1


# --- nobody's change is lost ------------------------------------------------------------------
def test_a_change_must_name_the_version_it_was_made_from(shop) -> None:
    adviser = program(shop.adviser)
    party = parties.make_party("甲")
    path = f"/customers/{party.pk}"
    tag = adviser.get(path).headers["ETag"]
    assert tag == '"1"'
    assert code(adviser.patch(path, {"address": "江东"})) == (428, "version_required")

    mine = adviser.patch(path, {"address": "江东"}, tag)
    assert (mine.status_code, mine.headers["ETag"]) == (200, '"2"')

    late = adviser.patch(path, {"address": "鄞州"}, tag)
    assert code(late) == (412, "version_passed")
    data = late.json()["details"][0]["data"]
    assert data["fields"]["address"] == {"theirs": "江东", "mine": "鄞州"}
    assert data["version"] == 2
    party.refresh_from_db()
    assert party.address == "江东"

    for odd in ('W/"2"', '"zwei"', '"99999999999999"'):
        assert code(adviser.patch(path, {"address": "鄞州"}, odd)) == (412, "version_passed")
    assert adviser.patch(path, {"address": "鄞州"}, "*").status_code == 200


def test_lines_have_versions_of_their_own(shop) -> None:
    adviser = program(shop.adviser)
    order = workorders.make_order(shop)
    job = workorders.add_job(order, shop)
    path = f"/work-orders/{order.pk}/jobs/{job.pk}"
    assert adviser.patch(path, {"flat_hours": "2"}, '"1"').status_code == 200
    assert code(adviser.patch(path, {"flat_hours": "3"}, '"1"')) == (412, "version_passed")
    job.refresh_from_db()
    assert (job.flat_hours, job.version) == (2, 2)


# --- what is masked ---------------------------------------------------------------------------
def test_costs_and_phones_are_masked_as_on_the_screens(shop) -> None:
    part = shop.stocked(retail_price=100)
    order = workorders.brought_to("in_progress", shop, part=part)
    path = f"/work-orders/{order.pk}"

    def line(one: Program) -> dict:
        return one.get(path).json()["jobs"][0]["part_lines"][0]

    sees, blind = program(shop.cashier), program(shop.controller)
    assert line(sees)["cost"] == str(order.part_lines.get().cost)
    assert (line(blind)["cost"], line(blind)["issues"][0]["cost"]) == (None, None)
    assert sees.get("/stock").json()["items"][0]["value"] is not None
    assert blind.get("/stock").json()["items"][0]["value"] is None
    assert "*" not in sees.get(path).json()["contact_phone"]
    assert "****" in blind.get(path).json()["contact_phone"]
    assert "****" in blind.get("/work-orders").json()["items"][0]["contact_phone"]

    customer = f"/customers/{order.customer_id}"
    assert "****" in sees.get(customer).json()["phone"]
    shown = sees.post(f"{customer}/disclosures", {"field": "phone", "reason": "回访"})
    assert shown.json()["text"] == order.customer.phone
    assert code(blind.post(f"{customer}/disclosures", {"field": "phone"})) == (
        403, "not_permitted")
    with connection.cursor() as cursor:
        cursor.execute("SELECT field, reason FROM accounts_sensitiveaccess")
        assert cursor.fetchall() == [("phone", "回访")]


def test_another_stations_rows_do_not_exist(shop) -> None:
    far = Shop(accounts.make_station("YZ"))
    order = workorders.make_order(far, vehicle=vehicles.make_vehicle())
    adviser = program(shop.adviser)
    assert code(adviser.get(f"/work-orders/{order.pk}")) == (404, "not_found")
    assert adviser.get("/work-orders").json() == {"items": [], "next": None}
    refused = adviser.post("/work-orders", {
        "vehicle_id": order.vehicle_id, "station_id": far.station.pk,
        "customer_id": order.customer_id,
    })
    assert code(refused) == (422, "no_such_row")
    assert WorkOrder.objects.count() == 1
