"""Every page, wide and narrow: accessible, nothing sticks out, and in Chinese throughout."""

import json
import re
from collections import defaultdict

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.e2e.house import DESK, PHONE, House, shot
from tests.e2e.pages import LOOKING, Shown, data_words, shown_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RUN_AXE = """() => axe.run(document, {resultTypes: ['violations']}).then(found =>
  found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one =>
    one.id + ': ' + one.nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' | ')))"""
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth <= width) return found;
  for (const node of document.body.querySelectorAll('*')) {
    const box = node.getBoundingClientRect();
    if (box.width && box.right > width + 1) found.push(node.outerHTML.slice(0, 120));
  }
  return found.slice(0, 4).length ? found.slice(0, 4) : ['the page itself'];
}"""
#: words of small Latin letters that a Chinese mechanic reads as they are
LATIN = frozenset({
    "km", "kW", "kg", "mm", "ml", "Nm", "Ctrl", "Enter", "Esc", "Chejian", "Excel", "min",
    "English", "Tab", "cm", "bar", "kPa", "pH", "xlsx", "csv", "chejian-demo",
    "zhangwei",  # the example of a user name
    "OpenAPI", "ETag", "Accept-Language", "next",  # for whoever writes programs
})
#: the text that a person sees, without code that nobody translates
SAID = """() => {
  const code = [...document.querySelectorAll('[translate="no"]')];
  for (const node of code) node.style.visibility = 'hidden';
  const text = document.body.innerText;
  for (const node of code) node.style.visibility = '';
  return text;
}"""
MESSY = "配件编号,配件名称,单位,数量,成本价\nP-1,机油滤清器,个,3,12.5\nP-2,,个,-2,十二\n"

WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")


def foreign_words(text: str) -> set[str]:
    """English left in a Chinese page: words in small letters, numbers and codes aside."""
    found = set()
    for token in re.split(r"[\s，。、：；（）()/·|「」《》]+", text):
        if any(sign.isdigit() for sign in token):
            continue
        for word in WORD.findall(token):
            if re.search(r"[a-z]{2}", word) and word not in LATIN:
                found.add(word)
    return found


def complaints(page: Page, shown: Shown) -> list[str]:
    """What is wrong with the page that is open."""
    wrong = [f"axe {one}" for one in page.evaluate(RUN_AXE)]
    wrong += [f"sticks out {one}" for one in page.evaluate(STICKS_OUT)]
    return wrong


@pytest.fixture(scope="module")
def a_file(house: House, browser: Browser) -> None:
    """One file on its way in, so that its page has something to show."""
    context = house.open(browser, "station_manager")
    page = context.new_page()
    page.goto("/imports/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "配件.csv", "mimeType": "text/csv", "buffer": MESSY.encode()}
    )
    page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))
    page.goto("/imports/")
    page.locator("form[action='/imports/batches/'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/batches/\d+/"))
    page.locator("form[action$='/trials/'] button[type=submit]").click()
    page.locator("a[href$='/reconciliation/']").wait_for(timeout=60_000)
    context.close()


@pytest.mark.usefixtures("a_file")
@pytest.mark.parametrize("role", ["", *LOOKING])
def test_every_page_is_sound_wide_and_narrow(
    house: House, browser: Browser, role: str
) -> None:
    """By role, so that a failure says whose page it is; nobody sees the login and style pages."""
    pages = [one for one in shown_pages(house) if one.role == role] if role else [
        Shown("login", "", "/login/"), Shown("styleguide", "", "/styleguide/"),
    ]
    context = (
        house.open(browser, role) if role
        else browser.new_context(locale="zh-CN", base_url=house.address, color_scheme="light")
    )
    page = context.new_page()
    failures: dict[str, list[str]] = defaultdict(list)
    known = data_words(house)
    page.on("pageerror", lambda error: failures[page.url].append(f"script: {error}"))
    for shown in pages:
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        answer = page.goto(shown.url)
        assert answer is not None
        if answer.status != 200:
            failures[shown.name].append(f"status {answer.status}")
            continue
        page.evaluate(AXE_SCRIPT)
        failures[shown.name] += complaints(page, shown)
        if shown.name != "styleguide":
            words = foreign_words(page.evaluate(SAID)) - known
            failures[shown.name] += [f"not Chinese: {sorted(words)}"] if words else []
        shot(page, f"page-{shown.name}")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        failures[shown.name] += [f"narrow: {one}" for one in complaints(page, shown)]
        shot(page, f"page-{shown.name}")
    context.close()
    found = {name: wrong for name, wrong in failures.items() if wrong}
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)
