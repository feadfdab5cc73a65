"""One running shop and one browser for all tests of this folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.core.ui_pages import a_browser
from tests.e2e.house import DESK, House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    running = os.environ.get("CHEJIAN_E2E_SHOP")  # "8700:var", while one writes these tests
    if running:
        port, _colon, data = running.partition(":")
        yield House.at(Path(data), int(port))
        return
    made = House(tmp_path_factory.mktemp("e2e"), "--demo")
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with a_browser() as opened:
        yield opened


type Opens = Callable[..., Page]


@pytest.fixture
def as_role(house: House, browser: Browser) -> Iterator[Opens]:
    """Pages of a role's person; every error of a page's own scripts fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(role: str, size: tuple[int, int] = DESK) -> Page:
        context = house.open(browser, role, size)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: note(page, said.type, said.text))
        return page

    def note(page: Page, kind: str, text: str) -> None:
        if kind == "error" and "the server responded with a status of" not in text:
            complaints.append(f"{page.url}: {text}")

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
