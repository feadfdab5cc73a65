"""No page offers a person what he may not open: every link of every page he sees answers."""

import re

import pytest

from tests.walk.table import TABLE
from tests.walk.test_roles import address, ask
from tests.walk.world import ROLES, World

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)"')
FETCHED = re.compile(r'\bhx-get="(/[^"#]*)"')
#: static files are served beside the product; the door leads in for whoever is in
BESIDE = ("/static/", "/login/")


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_every_page_answers(world: World, role: str) -> None:
    session, here = world.here.sessions[role], world.here
    links: dict[str, str] = {}
    for name, way in TABLE.items():
        if way.expected("get", role) != 200:
            continue
        response = ask(session, "get", address(name, here.rows))
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        text = response.content.decode()
        for url in {*LINK.findall(text), *FETCHED.findall(text)}:
            links.setdefault(url.replace("&amp;", "&"), name)
    dead = {}
    for url, name in links.items():
        if not url.startswith(BESIDE):
            code = ask(session, "get", url).status_code
            if code >= 400:
                dead[f"{url} on {name}"] = code
    assert dead == {}
