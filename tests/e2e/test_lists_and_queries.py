"""Lists, queries, exports and the search box as a person works them, through the screen alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.e2e.conftest import Opens
from tests.e2e.house import House, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEW, TEMPLATE, QUERY = "大额在厂", "给会计", "顾问产值图"
OWN_HEADING = "本单号码"
HERE = "station_id = (SELECT id FROM accounts_station WHERE code = 'NS')"
LARGE = f"FROM workorders_workorder WHERE {HERE} AND total >= 1000"


@pytest.fixture
def manager(as_role: Opens, house: House) -> Iterator[Page]:
    """The manager at the desk; what he kept here goes again."""
    yield as_role("station_manager")
    with house.database() as line:
        line.execute("DELETE FROM accounts_savedview WHERE name = %s", (VIEW,))
        line.execute("DELETE FROM accounts_exporttemplate WHERE name = %s", (TEMPLATE,))
        line.execute("DELETE FROM reports_savedquery WHERE name = %s", (QUERY,))


def panel(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    settled(page)
    expect(page.locator("form.list-panel, .list-panel form").first).to_be_visible()


def ask_for_large(page: Page) -> None:
    """Work orders of a thousand yuan and more, asked in the panel of conditions."""
    page.goto("/work-orders/?state=all")
    panel(page, "更多条件")
    page.locator("#id_add").select_option("total")
    settled(page)
    row = page.locator("[data-condition]")
    row.locator("[data-operator]").select_option("from")
    row.locator("input[data-box=first]").fill("1000")
    page.locator("[data-filters]").get_by_role("button", name="应用").click()
    settled(page)
    expect(page.locator(".chip.on").filter(has_text="1000")).to_be_visible()


def test_a_view_of_the_station_opens_by_itself_for_whoever_works_there(
    manager: Page, as_role: Opens, house: House
) -> None:
    ask_for_large(manager)
    panel(manager, "存为视图")
    manager.get_by_label("视图名称").fill(VIEW)
    manager.get_by_label("谁能使用").select_option("station")
    manager.get_by_label("默认打开").check()
    manager.get_by_role("button", name="存为新视图").click()
    expect(manager.get_by_role("link", name=VIEW)).to_have_attribute("aria-current", "page")
    other = as_role("service_adviser")
    other.goto("/work-orders/")
    expect(other.get_by_role("link", name=VIEW)).to_have_attribute("aria-current", "page")
    expect(other.locator("#list-sums")).to_contain_text(
        f"{house.one(f'SELECT count(*) {LARGE}')} 行"
    )
    other.get_by_role("link", name="全部", exact=True).click()
    settled(other)
    expect(other.get_by_role("link", name="全部", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_a_query_is_drawn_shared_and_led_down_to_its_rows(
    manager: Page, as_role: Opens
) -> None:
    manager.goto("/queries/orders/")
    manager.get_by_label("分组 1").select_option("adviser")
    manager.get_by_label("计算 1").select_option("count")
    manager.get_by_label("图表").last.select_option("bar")
    manager.get_by_role("button", name="查询").click()
    expect(manager.locator("svg.for-wide rect").first).to_be_visible()
    panel(manager, "保存查询")
    keeping = manager.locator(".query-keep")
    keeping.locator("[name=name]").fill(QUERY)
    keeping.locator("[name=visibility]").select_option("station")
    keeping.locator("[name=station]").select_option(label="南山店")
    keeping.locator("button[type=submit]").first.click()
    expect(manager.get_by_role("heading", level=1)).to_have_text(QUERY)
    other = as_role("service_adviser")
    other.goto("/queries/")
    other.get_by_role("link", name=QUERY).click()
    figure = other.locator(".query-table tbody td.right a").first
    said = int(figure.inner_text().replace(",", ""))
    figure.click()
    expect(other.locator("#list-sums")).to_contain_text(f"{said} 行")


def test_an_export_by_template_has_its_own_headings_in_its_own_order(
    manager: Page, house: House
) -> None:
    ask_for_large(manager)
    manager.locator("summary", has_text="导出").click()
    manager.get_by_role("link", name="按模板").click()
    manager.get_by_role("link", name="新建模板").first.click()
    for box in manager.locator("input[name^=take_]:checked").all():
        box.uncheck()
    for key, order in (("total", "1"), ("number", "2")):
        manager.locator(f"input[name=take_{key}]").check()
        manager.locator(f"input[name=order_{key}]").fill(order)
    manager.locator("input[name=label_number]").fill(OWN_HEADING)
    manager.locator("main [name=name]").fill(TEMPLATE)
    manager.get_by_role("button", name="保存").click()
    ask_for_large(manager)
    manager.locator("summary", has_text="导出").click()
    manager.get_by_role("link", name="按模板").click()
    with manager.expect_download() as waiting:
        manager.get_by_role("button", name=f"导出: {TEMPLATE}").click()
    book = CalamineWorkbook.from_path(waiting.value.path())
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["金额", OWN_HEADING]
    with house.database() as line:
        wanted = line.execute(f"SELECT total, number {LARGE} ORDER BY id DESC").fetchall()
    assert rows[1:] == [[float(total), number] for total, number in wanted]


def test_a_car_is_found_and_opened_with_the_keyboard_alone(as_role: Opens, house: House) -> None:
    page = as_role("service_adviser")
    plate = str(house.one(
        f"SELECT plate FROM workorders_workorder WHERE {HERE} AND length(plate) = 7"
        " ORDER BY id DESC LIMIT 1"
    ))
    slip = plate[:3] + ("8" if plate[3] != "8" else "3") + plate[4:]
    for typed in (plate[-4:], slip):
        page.goto("/")
        page.keyboard.press("Control+k")
        page.keyboard.type(typed)
        cars = page.locator("#finder-results section[aria-label='车辆'] a")
        expect(cars.filter(has_text=plate[3:]).first).to_be_visible()
        for _step in range(30):
            at = page.locator("#finder-results a.at")
            if at.count() and re.match(r"/vehicles/\d+/", at.get_attribute("href") or ""):
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/vehicles/\d+/$"))
        expect(page.locator(".plate").first).to_contain_text(plate[3:])
    page.keyboard.press("Control+k")
    page.locator("#finder-input").press("Control+a")
    page.keyboard.type("刹车")
    expect(page.locator("#finder-results section[aria-label='配件'] a").first).to_contain_text(
        "制动片"
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/parts/\d+/$"))
