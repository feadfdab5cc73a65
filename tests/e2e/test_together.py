"""What happens between people and over time: live screens, an expired session, a double click."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opens
from tests.e2e.house import House, settled
from tests.e2e.people import let_expire, own_session

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ORDER = """
SELECT o.id FROM workorders_workorder o JOIN accounts_station s ON s.id = o.station_id
WHERE s.code = 'NS' AND o.status = %s ORDER BY o.id LIMIT 1
"""
JOB = "SELECT id FROM workorders_jobline WHERE order_id = %s ORDER BY id LIMIT 1"


def test_a_change_shows_in_another_browser_within_two_seconds(
    house: House, as_role: Opens
) -> None:
    order = house.one(ORDER, "received")
    job = house.one(JOB, order)
    adviser, controller = as_role("service_adviser"), as_role("workshop_controller")
    for page in (adviser, controller):
        page.goto(f"/work-orders/{order}/")
    controller.wait_for_timeout(500)  # its live channel opens
    controller.evaluate("() => { window.sameDocument = true; }")
    cell = f"[data-line=j{job}] [data-field=flat_hours]"
    adviser.locator(cell).click()
    adviser.keyboard.press("Control+a")
    adviser.keyboard.type("3.7")
    adviser.keyboard.press("Enter")
    expect(adviser.locator("[data-saved-mark].on")).to_have_text("已保存")
    expect(controller.locator(f"[data-line=j{job}]")).to_contain_text("3.7", timeout=2000)
    assert controller.evaluate("() => window.sameDocument") is True


def test_new_work_reaches_the_technicians_phone_by_itself(house: House, as_role: Opens) -> None:
    """The store's queue grows when an adviser asks for parts, without a reload."""
    order = house.one(
        "SELECT o.id FROM workorders_workorder o JOIN accounts_station s ON s.id = o.station_id"
        " JOIN workorders_partline p ON p.order_id = o.id JOIN workorders_jobline j"
        " ON j.id = p.job_id WHERE s.code = 'NS' AND o.status IN ('received', 'in_progress')"
        " AND j.status IN ('authorised', 'assigned', 'working') AND p.part_id IS NOT NULL"
        " AND p.issued = 0 AND NOT p.cancelled AND NOT EXISTS (SELECT 1 FROM"
        " workorders_partsrequest r WHERE r.line_id = p.id) ORDER BY o.id LIMIT 1"
    )
    adviser, keeper = as_role("service_adviser"), as_role("storekeeper")
    keeper.goto("/stores/")
    adviser.goto(f"/work-orders/{order}/")
    keeper.wait_for_timeout(500)
    assert keeper.locator(f".queue-item[href*='/stores/{order}/']").count() == 0
    adviser.locator("form[action$='/part-requests/'] button").click()
    settled(adviser)
    expect(keeper.locator(f".queue-item[href*='/stores/{order}/']")).to_be_visible(timeout=2000)


def test_an_expired_session_asks_for_the_password_and_keeps_the_form(
    house: House, as_role: Opens
) -> None:
    page = own_session(house, as_role, "service_adviser")
    page.clock.install()
    page.goto("/customers/new/")
    page.locator("[name=name]").fill("过夜的客户")
    page.locator("[name=phone]").fill("13866660001")
    let_expire(house, page)
    page.clock.fast_forward("09:00:00")
    page.locator("main form button[type=submit]").last.click()
    asked = page.get_by_role("dialog", name="您离开了一会儿")
    expect(asked).to_be_visible()
    assert house.one("SELECT count(*) FROM parties_party WHERE name = '过夜的客户'") == 0
    asked.get_by_label("密码").fill(house.password)
    asked.get_by_label("密码").press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    assert house.one("SELECT phone FROM parties_party WHERE name = '过夜的客户'") == "13866660001"


def test_an_expired_session_in_the_grid_saves_after_the_password(
    house: House, as_role: Opens
) -> None:
    order = house.one(ORDER, "received")
    job = house.one(JOB, order)
    page = own_session(house, as_role, "service_adviser")
    page.goto(f"/work-orders/{order}/")
    let_expire(house, page)
    page.locator(f"[data-line=j{job}] [data-field=flat_hours]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("2.3")
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog", name="您离开了一会儿")
    expect(asked).to_be_visible()
    asked.get_by_label("密码").fill(house.password)
    asked.get_by_label("密码").press("Enter")
    expect(page.locator("[data-saved-mark].on")).to_have_text("已保存")
    assert str(house.one("SELECT flat_hours FROM workorders_jobline WHERE id = %s", job)) == "2.300"


def test_a_double_click_settles_once(house: House, as_role: Opens) -> None:
    order = house.one(ORDER, "completed")
    page = as_role("cashier")
    page.goto(f"/cashier/{order}/")
    page.locator("form[action$='/settlements/'] button[type=submit]").dblclick()
    expect(page.locator("#collect-form, .alert-green").first).to_be_visible()
    made = house.one("SELECT count(*) FROM billing_settlement WHERE order_id = %s", order)
    payers = house.one("SELECT count(DISTINCT payer) FROM billing_settlement WHERE order_id = %s",
                       order)
    assert made == payers
    house.check()


def test_a_draft_of_one_car_never_comes_back_on_another(house: House, as_role: Opens) -> None:
    """Half a reception is kept for its own car; the next car begins with an empty form."""
    with house.database() as line:
        first, second = (row[0] for row in line.execute(
            "SELECT id FROM vehicles_vehicle WHERE owner_id IS NOT NULL ORDER BY id LIMIT 2"))
    page = as_role("service_adviser")
    page.goto(f"/reception/?vehicle={first}")
    page.locator("[name=concern_0]").fill("只说了一半")
    expect(page.locator("[data-draft-note]")).to_contain_text("已存草稿")
    page.goto(f"/reception/?vehicle={second}")
    expect(page.locator("[name=concern_0]")).to_have_value("")
    assert page.locator("#reception-form [name=vehicle]").input_value() == str(second)
    page.goto(f"/reception/?vehicle={first}")
    expect(page.locator("[name=concern_0]")).to_have_value("只说了一半")
    page.locator("[data-draft-note] button").click()
