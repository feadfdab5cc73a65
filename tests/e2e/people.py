"""Logins of one's own: what ends them, and who sits down at the same computer next."""

import time

from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing
from playwright.sync_api import Page

from chejian.accounts.session_models import Session
from tests.e2e.conftest import Opens
from tests.e2e.house import House

TABLE = Session._meta.db_table
SALT = "django.contrib.sessions.SessionStore"
HOURS = 3600


def log_in(house: House, page: Page, role: str) -> None:
    page.locator("input[name=login]").fill(house.login_of(role))
    page.get_by_label("密码").fill(house.password)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def own_session(house: House, as_role: Opens, role: str) -> Page:
    """A login of its own, which may expire without harm to other tests."""
    page = as_role(role)
    page.context.clear_cookies()
    page.goto("/login/")
    log_in(house, page, role)
    return page


def log_out(page: Page) -> None:
    page.locator("details.person summary").click()
    page.locator("details.person form[action='/logout/'] button").click()
    page.wait_for_url(lambda url: "/login/" in url)


def let_expire(house: House, page: Page) -> None:
    """The person was last seen nine hours ago: put into his session as the server writes it."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    key = (house.data / "secrets" / "secret_key").read_text(encoding="utf-8").strip()
    session = cookies["sessionid"]
    kept = house.one(f"SELECT session_data FROM {TABLE} WHERE session_key = %s", session)
    held = signing.loads(str(kept), key=key, salt=SALT, serializer=JSONSerializer)
    held["seen"] = int(time.time()) - 9 * HOURS
    fresh = signing.dumps(held, key=key, salt=SALT, serializer=JSONSerializer, compress=True)
    with house.database() as line:
        line.execute(f"UPDATE {TABLE} SET session_data = %s WHERE session_key = %s",
                     (fresh, session))


def end_session(house: House, page: Page) -> None:
    """As if somebody had ended it from another computer: nobody knows any more who it was."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    with house.database() as line:
        line.execute(f"DELETE FROM {TABLE} WHERE session_key = %s", (cookies["sessionid"],))
