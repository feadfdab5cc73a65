"""Pages of the kit in a real browser without a server: every request is answered from here."""

import mimetypes
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.csp import build_policy
from playwright.sync_api import Browser, Page, Route, sync_playwright

from chejian.core import shell
from chejian.core.styleguide import styleguide

STATIC = Path(shell.__file__).resolve().parent / "static"
HOST = "http://shop.test"
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

type Answer = tuple[int, dict[str, str], str]


@dataclass
class Shop:
    """What the pretended server says, and what it was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Callable[[str, str], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def handle(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(HOST).split("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            kind = "text/javascript" if file.suffix == ".js" else kind
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path in self.answers:
            body = request.post_data or ""
            self.asked.append((request.method, path, body))
            status, headers, text = self.answers[path](request.method, body)
            route.fulfill(status=status, headers=headers, body=text)
        elif path in self.pages:
            policy = build_policy(settings.SECURE_CSP)
            route.fulfill(
                body=self.pages[path],
                headers={"Content-Security-Policy": policy, "Content-Type": "text/html"},
            )
        else:
            route.fulfill(status=404, body="")


def request_for(path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request._messages = []  # type: ignore[attr-defined]
    request.LANGUAGE_CODE = "zh-hans"
    return request


def styleguide_page(theme: str) -> str:
    with translation.override("zh-hans"):
        response = styleguide(request_for(f"/styleguide/?theme={theme}"))
    text: str = response.content.decode()
    return text


def page_with(body: str) -> str:
    """A page of the shell around `body`, Jinja2 source."""
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    source = '{% extends "core/base.html" %}{% block title %}x{% endblock %}{% block page %}'
    request = request_for("/page/")
    request._shell = shell.Shell(  # type: ignore[attr-defined]
        search_url="/search/",
        notices_url="/notices/",
        name="林晓雯",
        role="服务顾问",
        tabs=[shell.MenuItem("首页", "home", "/", active=True)],
        groups=[shell.MenuGroup("单据", [shell.MenuItem("维修工单", "file", "/orders/", 24)])],
    )
    with translation.override("zh-hans"):
        template = environment.from_string(source + body + "{% endblock %}")
        text: str = template.render(request=request, csrf_input="", csrf_token="token")
    return text


def browser_program() -> str:
    found = os.environ.get("CHEJIAN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RuntimeError("No Chrome or Chromium found: name one in CHEJIAN_CHROMIUM.")
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_program(), args=QUIET)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Browser, shop: Shop, *, width: int = 1440, height: int = 900
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", base_url=HOST
    )
    page = context.new_page()
    page.on("pageerror", lambda error: shop.complaints.append(str(error)))
    page.on("console", lambda message: _note(shop, message.type, message.text))
    page.route("**/*", shop.handle)
    yield page
    context.close()


def _note(shop: Shop, kind: str, text: str) -> None:
    """Errors of the console; answers that a test asked for are no error of the page."""
    if kind == "error" and "the server responded with a status of" not in text:
        shop.complaints.append(text)
