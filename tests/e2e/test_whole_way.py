"""A car of the imported data from the counter to the exit, each step by whoever does it."""

import re
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opens
from tests.e2e.house import DESK, PHONE, House, settled, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FILES = Path(__file__).resolve().parents[1] / "data" / "move-in"
IMPORTING = 90_000
#: from the files: the car, its owner, its reading; two parts for it that lie in the store
PLATE, OWNER, READING = "粤L68124", "孔海宇", 70_261
COILS, ABSORBER = "5100-7175", "N9336898"
#: of the demo: a common job with its part
TEMPLATE, PADS = "换后制动片", "BR-015G1"


@dataclass
class Shop:
    """Whoever touches the car, each in a browser of his own, and the order they share."""

    house: House
    as_role: Opens
    pages: dict[str, Page] = field(default_factory=dict)
    order: int = 0

    def person(self, role: str, size: tuple[int, int] = DESK) -> Page:
        if role not in self.pages:
            self.pages[role] = self.as_role(role, size)
        return self.pages[role]

    def cockpit(self, role: str) -> Page:
        page = self.person(role)
        page.goto(f"/work-orders/{self.order}/")
        return page

    def status(self) -> str:
        return str(self.house.one("SELECT status FROM workorders_workorder WHERE id = %s",
                                  self.order))

    def one(self, question: str) -> object:
        """Asked about this order, whose id is the only value of the question."""
        return self.house.one(question, self.order)


@pytest.fixture
def shop(house: House, as_role: Opens) -> Shop:
    return Shop(house, as_role)


def dialog(page: Page, opener: Locator) -> Locator:
    """The dialog that opens, filled from the server."""
    opener.click()
    opened = page.locator("dialog[open]")
    expect(opened.locator("form")).to_be_visible()
    return opened


def send(page: Page, form: Locator) -> None:
    """Press the form's last button and wait for the panels."""
    form.locator("button[type=submit]").last.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    settled(page)


def draw(page: Page, canvas: Locator) -> None:
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] * 0.7)
    page.mouse.down()
    for step in range(1, 6):
        down = box["height"] * (0.7 - 0.1 * (step % 2))
        page.mouse.move(box["x"] + 30 + 28 * step, box["y"] + down)
    page.mouse.up()


def load(page: Page, name: str) -> None:
    """Hand a file in, look at what would be made, and import it."""
    page.goto("/imports/")
    page.locator("input[type=file]").first.set_input_files(FILES / name)
    page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    if page.locator("form[action$='/commitment/']").count() == 0:
        page.locator("form[action$='/checks/'] button").click()
    expect(page.locator("form[action$='/commitment/'] button")).to_be_visible(timeout=IMPORTING)
    page.locator("form[action$='/commitment/'] button").click()
    expect(page.get_by_text("导入结果")).to_be_visible(timeout=IMPORTING)


def test_a_car_from_the_counter_to_the_exit(shop: Shop) -> None:
    bring_in(shop)
    receive(shop)
    approve(shop, "电话同意")
    dispatch(shop)
    start_and_ask(shop)
    issue_and_take_back(shop)
    find_more(shop)
    do_the_work(shop)
    fail_and_mend(shop)
    share_a_line(shop)
    settle_and_collect(shop)
    reverse_and_settle_again(shop)
    deliver(shop)
    the_books_tie(shop)


def bring_in(shop: Shop) -> None:
    """The files of the old system, and a box of brake pads."""
    manager = shop.person("station_manager")
    load(manager, "客户车辆.csv")
    shot(manager, "imported-cars")
    load(manager, "配件库存.xlsx")
    shot(manager, "imported-parts")
    keeper = shop.person("storekeeper")
    keeper.goto("/stock/receipts/new/")
    row = keeper.locator("[name=rows-0-number]")
    row.fill(PADS)
    keeper.locator("[name=rows-0-quantity]").fill("20")
    keeper.locator("[name=rows-0-unit_cost]").fill("180")
    keeper.get_by_role("button", name="入库").last.click()
    keeper.wait_for_url(re.compile(r"/stock/receipts/\d+/$"))
    shot(keeper, "receipt")


def receive(shop: Shop) -> None:
    """The adviser knows the car by four digits; marks, signature, a common job."""
    page = shop.person("service_adviser")
    page.goto("/reception/")
    page.locator("[name=plate]").press_sequentially(PLATE[-4:])
    page.locator("#matches a", has_text=OWNER).click()
    expect(page.get_by_text(OWNER).first).to_be_visible()
    page.locator("[name=odometer]").fill(str(READING + 900))
    page.locator("[name=fuel_percent]").fill("50")
    page.locator("[name=concern_0]").fill("冷车怠速抖动，刹车有尖叫声")
    page.locator("[name=concern_0_when]").fill("冷车")
    page.get_by_text("凹陷", exact=True).click()
    page.locator("[data-panel=roof]").click()
    page.get_by_text(TEMPLATE, exact=True).click()
    shot(page, "reception-known-car", narrow_too=True)
    page.get_by_role("button", name="客户签字").click()
    draw(page, page.locator("dialog[open] canvas"))
    shot(page, "reception-signature")
    page.locator("dialog[open] [data-close]").last.click()
    page.locator("#reception-form .foot button[type=submit].btn-primary").click()
    page.wait_for_url(re.compile(r"/work-orders/\d+/$"))
    shop.order = int(page.url.rstrip("/").rpartition("/")[2])
    assert shop.status() == "received"
    assert shop.one("SELECT count(*) FROM workorders_walkaroundmark m JOIN workorders_walkaround w"
                    " ON w.id = m.walkaround_id WHERE w.order_id = %s") == 1
    assert shop.one("SELECT signed_at IS NOT NULL FROM workorders_walkaround"
                    " WHERE order_id = %s") is True
    add_line(page, COILS)
    set_cell(page, "点火线圈", "quantity", "2")
    shot(page, "cockpit-received", narrow_too=True)


def add_line(page: Page, text: str) -> None:
    """Below the grid, as a scanner does it: the number and Enter, quicker than any answer."""
    box = page.locator("#order-new-line")
    before = page.locator("#order-rows tr[data-line]").count()
    box.click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#order-rows tr[data-line]")).to_have_count(before + 1)


def set_cell(page: Page, row: str, field: str, value: str) -> None:
    """Type over a cell of the grid; Enter saves it."""
    cell = page.locator("#order-rows tr", has_text=row).locator(f"[data-field={field}]")
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved-mark].on")).to_have_text("已保存")
    page.keyboard.press("Escape")


def approve(shop: Shop, note: str) -> None:
    """Who, how, and how much of it: per job."""
    page = shop.cockpit("service_adviser")
    opened = dialog(page, page.locator("#order-approvals a[href$='/approvals/']"))
    opened.locator("[name=channel]").select_option("phone")
    opened.locator("[name=note]").fill(note)
    shot(page, "approval", narrow_too=True)
    send(page, opened)
    assert shop.one("SELECT count(*) FROM workorders_jobline WHERE order_id = %s"
                    " AND status = 'proposed'") == 0


def dispatch(shop: Shop) -> None:
    """The jobs that nobody has go to the technician."""
    login = shop.house.login_of("technician")
    name = str(shop.house.one("SELECT name FROM accounts_user WHERE username = %s", login))
    page = shop.cockpit("workshop_controller")
    opened = dialog(page, page.locator("#order-people a[href$='/assignments/']"))
    opened.get_by_label(name, exact=True).check()
    shot(page, "dispatch")
    send(page, opened)
    assert shop.one("SELECT count(*) FROM workorders_jobline WHERE order_id = %s"
                    " AND status = 'authorised'") == 0


def start_and_ask(shop: Shop) -> None:
    """On the phone: another car's clock stopped, the card, the clock, the parts."""
    page = shop.person("technician", PHONE)
    page.goto("/my-jobs/")
    for _turn in range(page.get_by_role("button", name="停工").count()):
        page.get_by_role("button", name="停工").first.click()
        page.locator("dialog[open] button[name=reason]").first.click()
        page.wait_for_load_state()
    card = page.locator(".phone-card", has_text=PLATE[2:]).first
    shot(page, "my-jobs")
    card.get_by_role("button", name="开工").click()
    page.locator(".phone-card", has_text=PLATE[2:]).first.locator("a").last.click()
    page.wait_for_url(re.compile(r"/my-jobs/\d+/"))
    page.locator("form[action$='/part-requests/'] button").click()
    expect(page.locator("form[action$='/part-requests/']")).to_have_count(0)
    shot(page, "job")
    assert shop.status() == "in_progress"


def issue_and_take_back(shop: Shop) -> None:
    """All that is ready goes out; one coil comes back at its own cost."""
    page = shop.person("storekeeper")
    page.goto(f"/stores/{shop.order}/")
    shot(page, "stores", narrow_too=True)
    page.locator("#issue-all button[type=submit]").click()
    counter = page.locator("#counter tr", has_text=COILS)
    expect(counter.get_by_text("已发").first).to_be_visible()
    assert issued(shop, COILS) == 2
    counter.get_by_role("button", name=re.compile("退")).click()
    page.wait_for_load_state()
    expect(page.locator("#counter tr", has_text=COILS)).to_contain_text("1")
    assert issued(shop, COILS) == 1
    adviser = shop.cockpit("service_adviser")
    set_cell(adviser, "点火线圈", "quantity", "1")


def issued(shop: Shop, number: str) -> Decimal:
    found = shop.house.one("SELECT issued FROM workorders_partline WHERE order_id = %s"
                           " AND number = %s", shop.order, number)
    assert isinstance(found, Decimal)
    return found


def find_more(shop: Shop) -> None:
    """Reported from under the car, priced and asked by the adviser, given to the same hands."""
    phone = shop.person("technician", PHONE)
    phone.get_by_role("button", name="发现新问题").click()
    opened = phone.locator("dialog[open]")
    opened.locator("[name=name]").fill("右后减震器漏油")
    opened.get_by_role("combobox").press_sequentially(ABSORBER)
    expect(phone.get_by_role("option").first).to_be_visible()
    opened.get_by_role("combobox").press("Enter")
    shot(phone, "found-more")
    opened.locator("button[type=submit]").click()
    expect(phone.get_by_text("右后减震器漏油").first).to_be_visible()
    page = shop.cockpit("service_adviser")
    expect(page.locator("#order-approvals")).to_contain_text("右后减震器漏油")
    set_cell(page, "右后减震器漏油", "flat_hours", "1.5")
    shot(page, "cockpit-additional", narrow_too=True)
    approve(shop, "微信发照片后同意")
    dispatch(shop)
    keeper = shop.person("storekeeper")
    phone.goto("/my-jobs/")
    phone.locator(".phone-card", has_text="右后减震器漏油").locator("a").first.click()
    phone.locator("form[action$='/part-requests/'] button").click()
    keeper.goto(f"/stores/{shop.order}/")
    keeper.locator("#issue-all button[type=submit]").click()
    row = keeper.locator("#counter tr", has_text=ABSORBER)
    expect(row.get_by_text("已发").first).to_be_visible()


def do_the_work(shop: Shop) -> None:
    """Every job started and finished on the phone, then the order handed to the inspector."""
    page = shop.person("technician", PHONE)
    for _turn in range(4):
        page.goto("/my-jobs/")
        card = page.locator(".phone-card", has_text=PLATE[2:])
        if card.count() == 0 or card.locator("form").count() == 0:
            break
        button = card.get_by_role("button", name="完工")
        (button if button.count() else card.get_by_role("button", name="开工")).first.click()
        page.wait_for_load_state()
    assert shop.one("SELECT count(*) FROM workorders_jobline WHERE order_id = %s"
                    " AND status <> 'done'") == 0
    page = shop.cockpit("workshop_controller")
    page.locator("#order-head form[action$='/completions/'] button").click()
    expect(page.locator("#order-head")).to_contain_text("待质检")
    assert shop.status() == "pending_inspection"


def inspect(shop: Shop, verdict: str, reason: str = "") -> None:
    page = shop.person("inspector")
    page.goto(f"/work-orders/{shop.order}/inspections/")
    page.locator(f"[name=verdict][value={verdict}]").check()
    page.locator("[name=road_test_km]").fill("3.5")
    page.locator("[name=reason]").fill(reason)
    shot(page, f"inspection-{verdict}")
    page.locator("form[data-draft^=inspection] button[type=submit]").last.click()
    page.wait_for_url(re.compile(rf"/work-orders/{shop.order}/$"))


def fail_and_mend(shop: Shop) -> None:
    """Once back with a reason; the same jobs again; then passed."""
    inspect(shop, "failed", "路试仍有异响，复紧减震器上座")
    assert shop.status() == "in_progress"
    phone = shop.person("technician", PHONE)
    phone.goto("/my-jobs/")
    shot(phone, "rework")
    do_the_work(shop)
    inspect(shop, "passed")
    assert shop.status() == "completed"


def share_a_line(shop: Shop) -> None:
    """The maker bears half of the extra job's part."""
    page = shop.cockpit("service_adviser")
    row = page.locator("#order-rows tr", has_text=ABSORBER)
    row.locator("summary, button").first.click()
    opened = dialog(page, row.locator("a[href$='/shares/']"))
    opened.locator("[name=share_customer]").fill("50")
    opened.locator("[name=share_maker]").fill("50")
    shot(page, "shares")
    send(page, opened)
    shot(page, "cockpit-completed", narrow_too=True)


def total(shop: Shop, payer: str) -> Decimal:
    found = shop.house.one(
        "SELECT payable FROM billing_settlement WHERE order_id = %s AND payer = %s"
        " AND kind = 'settlement' ORDER BY id DESC LIMIT 1", shop.order, payer)
    assert isinstance(found, Decimal)
    return found


def settle(shop: Shop) -> Page:
    page = shop.person("cashier")
    page.goto(f"/cashier/{shop.order}/")
    shot(page, "cashier-before")
    page.locator("form[action$='/settlements/'] button[type=submit]").click()
    expect(page.locator("#collect-form, .alert-green").first).to_be_visible()
    assert shop.status() == "settled"
    return page


def settle_and_collect(shop: Shop) -> None:
    """Two payers' documents; the customer pays 200.00 in cash and the rest by WeChat."""
    page = settle(shop)
    customer, maker = total(shop, "customer"), total(shop, "maker")
    assert customer > 200
    assert maker > 0
    page.locator("[data-method=cash]").click()
    page.locator("#tender-cash").fill("200")
    page.locator("[data-method=wechat]").click()
    page.locator("#tender-wechat").fill(str(customer - 200))
    shot(page, "cashier-tenders", narrow_too=True)
    page.locator("button[form=collect-form]").click()
    expect(page.get_by_text("客户部分已结清").first).to_be_visible()
    shot(page, "cashier-paid")
    taken = shop.house.one("SELECT count(*) FROM billing_paymentpart p JOIN billing_payment b"
                           " ON b.id = p.payment_id WHERE b.order_id = %s", shop.order)
    assert taken == 2


def reverse_and_settle_again(shop: Shop) -> None:
    """The manager reverses; settled anew, the money taken pays the new document."""
    page = shop.person("station_manager")
    page.goto(f"/cashier/{shop.order}/")
    page.locator("[data-dialog=reverse-dialog]").click()
    opened = page.locator("dialog[open]")
    opened.locator("[name=reason]").fill("厂家承担比例更正")
    shot(page, "reversal")
    opened.locator("button[type=submit]").click()
    expect(page.locator("form[action$='/settlements/'] button")).to_be_visible()
    assert shop.status() == "completed"
    settle(shop)
    assert shop.one("SELECT count(*) FROM billing_settlement WHERE order_id = %s"
                    " AND kind = 'reversal'") == 2
    assert shop.one("SELECT count(*) FROM billing_payment WHERE order_id = %s") == 1
    assert shop.one("SELECT cleared FROM workorders_workorder WHERE id = %s") is True
    assert shop.one(
        "SELECT r.amount - r.allocated FROM billing_receivable r JOIN billing_settlement s"
        " ON s.id = r.settlement_id WHERE s.order_id = %s AND s.payer = 'customer'"
        " AND NOT r.cancelled") == 0


def deliver(shop: Shop) -> None:
    page = shop.cockpit("service_adviser")
    shot(page, "cockpit-settled")
    page.goto(f"/work-orders/{shop.order}/delivery/")
    page.locator("[name=odometer_out]").fill(str(READING + 904))
    page.locator("[name=collected_by]").fill(OWNER)
    page.locator("[name=papers]").first.check()
    shot(page, "delivery", narrow_too=True)
    page.get_by_role("button", name="交车").last.click()
    page.wait_for_url(re.compile(rf"/work-orders/{shop.order}/$"))
    expect(page.locator("#order-head")).to_contain_text("已交车")
    shot(page, "cockpit-delivered")
    assert shop.status() == "delivered"
    assert shop.one("SELECT count(*) FROM workorders_guarantee g JOIN workorders_jobline j"
                    " ON j.id = g.job_id WHERE j.order_id = %s") == 2
    assert shop.one("SELECT odometer_out FROM workorders_workorder WHERE id = %s") == READING + 904


def the_books_tie(shop: Shop) -> None:
    """`chejian check` re-sums every ledger; the papers were made by the worker."""
    shop.house.check()
    question = "SELECT count(*) FROM workorders_orderpaper WHERE order_id = %s AND status = 'ready'"
    for _turn in range(100):
        if shop.one(question):
            return
        time.sleep(0.1)
    pytest.fail("the worker made no paper")
