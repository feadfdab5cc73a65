"""The kit's behaviour in a real browser under the product's own content security policy."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.core.ui_pages import Shop, a_browser, open_page, page_with, styleguide_page

pytestmark = pytest.mark.browser

GRID = """<h1>工单</h1>
<div class="card"><div class="card-head"><h2>项目</h2>{{ ui.saved_mark() }}</div>
<table class="grid cards" data-grid id="lines">
<thead><tr><th>数量</th><th>单价</th></tr></thead><tbody>
{% for n in (1, 2) %}<tr id="line-{{ n }}" data-line="{{ n }}" data-save="/save/" data-version="1">
{% call ui.cell("quantity", n, "数量", "qty", cls="right") %}{{ n }}{% endcall %}
{% call ui.cell("price", "10.00", "单价", "money", cls="right") %}10.00{% endcall %}</tr>
{% endfor %}
</tbody></table></div>
"""
SCANS = """<form action="/found/" method="get">{{ ui.scan("code", "扫码") }}</form>
{{ ui.text_input("amount", "金额", "5.00") }}"""
FORM = """<form method="post" action="/page/" data-draft="f">{{ ui.text_input("name", "姓名") }}
<span data-draft-note></span>{{ ui.button("保存", type="submit") }}</form>"""



def row(number: int, quantity: str, version: int = 2) -> str:
    """The row as the server would send it back."""
    cell = 'data-kind="qty" data-label="数量" tabindex="0" class="right"'
    price = 'data-kind="money" data-label="单价" tabindex="0" class="right"'
    return (
        f'<tr id="line-{number}" data-line="{number}" data-save="/save/" data-version="{version}">'
        f'<td {cell} data-field="quantity" data-value="{quantity}">{quantity}</td>'
        f'<td {price} data-field="price" data-value="10.00">10.00</td></tr>'
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as opened:
        yield opened


@pytest.fixture
def shop() -> Shop:
    return Shop()


def visit(page: Page, shop: Shop, body: str) -> None:
    shop.pages["/page/"] = page_with(body)
    page.goto("/page/")


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    with open_page(browser, shop) as opened:
        yield opened
    assert shop.complaints == []


def serious(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 360])
def test_the_style_page_is_accessible_and_nothing_sticks_out(
    browser: Browser, shop: Shop, theme: str, width: int
) -> None:
    shop.pages["/styleguide/"] = styleguide_page(theme)
    with open_page(browser, shop, width=width) as page:
        page.goto("/styleguide/")
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shop.complaints == []


def test_the_shell_is_accessible_on_desk_and_phone(browser: Browser, shop: Shop) -> None:
    shop.pages["/page/"] = page_with(GRID)
    for width in (1440, 390):
        with open_page(browser, shop, width=width) as page:
            page.goto("/page/")
            assert serious(page) == []
            if width == 390:
                page.get_by_role("button", name="全部").click()
                expect(page.get_by_role("link", name="维修工单")).to_be_visible()
                page.keyboard.press("Escape")
                expect(page.get_by_role("link", name="维修工单")).to_be_hidden()
    assert shop.complaints == []


def test_enter_saves_a_cell_and_goes_on_to_the_next(page: Page, shop: Shop) -> None:
    shop.answers["/save/"] = lambda method, body: (200, {}, row(1, "3"))
    visit(page, shop, GRID)
    page.locator("#line-1 [data-field=quantity]").focus()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved-mark].on")).to_have_text("已保存")
    expect(page.locator("#line-1 [data-field=price] input")).to_be_focused()
    expect(page.locator("#line-1")).to_have_attribute("data-version", "2")
    assert shop.asked == [("POST", "/save/", "field=quantity&value=3&version=1&line=1")]


def test_escape_leaves_a_cell_as_it_was(page: Page, shop: Shop) -> None:
    shop.answers["/save/"] = lambda method, body: (200, {}, "")
    visit(page, shop, GRID)
    page.locator("#line-1 [data-field=quantity]").click()
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    expect(page.locator("#line-1 [data-field=quantity]")).to_have_text("1")
    expect(page.locator("#line-1 [data-field=quantity]")).to_be_focused()
    assert shop.asked == []


def test_a_refused_cell_says_why_and_keeps_what_was_typed(page: Page, shop: Shop) -> None:
    shop.answers["/save/"] = lambda method, body: (422, {}, "只有 1 件，要 9 件")
    visit(page, shop, GRID)
    page.locator("#line-2 [data-field=quantity]").click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.locator("#line-2 .grid-error")).to_have_text("只有 1 件，要 9 件")
    page.keyboard.press("Escape")
    page.locator("#line-2 [data-field=quantity]").click(position={"x": 4, "y": 4})
    expect(page.locator("#line-2 input.cell")).to_have_value("9")


def test_a_cell_changed_by_another_person_shows_both_values(page: Page, shop: Shop) -> None:
    said = {"Content-Type": "application/json"}

    def answer(method: str, body: str) -> tuple[int, dict[str, str], str]:
        if "version=7" in body:
            return 200, {}, row(1, "4", 8)
        return 409, said, json.dumps({"theirs": "2", "version": 7})

    shop.answers["/save/"] = answer
    visit(page, shop, GRID)
    page.locator("#line-1 [data-field=quantity]").click()
    page.keyboard.type("4")
    page.keyboard.press("Tab")
    expect(page.locator(".grid-error")).to_contain_text("刚被别人改成 2")
    page.get_by_role("button", name="用我的").click()
    expect(page.locator("#line-1")).to_have_attribute("data-version", "8")
    expect(page.locator("#line-1 [data-field=quantity]")).to_have_text("4")


def test_a_row_replaced_under_the_fingers_keeps_the_open_cell(page: Page, shop: Shop) -> None:
    shop.answers["/save/"] = lambda method, body: (200, {}, row(1, "7") + row(2, "5", 3))
    visit(page, shop, GRID)
    page.locator("#line-1 [data-field=price]").click()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.keyboard.type("44")
    expect(page.locator("#line-1 [data-field=quantity]")).to_have_text("7")
    expect(page.locator("#line-2")).to_have_attribute("data-version", "3")
    expect(page.locator("#line-2 input.cell")).to_have_value("44")
    expect(page.locator("#line-2 input.cell")).to_be_focused()


def test_an_expired_session_asks_in_place_and_sends_again(page: Page, shop: Shop) -> None:
    state = {"known": False}

    def save(method: str, body: str) -> tuple[int, dict[str, str], str]:
        if not state["known"]:
            return 401, {"X-Reauth": "1"}, ""
        return 200, {}, row(1, "3")

    def again(method: str, body: str) -> tuple[int, dict[str, str], str]:
        if "password=right" not in body:
            return 422, {"Content-Type": "text/plain"}, "密码不对"
        state["known"] = True
        return 204, {"X-CSRFToken": "fresh"}, ""

    shop.answers = {"/save/": save, "/login/again/": again}
    visit(page, shop, GRID)
    page.locator("#line-1 [data-field=quantity]").click()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="您离开了一会儿")).to_be_visible()
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("密码不对")).to_be_visible()
    page.get_by_label("密码").fill("right")
    page.keyboard.press("Enter")
    expect(page.locator("#line-1")).to_have_attribute("data-version", "2")
    expect(page.locator('meta[name="csrf-token"]')).to_have_attribute("content", "fresh")
    assert [path for _method, path, _body in shop.asked] == [
        "/save/", "/login/again/", "/login/again/", "/save/",
    ]


def test_a_scanners_burst_lands_in_the_scan_field(page: Page, shop: Shop) -> None:
    shop.pages["/found/"] = page_with("<h1>found</h1>")
    visit(page, shop, SCANS)
    page.get_by_label("金额").focus()
    page.evaluate(
        """() => { const input = document.activeElement;
        for (const key of '6901028075831') {
          input.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
          input.value += key; }
        input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true,
          cancelable: true})); }"""
    )
    page.wait_for_url("**/found/?code=6901028075831")


def test_what_people_type_stays_where_they_type_it(page: Page, shop: Shop) -> None:
    visit(page, shop, SCANS)
    page.get_by_label("金额").fill("")
    page.get_by_label("金额").press_sequentially("1234567", delay=60)
    expect(page.get_by_label("金额")).to_have_value("1234567")
    expect(page.get_by_label("扫码")).to_have_value("")


def test_a_draft_comes_back_after_a_crash(page: Page, shop: Shop) -> None:
    visit(page, shop, FORM)
    page.get_by_label("姓名").fill("王建华")
    expect(page.locator("[data-draft-note]")).to_contain_text("已存草稿")
    page.goto("/page/")
    expect(page.get_by_label("姓名")).to_have_value("王建华")
    page.get_by_role("button", name="重新填").click()
    expect(page.get_by_label("姓名")).to_have_value("")
    page.goto("/page/")
    expect(page.get_by_label("姓名")).to_have_value("")


def test_marks_by_touch_and_from_the_list(page: Page, shop: Shop) -> None:
    visit(page, shop, '{{ ui.car_marks("marks", "sedan") }}')
    page.get_by_text("凹陷").click()
    box = page.locator('[data-panel="roof"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_label("或从列表选").select_option("left_sill")
    page.get_by_role("button", name="加标记").click()
    marks = json.loads(page.locator('input[name="marks"]').input_value())
    assert [(mark["panel"], mark["kind"]) for mark in marks] == [
        ("roof", "dent"), ("left_sill", "dent"),
    ]
    assert marks[0]["x"] == pytest.approx(0.5, abs=0.02)
    assert marks[1]["y"] == 0.5
    page.get_by_role("button", name="移除标记 1").click()
    marks = json.loads(page.locator('input[name="marks"]').input_value() or "[]")
    assert page.locator("[data-pins] .mark").count() == 1
    assert [mark["panel"] for mark in marks] == ["left_sill"]


def test_a_signature_becomes_a_picture(page: Page, shop: Shop) -> None:
    visit(page, shop, '{{ ui.signature("sign", "客户签字") }}')
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 30, steps=8)
    page.mouse.up()
    signed = page.locator('input[name="sign"]')
    assert signed.input_value().startswith("data:image/png;base64,")
    page.get_by_role("button", name="重签").click()
    assert signed.input_value() == ""


def test_choosing_from_a_combo_with_the_keyboard(page: Page, shop: Shop) -> None:
    found = {"results": [
        {"id": 1, "text": "机油滤清器", "note": "1012100-EB"},
        {"id": 2, "text": "机油 4 L", "note": "SJ-0W20-4"},
    ]}
    shop.answers["/parts/"] = lambda method, body: (
        200, {"Content-Type": "application/json"}, json.dumps(found),
    )
    visit(page, shop, '{{ ui.combo("part", "配件", "/parts/") }}')
    page.get_by_role("combobox", name="配件").press_sequentially("jy")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="配件")).to_have_value("机油 4 L")
    assert page.locator('input[name="part"]').input_value() == "2"


def test_enter_that_is_quicker_than_the_answer_waits_for_it(page: Page, shop: Shop) -> None:
    """A scanner types a number and Enter at once: what answered to half of it is not taken."""
    shop.answers["/parts/"] = lambda method, body: (
        200, {"Content-Type": "application/json"},
        json.dumps({"results": [{"id": len(shop.asked), "text": f"答案 {len(shop.asked)}"}]}),
    )
    visit(page, shop, '{{ ui.combo("part", "配件", "/parts/") }}')
    box = page.get_by_role("combobox", name="配件")
    box.press_sequentially("51")
    expect(page.get_by_role("option")).to_have_text("答案 1")
    page.keyboard.type("00-7175")
    page.keyboard.press("Enter")
    expect(box).to_have_value("答案 2")
    assert page.locator('input[name="part"]').input_value() == "2"


def test_keys_find_dialogs_theme(page: Page, shop: Shop) -> None:
    shop.answers["/search/"] = lambda method, body: (
        200, {}, '<p data-asked="12345"></p><a href="/page/?hit">粤B12345</a>')
    shop.answers["/preferences/theme/"] = lambda method, body: (204, {}, "")
    visit(page, shop, '{{ ui.button("接车", href="/page/?new", kbd="F2") }}')
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="切换深浅色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))
    assert ("POST", "/preferences/theme/", "theme=dark") in shop.asked
    page.keyboard.press("F2")
    page.wait_for_url("**/page/?new")
    page.keyboard.press("Control+k")
    page.keyboard.type("12345")
    expect(page.locator("#finder-results a")).to_have_text("粤B12345")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/?hit")


HITS = """<p data-asked="12345"></p>
<section data-group><a href="/page/?a">甲</a><a href="/page/?b">乙</a></section>
<section data-group><a href="/page/?c">丙</a><a href="/page/?d">丁</a></section>"""


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        (["Enter"], "a"),
        (["ArrowDown", "Enter"], "a"),
        (["ArrowDown", "ArrowDown", "Enter"], "b"),
        (["ArrowUp", "Enter"], "d"),
        (["PageDown", "PageDown", "Enter"], "c"),
        (["PageUp", "Enter"], "c"),
        (["PageDown", "PageDown", "ArrowDown", "ArrowDown", "Enter"], "a"),
    ],
)
def test_the_finder_goes_by_keys_alone(
    page: Page, shop: Shop, keys: list[str], where: str
) -> None:
    answers = iter(['<p data-asked=""></p>', HITS])  # asked with nothing when it opens
    shop.answers["/search/"] = lambda method, body: (200, {}, next(answers))
    visit(page, shop, "<p>页</p>")
    page.keyboard.press("Control+k")
    expect(page.locator("#finder-results p")).to_have_count(1)
    page.keyboard.type("12345")
    expect(page.locator("#finder-results a")).to_have_count(4)
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(f"**/page/?{where}")


def test_enter_waits_for_the_answer_to_what_was_typed(page: Page, shop: Shop) -> None:
    """A scanner types a plate and Enter at once: what answered to half of it is not opened."""
    answers = iter(["", "123", "12345"])

    def answer(method: str, body: str) -> tuple[int, dict[str, str], str]:
        word = next(answers)
        return 200, {}, f'<p data-asked="{word}"></p><a href="?{word}">{word}</a>'

    shop.answers["/search/"] = answer
    visit(page, shop, "<p>页</p>")
    page.keyboard.press("Meta+k")
    expect(page.locator("#finder-results a")).to_have_count(1)
    page.keyboard.type("123")
    expect(page.locator("#finder-results a")).to_have_text("123")
    page.keyboard.type("45")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/?12345")


def test_escape_closes_the_finder(page: Page, shop: Shop) -> None:
    shop.answers["/search/"] = lambda method, body: (200, {}, HITS)
    visit(page, shop, "<p>页</p>")
    page.keyboard.press("Control+k")
    expect(page.locator("#finder")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()


def test_a_refusal_opens_in_a_dialog_whatever_the_target(page: Page, shop: Shop) -> None:
    refusal = '<div class="dialog-body" data-refusal>客户没签字</div>'
    shop.answers["/settle/"] = lambda method, body: (422, {"Content-Type": "text/html"}, refusal)
    visit(page, shop, '<div id="t">旧</div><button hx-post="/settle/" hx-target="#t">结算</button>')
    page.get_by_role("button", name="结算").click()
    expect(page.get_by_role("dialog")).to_contain_text("客户没签字")
    expect(page.locator("#t")).to_have_text("旧")


def test_undo_stands_in_the_toast(page: Page, shop: Shop) -> None:
    trigger = {"HX-Trigger": json.dumps({"toast": {"text": "已派工", "undo": "/undo/"}})}
    shop.answers["/do/"] = lambda method, body: (200, trigger, "")
    shop.answers["/undo/"] = lambda method, body: (204, {}, "")
    visit(page, shop, '<button hx-post="/do/" hx-swap="none">派工</button>')
    page.get_by_role("button", name="派工").click()
    expect(page.get_by_role("status").get_by_text("已派工")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status").get_by_text("已撤销")).to_be_visible()
    assert [path for _method, path, _body in shop.asked] == ["/do/", "/undo/"]
