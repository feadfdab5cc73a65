"""Logging in: by phone or name, the lock, the demo, expiry in place, the first own password."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chejian.accounts.demo_login import DEMO_PASSWORD
from chejian.accounts.middleware import COUNTER_IDLE, PHONE_IDLE
from chejian.accounts.models import LoginFailure, Organisation, User
from chejian.accounts.services.login import LoginLocked, WrongLogin, log_in
from tests.factories.accounts import assign, client_of, make_station, make_user

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-03-12T12:00:00+08:00")
PASSWORD = "a-good-one-7"


@pytest.fixture
def user() -> User:
    return make_user(username="zhangwei", phone="13812345678", password=PASSWORD)


def fail(times: int, login: str = "zhangwei", at: datetime = NOON) -> None:
    for n in range(times):
        with pytest.raises((WrongLogin, LoginLocked)):
            log_in(login=login, password="no", address=None, at=at + timedelta(seconds=n))


def enter(login: str = "zhangwei", at: datetime = NOON) -> User:
    return log_in(login=login, password=PASSWORD, address="10.0.0.1", at=at)


@pytest.mark.parametrize(
    "typed",
    ["zhangwei", "ZhangWei ", "ｚｈａｎｇｗｅｉ", "13812345678", "138-1234 5678", "+8613812345678"],
)
def test_name_and_phone_are_known_however_they_are_typed(user: User, typed: str) -> None:
    assert enter(typed) == user


def test_a_closed_account_is_answered_like_a_wrong_password(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(WrongLogin):
        enter()


def test_after_five_failures_even_the_right_password_must_wait(user: User) -> None:
    fail(5)
    with pytest.raises(LoginLocked) as refusal:
        enter(at=NOON + timedelta(minutes=5))
    assert refusal.value.data["minutes"] == 11
    assert "11 分钟" in str(refusal.value)
    assert enter(at=NOON + timedelta(minutes=15, seconds=5)) == user


def test_name_and_phone_share_one_count(user: User) -> None:
    fail(3)
    fail(2, login="13812345678", at=NOON + timedelta(minutes=1))
    with pytest.raises(LoginLocked):
        enter(at=NOON + timedelta(minutes=2))


def test_attempts_during_the_lock_do_not_prolong_it(user: User) -> None:
    fail(5)
    fail(20, at=NOON + timedelta(minutes=14))
    assert LoginFailure.objects.count() == 5
    assert enter(at=NOON + timedelta(minutes=15, seconds=5)) == user


def test_failures_far_apart_do_not_lock(user: User) -> None:
    for n in range(6):
        fail(1, at=NOON + timedelta(minutes=4 * n))
    assert enter(at=NOON + timedelta(minutes=21)) == user


def test_success_forgets_the_failures(user: User) -> None:
    fail(4)
    enter(at=NOON + timedelta(minutes=1))
    fail(4, at=NOON + timedelta(minutes=2))
    assert enter(at=NOON + timedelta(minutes=3)) == user


def test_who_is_not_there_is_locked_as_well(user: User) -> None:
    fail(4, login="nobody")
    with pytest.raises(LoginLocked):
        log_in(login="nobody", password="no", address=None, at=NOON + timedelta(seconds=9))


def test_the_last_tries_are_told(user: User) -> None:
    fail(3)
    with pytest.raises(WrongLogin) as refusal:
        log_in(login="zhangwei", password="no", address=None, at=NOON + timedelta(seconds=9))
    assert refusal.value.data["left"] == 1
    assert "1 次" in str(refusal.value)


def test_an_address_that_tries_many_names_is_locked_alone(user: User) -> None:
    rows = [LoginFailure(login=f"n{n}", address="10.0.0.9", at=NOON) for n in range(50)]
    LoginFailure.objects.bulk_create(rows)
    with pytest.raises(LoginLocked):
        log_in(login="zhangwei", password=PASSWORD, address="10.0.0.9", at=NOON)
    assert log_in(login="zhangwei", password=PASSWORD, address="10.0.0.1", at=NOON) == user


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_counted_one_by_one() -> None:
    make_user(username="zhangwei", password=PASSWORD)
    start, kinds, lock = threading.Barrier(8), [], threading.Lock()

    def guess() -> None:
        try:
            start.wait()
            with pytest.raises((WrongLogin, LoginLocked)) as refusal:
                log_in(login="zhangwei", password="no", address=None, at=NOON)
            with lock:
                kinds.append(refusal.type)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LoginFailure.objects.count() == 5
    assert kinds.count(WrongLogin) == 4


# --- the pages --------------------------------------------------------------------------------


def post_login(client: Client, login: str, password: str, **more: str):
    return client.post("/login/", {"login": login, "password": password, **more})


def test_login_leads_to_where_the_person_wanted(client: Client, user: User) -> None:
    answer = post_login(client, "138 1234 5678", PASSWORD, next="/preferences/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/preferences/")
    assert client.get("/preferences/").status_code == 200


def test_login_never_leads_to_a_strange_house(client: Client, user: User) -> None:
    answer = post_login(client, "zhangwei", PASSWORD, next="https://elsewhere.example/")
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_keeps_the_name_and_opens_nothing(client: Client, user: User) -> None:
    answer = post_login(client, "zhangwei", "wrong")
    assert answer.status_code == 422
    assert 'value="zhangwei"' in answer.text
    assert "用户名或密码不对" in answer.text
    assert client.get("/preferences/").status_code == 302


def test_the_page_says_how_many_minutes_are_left(client: Client, user: User) -> None:
    for _n in range(5):
        answer = post_login(client, "zhangwei", "wrong")
    assert "请 15 分钟后再试" in answer.text


def test_logging_out_is_posted(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/preferences/").status_code == 302


def test_a_person_without_a_role_is_told_so(client: Client) -> None:
    client.force_login(make_user(role=None))
    answer = client.get("/preferences/")
    assert answer.status_code == 403
    assert "还没有岗位" in answer.text


# --- expiry -----------------------------------------------------------------------------------


def leave_for(client: Client, seconds: int) -> None:
    session = client.session
    session["seen"] = int(time.time()) - seconds
    session.save()


def test_eight_hours_at_the_counter_end_the_session(user: User) -> None:
    client = client_of(user)
    leave_for(client, COUNTER_IDLE - 60)
    assert client.get("/preferences/").status_code == 200
    leave_for(client, COUNTER_IDLE + 60)
    answer = client.get("/preferences/")
    assert (answer.status_code, answer.headers["Location"]) == (
        302, "/login/?next=/preferences/",
    )


def test_a_script_is_told_to_ask_in_place(user: User) -> None:
    client = client_of(user)
    leave_for(client, COUNTER_IDLE + 60)
    answer = client.get("/preferences/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["X-Reauth"]) == (401, "1")


def test_a_technicians_phone_stays_for_thirty_days(client: Client) -> None:
    make_user("technician", username="li", password=PASSWORD)
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari"}
    client.post("/login/", {"login": "li", "password": PASSWORD}, headers=phone)
    leave_for(client, COUNTER_IDLE + 60)
    assert client.get("/preferences/").status_code == 200
    leave_for(client, PHONE_IDLE + 60)
    assert client.get("/preferences/").status_code == 302


def test_an_advisers_phone_does_not(client: Client, user: User) -> None:
    phone = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Safari"}
    client.post("/login/", {"login": "zhangwei", "password": PASSWORD}, headers=phone)
    leave_for(client, COUNTER_IDLE + 60)
    assert client.get("/preferences/").status_code == 302


def test_a_live_screen_does_not_keep_the_session_alive(user: User) -> None:
    client = client_of(user)
    leave_for(client, COUNTER_IDLE - 60)
    before = client.session["seen"]
    client.get("/preferences/", headers={"X-Live": "1"})
    assert client.session["seen"] == before
    client.get("/preferences/")
    assert client.session["seen"] > before


def test_the_password_again_goes_on_as_the_same_person(user: User) -> None:
    other = make_station("ZH")
    assign(user, "service_adviser", other)
    client = client_of(user, other)
    leave_for(client, COUNTER_IDLE + 60)
    assert client.get("/login/again/").status_code == 401
    wrong = client.post("/login/again/", {"password": "no"})
    assert (wrong.status_code, "用户名或密码不对" in wrong.text) == (422, True)
    again = client.post("/login/again/", {"password": PASSWORD})
    assert again.status_code == 204
    assert again.headers["X-CSRFToken"]
    assert client.get("/login/again/").status_code == 204
    assert int(client.session["_auth_user_id"]) == user.pk
    assert client.session["station"] == other.pk


def test_another_persons_password_does_not_open_an_expired_page(user: User) -> None:
    make_user(username="second", password="another-one-8")
    client = client_of(user)
    leave_for(client, COUNTER_IDLE + 60)
    client.get("/preferences/")
    answer = client.post("/login/again/", {"password": "another-one-8", "login": "second"})
    assert answer.status_code == 422
    assert client.get("/preferences/").status_code == 302


def test_where_nobody_was_logged_in_there_is_nothing_to_go_on_with(client: Client) -> None:
    assert client.get("/login/again/").status_code == 401
    assert client.post("/login/again/", {"password": PASSWORD}).status_code == 401


def test_the_lock_holds_for_the_password_in_place_too(user: User) -> None:
    client = client_of(user)
    leave_for(client, COUNTER_IDLE + 60)
    for _n in range(5):
        client.post("/login/again/", {"password": "no"})
    answer = client.post("/login/again/", {"password": PASSWORD})
    assert (answer.status_code, "分钟" in answer.text) == (422, True)


# --- the first own password -------------------------------------------------------------------


@pytest.fixture
def newcomer() -> User:
    return make_user(username="new", password=PASSWORD, must_change_password=True)


def test_a_given_password_must_be_changed_before_anything_else(newcomer: User) -> None:
    client = client_of(newcomer)
    for page in ("/preferences/", "/approvals/", "/settings/"):
        assert client.get(page).headers["Location"] == "/password/"
    fragment = client.get("/approvals/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (403, "/password/")


def test_no_deed_gets_through_before(newcomer: User) -> None:
    answer = client_of(newcomer).post("/preferences/menu/", {"menu": "rail"})
    newcomer.refresh_from_db()
    assert (answer.headers["Location"], newcomer.menu_folded) == ("/password/", False)


def test_the_new_password_opens_the_house(newcomer: User) -> None:
    client = client_of(newcomer)
    answer = client.post("/password/", {"new": "garden-path-42", "again": "garden-path-42"})
    assert answer.headers["Location"] == "/"
    assert client.get("/preferences/").status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.check_password("garden-path-42")
    assert newcomer.must_change_password is False


@pytest.mark.parametrize(
    ("new", "again"),
    [("short1", "short1"), ("12345678901", "12345678901"), (PASSWORD, PASSWORD),
     ("garden-path-42", "garden-path-43"), ("password1", "password1")],
)
def test_weak_same_or_differing_passwords_change_nothing(
    newcomer: User, new: str, again: str
) -> None:
    before = newcomer.password
    answer = client_of(newcomer).post("/password/", {"new": new, "again": again})
    newcomer.refresh_from_db()
    assert (answer.status_code, newcomer.password) == (422, before)
    assert newcomer.must_change_password is True


def test_later_the_old_password_is_asked_for(user: User) -> None:
    client, elsewhere = client_of(user), client_of(user)
    new = {"new": "garden-path-42", "again": "garden-path-42"}
    assert client.post("/password/", {**new, "old": "no"}).status_code == 422
    assert client.post("/password/", {**new, "old": PASSWORD}).status_code == 302
    assert client.get("/preferences/").status_code == 200
    assert elsewhere.get("/preferences/").status_code == 302


# --- the demo ---------------------------------------------------------------------------------


@pytest.fixture
def demo() -> User:
    user = make_user("cashier", username="qian", name="钱会计", password=DEMO_PASSWORD)
    Organisation.objects.update(is_demo=True)
    return user


def test_a_demo_shows_its_password_on_its_own_computer(client: Client, demo: User) -> None:
    page = client.get("/login/").text
    assert DEMO_PASSWORD in page
    assert "钱会计" in page
    assert post_login(client, "qian", DEMO_PASSWORD).status_code == 302


def test_nobody_from_outside_sees_or_uses_it(client: Client, demo: User) -> None:
    outside = {"REMOTE_ADDR": "192.168.1.20"}
    assert DEMO_PASSWORD not in client.get("/login/", **outside).text
    answer = client.post("/login/", {"login": "qian", "password": DEMO_PASSWORD}, **outside)
    assert answer.status_code == 403
    assert client.get("/preferences/", **outside).status_code == 302


def test_a_real_house_shows_no_password(client: Client, user: User) -> None:
    assert DEMO_PASSWORD not in client.get("/login/").text


# --- language ---------------------------------------------------------------------------------


def test_the_door_speaks_chinese_whatever_the_browser_says(client: Client, user: User) -> None:
    assert "登录" in client.get("/login/", headers={"Accept-Language": "en"}).text


def test_the_language_can_be_chosen_at_the_door(client: Client) -> None:
    client.post("/preferences/language/", {"language": "en", "next": "/login/"})
    assert "Log in" in client.get("/login/").text


def test_the_house_may_speak_english(client: Client, user: User) -> None:
    Organisation.objects.update(language="en")
    assert "Log in" in client.get("/login/").text
    assert post_login(client, "zhangwei", PASSWORD).cookies["django_language"].value == "en"


def test_the_persons_own_language_goes_first(user: User) -> None:
    client = client_of(user)
    client.post("/preferences/language/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"
    client.cookies["django_language"] = "zh-hans"
    assert client.get("/preferences/").headers["Content-Language"] == "en"


def test_an_unknown_language_is_refused(user: User) -> None:
    answer = client_of(user).post("/preferences/language/", {"language": "xx"})
    user.refresh_from_db()
    assert (answer.status_code, user.language) == (422, "")


def test_time_of_the_failures_is_kept_for_a_day_only(user: User) -> None:
    LoginFailure.objects.create(login="old", at=timezone.now() - timedelta(days=2))
    log_in(login="zhangwei", password=PASSWORD, address=None, at=timezone.now())
    assert LoginFailure.objects.count() == 0
