"""Two browsers change one row: the second sees both values, chooses, and has what he chose."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opens
from tests.e2e.house import House, settled, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ORDER = """
SELECT o.id FROM workorders_workorder o JOIN accounts_station s ON s.id = o.station_id
WHERE s.code = 'NS' AND o.status = 'received' ORDER BY o.id LIMIT 1
"""


@dataclass(frozen=True)
class Form:
    """A row's form: one field that both change, and one that only the first touches."""

    name: str
    row: str
    address: str
    both: str
    alone: str
    table: str
    words: tuple[str, str] = ("甲写的", "乙写的")


CUSTOMER = Form("customer", "SELECT id FROM parties_party WHERE is_customer"
                " AND merged_into_id IS NULL ORDER BY id DESC LIMIT 1",
                "/customers/{}/edit/", "remarks", "address", "parties_party")
CAR = Form("car", "SELECT id FROM vehicles_vehicle WHERE plate <> '' AND merged_into_id IS NULL"
           " ORDER BY id DESC LIMIT 1", "/vehicles/{}/edit/", "colour", "remarks",
           "vehicles_vehicle", ("墨绿", "酒红"))
HEAD = Form("head", ORDER, "/work-orders/{}/", "remarks", "contact_name", "workorders_workorder")


def stored(house: House, form: Form, field: str, row: object) -> object:
    return house.one(f"SELECT {field} FROM {form.table} WHERE id = %s", row)


def opened(page: Page, form: Form, row: object) -> Locator:
    """The form as a person comes to it: a page of its own, or a dialog of the cockpit."""
    page.goto(form.address.format(row))
    if form is HEAD:
        page.locator(f"a[href='/work-orders/{row}/head/']").first.click()
        return page.locator("dialog[open] form")
    return page.locator("main form", has=page.locator(f"[name={form.both}]"))


def save(page: Page, place: Locator) -> None:
    place.locator("button[type=submit]").last.click()
    settled(page)


@pytest.mark.parametrize("choice", ["theirs", "mine"])
@pytest.mark.parametrize("form", [CUSTOMER, CAR, HEAD], ids=lambda form: form.name)
def test_the_second_chooses_between_both_values(
    house: House, as_role: Opens, form: Form, choice: str
) -> None:
    row = house.one(form.row)
    first, second = (f"{word}{choice}" for word in form.words)
    one, other = as_role("service_adviser"), as_role("service_adviser")
    ones, others = opened(one, form, row), opened(other, form, row)
    ones.locator(f"[name={form.both}]").fill(first)
    ones.locator(f"[name={form.alone}]").fill(f"甲独改{choice}")
    others.locator(f"[name={form.both}]").fill(second)
    save(one, ones)
    expect(one.locator("[role=group].conflict")).to_have_count(0)

    save(other, others)
    both = other.locator(".conflict")
    expect(both).to_contain_text(first)
    expect(both).to_contain_text(second)
    shot(other, f"conflict-{form.name}", narrow_too=True)
    assert stored(house, form, form.both, row) == first
    both.locator(f"[name=take_{form.both}][value={choice}]").check()
    save(other, others)

    expect(other.locator(".conflict")).to_have_count(0)
    other.wait_for_function("() => !document.querySelector('dialog[open]')")
    wanted = first if choice == "theirs" else second
    assert stored(house, form, form.both, row) == wanted
    assert stored(house, form, form.alone, row) == f"甲独改{choice}"
    again = opened(other, form, row)
    expect(again.locator(f"[name={form.both}]")).to_have_value(wanted)
    expect(again.locator("[data-draft-note]").filter(has_text="已恢复")).to_have_count(0)


def cell_of(house: House) -> tuple[object, object, str]:
    order = house.one(ORDER)
    job = house.one("SELECT id FROM workorders_jobline WHERE order_id = %s AND status <>"
                    " 'cancelled' ORDER BY id LIMIT 1", order)
    return order, job, f"[data-line=j{job}] [data-field=flat_hours]"


def hours(house: House, job: object) -> str:
    return str(house.one("SELECT flat_hours FROM workorders_jobline WHERE id = %s", job))


def type_into(page: Page, cell: str, text: str) -> None:
    page.locator(cell).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


@pytest.mark.parametrize("choice", ["用他的", "用我的"])
def test_a_cell_shows_their_value_and_keeps_what_is_chosen(
    house: House, as_role: Opens, choice: str
) -> None:
    """Both have the cell open; the first one's value arrives on the second one's screen while he
    types, and does not decide anything there."""
    order, job, cell = cell_of(house)
    theirs, mine = ("4.1", "4.2") if choice == "用他的" else ("4.3", "4.4")
    one, other = as_role("service_adviser"), as_role("service_adviser")
    for page in (one, other):
        page.goto(f"/work-orders/{order}/")
    other.wait_for_timeout(500)  # its live channel opens
    type_into(other, cell, mine)
    type_into(one, cell, theirs)
    one.keyboard.press("Enter")
    expect(one.locator("[data-saved-mark].on")).to_have_text("已保存")
    expect(other.locator(cell)).to_have_attribute("data-value", theirs, timeout=3000)
    expect(other.locator(f"{cell} input")).to_have_value(mine)

    other.keyboard.press("Enter")
    said = other.locator(f"{cell} .grid-error")
    expect(said).to_contain_text(f"刚被别人改成 {theirs}")
    assert hours(house, job) == f"{theirs}00"
    shot(other, f"conflict-cell-{theirs}")
    other.evaluate("document.dispatchEvent(new CustomEvent('chejian:stale'))")
    settled(other)  # the panel came anew: the question still stands there
    said.get_by_role("button", name=choice).click()

    expect(said).to_have_count(0)
    wanted = theirs if choice == "用他的" else mine
    expect(other.locator(cell)).to_have_attribute("data-value", wanted)
    expect(one.locator(cell)).to_contain_text(wanted)
    assert hours(house, job) == f"{wanted}00"


def test_a_cell_that_was_only_looked_at_takes_nothing_back(
    house: House, as_role: Opens
) -> None:
    order, job, cell = cell_of(house)
    one, other = as_role("service_adviser"), as_role("service_adviser")
    for page in (one, other):
        page.goto(f"/work-orders/{order}/")
    other.wait_for_timeout(500)
    other.locator(cell).click()
    type_into(one, cell, "5.5")
    one.keyboard.press("Enter")
    expect(other.locator(f"{cell} input")).to_have_value("5.5", timeout=3000)
    other.keyboard.press("Enter")
    settled(other)
    assert hours(house, job) == "5.500"
    expect(other.locator(f"{cell} .grid-error")).to_have_count(0)
