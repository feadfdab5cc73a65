"""A page's form as a browser would fill it in and send it."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Forms(HTMLParser):
    """Every form of a page: where it goes, and what it would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._open: dict[str, Any] | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {"method": given.get("method", "get").lower(),
                          "action": given.get("action", ""), "fields": {}}
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name", "")
            self._multiple = "multiple" in given
        elif tag == "option" and self._select:
            chosen = self._open["fields"].setdefault(self._select, [])
            if "selected" in given or (not chosen and not self._multiple):
                if "selected" in given and not self._multiple:
                    chosen.clear()
                chosen.append(given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self._open["fields"][self._textarea] = [""]

    def _input(self, given: dict[str, str]) -> None:
        assert self._open is not None
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in ("submit", "button", "file") or given.get("form") == "none":
            return
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        without = "on" if kind in ("checkbox", "radio") else ""
        self._open["fields"].setdefault(name, []).append(given.get("value", without))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._open is not None:
            self._open["fields"][self._textarea][0] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""


def forms_in(page: str) -> list[dict[str, Any]]:
    parser = Forms()
    parser.feed(page)
    return parser.forms


def opened(response: HttpResponse, holding: str = "seen") -> dict[str, Any]:
    """What the form of that page with the field ``holding`` would send."""
    found = [form["fields"] for form in forms_in(response.content.decode())
             if form["method"] == "post" and holding in form["fields"]]
    assert len(found) == 1, (len(found), holding)
    return found[0]


def open_form(client: Client, address: str, holding: str = "seen") -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return opened(response, holding)
