"""What is typed and not sent: however the page goes away, it comes back, to its writer alone."""

import os
import re
import signal
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.core.ui_pages import QUIET, browser_program
from tests.e2e.conftest import Opens
from tests.e2e.house import House, settled, shot
from tests.e2e.people import end_session, let_expire, log_in, log_out, own_session

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEW = "/customers/new/"
PATIENCE = 10_000
RUN = uuid4().hex[:4]
#: how long a browser may keep in memory what a page has stored (Chromium writes every few seconds)
WRITTEN_DOWN = 6000
KEPT, RESTORED, AFRESH = re.compile("已存草稿"), re.compile("已恢复 .*的草稿"), "重新填"


def of_this_run(name: str) -> str:
    """So that a shop which is used for several runs counts right."""
    return f"{name}{RUN}"


def phone_of(name: str) -> str:
    """One of his own: two customers of one phone would be asked about."""
    return f"138{crc32(name.encode()) % 10**8:08d}"


def fill(page: Page, name: str) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=phone]").fill(phone_of(name))
    page.locator("[name=remarks]").fill("等他回电话")


def begin(page: Page, name: str) -> None:
    """Half a customer, kept."""
    page.set_default_timeout(PATIENCE)
    page.goto(NEW)
    fill(page, name)
    expect(page.locator("[data-draft-note]")).to_have_text(KEPT)


def is_back(page: Page, name: str) -> None:
    expect(page.locator("[data-draft-note]")).to_contain_text(RESTORED)
    expect(page.locator("[name=name]")).to_have_value(name)
    expect(page.locator("[name=phone]")).to_have_value(phone_of(name))
    expect(page.locator("[name=remarks]")).to_have_value("等他回电话")


def is_empty(page: Page) -> None:
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator("[data-draft-note]")).to_have_text("")


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()


def sent(page: Page) -> None:
    page.wait_for_url(re.compile(r"/customers/\d+/$"))


def customers(house: House, name: str) -> object:
    return house.one("SELECT count(*) FROM parties_party WHERE name = %s", name)


def contacts(house: House, name: str) -> object:
    return house.one("SELECT count(*) FROM parties_contact WHERE name = %s", name)


def test_a_reload_and_a_closed_tab_keep_it_until_it_was_sent(
    house: House, as_role: Opens
) -> None:
    page = as_role("service_adviser")
    begin(page, of_this_run("重载客户"))
    page.reload()
    is_back(page, of_this_run("重载客户"))
    shot(page, "draft-restored", narrow_too=True)

    context = page.context
    page.close()
    page = context.new_page()
    page.goto(NEW)
    is_back(page, of_this_run("重载客户"))

    send(page)
    sent(page)
    page.goto(NEW)
    is_empty(page)
    assert customers(house, of_this_run("重载客户")) == 1


def test_the_last_keys_before_leaving_are_kept_too(as_role: Opens) -> None:
    page = as_role("service_adviser")
    page.goto(NEW)
    page.locator("[name=name]").fill("匆忙客户")
    page.goto("/customers/")
    page.goto(NEW)
    expect(page.locator("[name=name]")).to_have_value("匆忙客户")
    page.get_by_role("button", name=AFRESH).click()


def test_it_can_be_thrown_away(as_role: Opens) -> None:
    page = as_role("service_adviser")
    begin(page, of_this_run("不要了"))
    page.reload()
    page.get_by_role("button", name=AFRESH).click()
    is_empty(page)
    page.reload()
    is_empty(page)
    assert of_this_run("不要了") not in page.evaluate("JSON.stringify(localStorage)")


def test_nobody_else_at_this_computer_sees_it(house: House, as_role: Opens) -> None:
    page = own_session(house, as_role, "service_adviser")
    begin(page, of_this_run("王顾问的客户"))
    log_out(page)
    page.goto("/login/")
    log_in(house, page, "station_manager")
    page.goto(NEW)
    is_empty(page)
    page.locator("[name=name]").fill(of_this_run("店长的客户"))
    expect(page.locator("[data-draft-note]")).to_have_text(KEPT)

    log_out(page)
    page.goto("/login/")
    log_in(house, page, "service_adviser")
    page.goto(NEW)
    is_back(page, of_this_run("王顾问的客户"))


def test_a_session_that_expired_asks_in_place_and_drops_the_draft_when_done(
    house: House, as_role: Opens
) -> None:
    page = own_session(house, as_role, "service_adviser")
    page.clock.install()
    page.goto(NEW)
    page.locator("[name=name]").fill(of_this_run("午休客户"))
    let_expire(house, page)
    page.clock.fast_forward("09:00:00")
    send(page)
    asked = page.get_by_role("dialog", name="您离开了一会儿")
    asked.get_by_label("密码").fill("错的密码")
    asked.get_by_label("密码").press("Enter")
    expect(asked.locator("[data-reauth-error]")).to_be_visible()
    asked.get_by_label("密码").fill(house.password)
    asked.get_by_label("密码").press("Enter")
    sent(page)
    page.goto(NEW)
    is_empty(page)
    assert customers(house, of_this_run("午休客户")) == 1


def test_a_session_ended_under_the_fingers_leads_back_to_the_draft(
    house: House, as_role: Opens
) -> None:
    page = own_session(house, as_role, "service_adviser")
    begin(page, of_this_run("被踢下线"))
    end_session(house, page)
    send(page)
    page.wait_for_url(lambda url: "/login/" in url)
    log_in(house, page, "service_adviser")
    is_back(page, of_this_run("被踢下线"))
    send(page)
    sent(page)
    assert customers(house, of_this_run("被踢下线")) == 1


def test_a_form_that_is_only_posted_to_leads_back_to_its_page(
    house: House, as_role: Opens
) -> None:
    """After the login the person stands before what he had typed, not before an error."""
    page = own_session(house, as_role, "service_adviser")
    party = house.one("SELECT id FROM parties_party WHERE is_customer ORDER BY id LIMIT 1")
    page.goto(f"/customers/{party}/")
    page.locator("summary", has_text="添加联系人").click()
    page.locator("[name=contact-name]").fill(of_this_run("李会计"))
    expect(page.locator("form[data-draft=contact] [data-draft-note]")).to_have_text(KEPT)
    end_session(house, page)
    page.locator("form[data-draft=contact] button[type=submit]").click()
    page.wait_for_url(lambda url: "/login/" in url)
    log_in(house, page, "service_adviser")
    assert page.url == f"{house.address}/customers/{party}/"
    expect(page.locator("[name=contact-name]")).to_have_value(of_this_run("李会计"))
    expect(page.locator("form[data-draft=contact] [data-draft-note]")).to_contain_text(RESTORED)
    page.locator("form[data-draft=contact] button[type=submit]").click()
    expect(page.locator("#phone-list")).to_contain_text(of_this_run("李会计"))
    assert contacts(house, of_this_run("李会计")) == 1


def own_browser(browser: Browser, profile: Path, house: House) -> BrowserContext:
    """A program of its own that keeps its things in a folder, as on a person's computer."""
    return browser.browser_type.launch_persistent_context(
        profile, executable_path=browser_program(), args=QUIET, locale="zh-CN",
        base_url=house.address, timezone_id="Asia/Shanghai",
    )


def kill(profile: Path) -> None:
    """The browser's main process dies at once, and all its children with it."""
    holder = str((profile / "SingletonLock").readlink())
    os.kill(int(holder.rpartition("-")[2]), signal.SIGKILL)


def test_a_killed_browser_has_it_when_it_is_opened_again(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    first = own_browser(browser, tmp_path, house)
    page = first.new_page()
    page.goto("/login/")
    log_in(house, page, "service_adviser")
    begin(page, of_this_run("浏览器没了"))
    page.wait_for_timeout(WRITTEN_DOWN)
    with first.expect_event("close"):
        kill(tmp_path)

    second = own_browser(browser, tmp_path, house)
    page = second.new_page()
    page.goto(NEW)
    if "/login/" in page.url:
        log_in(house, page, "service_adviser")
    is_back(page, of_this_run("浏览器没了"))
    send(page)
    sent(page)
    second.close()
    assert customers(house, of_this_run("浏览器没了")) == 1


def test_a_server_that_is_away_when_the_form_is_sent(house: House, as_role: Opens) -> None:
    page = as_role("service_adviser")
    begin(page, of_this_run("服务器重启"))
    house.stop()
    try:
        send(page)
        page.wait_for_url("chrome-error://**")
    finally:
        house.start()
    page.goto("/customers/")  # another page of the product is no sign that the form was taken
    page.goto(NEW)
    is_back(page, of_this_run("服务器重启"))
    send(page)
    sent(page)
    page.goto(NEW)
    is_empty(page)
    assert customers(house, of_this_run("服务器重启")) == 1


def lose_the_answer(route: Route) -> None:
    """The server carries the form out; nothing of its answer reaches the browser."""
    route.fetch(max_redirects=0)
    route.abort()


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_done_twice(
    house: House, as_role: Opens
) -> None:
    page = own_session(house, as_role, "service_adviser")
    begin(page, of_this_run("答复丢了"))
    page.route(f"**{NEW}", lose_the_answer)
    send(page)
    page.wait_for_url("chrome-error://**")
    page.unroute(f"**{NEW}")
    page.context.clear_cookies(name="taken")  # it came with the answer
    assert customers(house, of_this_run("答复丢了")) == 1

    page.goto(NEW)
    is_back(page, of_this_run("答复丢了"))
    send(page)
    sent(page)
    assert customers(house, of_this_run("答复丢了")) == 1
    page.goto(NEW)
    is_empty(page)


def test_going_back_and_sending_again_does_nothing_twice(house: House, as_role: Opens) -> None:
    page = as_role("service_adviser")
    begin(page, of_this_run("后退再发"))
    send(page)
    sent(page)
    made = page.url
    page.go_back()
    fill(page, of_this_run("后退再发"))  # the form as it stood, or one that came fresh
    send(page)
    page.wait_for_load_state()
    assert customers(house, of_this_run("后退再发")) == 1
    assert page.url in (made, f"{house.address}{NEW}")


def test_a_double_click_sends_once_even_without_the_pages_own_guard(
    house: House, as_role: Opens
) -> None:
    """Two posts of one page on their way at the same time."""
    page = as_role("service_adviser")
    party = house.one("SELECT id FROM parties_party WHERE is_customer ORDER BY id LIMIT 1")
    page.goto(f"/customers/{party}/")
    page.locator("summary", has_text="添加联系人").click()
    page.locator("[name=contact-name]").fill(of_this_run("双击联系人"))
    page.evaluate("""() => {
        const form = document.querySelector('form[data-draft=contact]');
        const post = () => fetch(form.action, {method: 'POST', body: new FormData(form)});
        return Promise.all([post(), post(), post()]);
    }""")
    assert contacts(house, of_this_run("双击联系人")) == 1
    page.locator("form[data-draft=contact] button[type=submit]").dblclick()
    page.wait_for_load_state()
    assert contacts(house, of_this_run("双击联系人")) == 1


def test_a_receipt_with_more_rows_than_the_page_comes_back_whole(
    house: House, as_role: Opens
) -> None:
    with house.database() as line:
        numbers = [row[0] for row in line.execute(
            "SELECT number FROM catalog_part WHERE active ORDER BY id LIMIT 9")]
    page = as_role("storekeeper")
    page.goto("/stock/receipts/new/")
    rows = page.locator("[data-row]")
    shown = rows.count()
    assert shown < len(numbers)
    for index, number in enumerate(numbers):
        if index >= rows.count():
            page.locator("[data-more]").click()
            expect(rows).to_have_count(index + 1)
        page.locator(f"[name=rows-{index}-number]").fill(number)
        page.locator(f"[name=rows-{index}-quantity]").fill(str(index + 1))
        page.locator(f"[name=rows-{index}-unit_cost]").fill("10")
    page.locator("[name=note]").fill("九行")
    expect(page.locator("[data-draft-note]")).to_have_text(KEPT)

    page.reload()
    expect(rows).to_have_count(len(numbers))
    for index, number in enumerate(numbers):
        expect(page.locator(f"[name=rows-{index}-number]")).to_have_value(number)
        expect(page.locator(f"[name=rows-{index}-quantity]")).to_have_value(str(index + 1))
    expect(page.locator("[data-total]")).to_have_text("450.00")
    expect(page.locator("[data-draft-note]")).to_contain_text(RESTORED)

    page.get_by_role("button", name=AFRESH).click()
    expect(rows).to_have_count(shown)
    expect(page.locator("[name=rows-0-number]")).to_have_value("")


def test_a_reception_comes_back_for_a_car_that_is_in_the_shop_already(
    house: House, as_role: Opens
) -> None:
    """The page has a red word about the open order: that is no refusal of the form."""
    car = house.one(
        "SELECT o.vehicle_id FROM workorders_workorder o JOIN accounts_station s"
        " ON s.id = o.station_id WHERE s.code = 'NS' AND o.status = 'in_progress'"
        " ORDER BY o.id LIMIT 1")
    page = as_role("service_adviser")
    page.goto(f"/reception/?vehicle={car}")
    expect(page.locator(".alert-red").first).to_be_visible()
    page.locator("[name=concern_0]").fill("又来了")
    page.locator("[data-panel=roof]").click()
    expect(page.locator("[data-draft-note]")).to_have_text(KEPT)
    page.reload()
    expect(page.locator("[data-draft-note]")).to_contain_text(RESTORED)
    expect(page.locator("[name=concern_0]")).to_have_value("又来了")
    expect(page.locator("[data-mark-list] li")).to_have_count(1)
    page.get_by_role("button", name=AFRESH).click()
    expect(page.locator("[data-mark-list] li")).to_have_count(0)


def test_a_chosen_owner_comes_back_with_his_name(house: House, as_role: Opens) -> None:
    """What a list was searched for has words and an id: both are kept."""
    name = house.one("SELECT name FROM parties_party WHERE is_customer AND merged_into_id IS NULL"
                     " ORDER BY id LIMIT 1")
    page = as_role("service_adviser")
    page.goto("/vehicles/new/")
    box = page.locator("[data-combo]", has=page.locator("[name=owner]"))
    box.locator("[role=combobox]").press_sequentially(str(name))
    box.locator("[role=option]").first.click()
    settled(page)
    expect(page.locator("[data-draft-note]")).to_have_text(KEPT)
    chosen = page.locator("[name=owner]").input_value()
    page.reload()
    expect(page.locator("[name=owner]")).to_have_value(chosen)
    expect(box.locator("[role=combobox]")).to_have_value(str(name))
    page.get_by_role("button", name=AFRESH).click()
    expect(page.locator("[name=owner]")).to_have_value("")
