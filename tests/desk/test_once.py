"""Nothing is done twice: every form that posts carries a key, and the same post is done once."""

import re
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from chejian.accounts.models import Bay
from chejian.core.models import ReplayKey
from chejian.parties.models import Contact
from tests.desk.filling import forms_in, open_form
from tests.factories import parties
from tests.factories import workorders as make
from tests.factories.accounts import client_of

SOURCE = Path(__file__).resolve().parents[2] / "src" / "chejian"
FORM = re.compile(r'(?s)<form\b[^>]*method="post".*?</form>')

#: forms without a key, and why the same twice does no harm
WITHOUT = {
    "core/_overlays.html": "the password asked for in place: it opens the same session again",
}
#: scripts that post without a form, and why the same twice does no harm
BY_SCRIPT = {
    "core/static/core/js/grid.js": "a cell names the version of its row: the second finds another",
    "core/static/core/js/lib.js": "how all of them send",
    "core/static/core/js/photos.js": "a picture is sent once for each time that it was chosen",
    "core/static/core/js/reauth.js": "the password asked for in place",
    "core/static/core/js/shell.js": "an undo brings a key of its own, a theme is only set",
}


def templates() -> list[Path]:
    return sorted(SOURCE.glob("*/jinja2/**/*.html"))


@pytest.mark.parametrize("page", templates(), ids=lambda page: str(page.relative_to(SOURCE)))
def test_every_form_that_posts_carries_a_key(page: Path) -> None:
    name = page.relative_to(SOURCE).as_posix().partition("/jinja2/")[2]
    without = [form[:160] for form in FORM.findall(page.read_text(encoding="utf-8"))
               if "csrf_input" not in form]
    assert bool(without) == (name in WITHOUT), without


def test_what_scripts_post_without_a_form_is_declared() -> None:
    posting = re.compile(r"\bsend\((?![^;]*method: \"GET\")|method: \"POST\"|sendBeacon")
    found = {
        page.relative_to(SOURCE).as_posix() for page in SOURCE.glob("*/static/*/**/*.js")
        if "vendor" not in page.parts and posting.search(page.read_text(encoding="utf-8"))
    }
    assert found == set(BY_SCRIPT)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [
    "/customers/new/", "/vehicles/new/", "/parts/new/", "/labour/new/", "/reception/",
    "/settings/teams/new/", "/stock/warehouses/new/",
])
def test_a_page_writes_the_key_into_each_of_its_forms(shop: make.Shop, address: str) -> None:
    page = client_of(shop.person("administrator")).get(address)
    page = page if page.status_code == 200 else client_of(shop.manager).get(address)
    forms = [form for form in forms_in(page.content.decode()) if form["method"] == "post"]
    keyed = [form for form in forms if form["action"] != "/login/again/"]
    assert keyed
    for form in keyed:
        (key,) = form["fields"]["once"]
        assert uuid.UUID(key)


@pytest.mark.django_db
def test_the_same_post_is_done_once_and_other_contents_are_another_post(shop: make.Shop) -> None:
    client = client_of(shop.manager)
    form = open_form(client, "/settings/bays/new/", "kind") | {"name": "1 号工位", "kind": "举升机"}

    answers = [client.post("/settings/bays/new/", form) for _ in range(3)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [
        (302, "/settings/teams/")] * 3
    assert client.post("/settings/bays/new/", form | {"name": "2 号工位"}).status_code == 302

    assert list(Bay.objects.order_by("pk").values_list("name", flat=True)) == [
        "1 号工位", "2 号工位"]


@pytest.mark.django_db
def test_another_person_with_the_same_key_does_his_own(shop: make.Shop) -> None:
    form = {"once": uuid.uuid4(), "name": "1 号工位", "kind": ""}
    other = make.accounts.make_user("station_manager", shop.station)
    assert client_of(shop.manager).post("/settings/bays/new/", form).status_code == 302
    assert client_of(other).post("/settings/bays/new/", form).status_code == 422
    assert Bay.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_form_is_sent_again_with_its_key(shop: make.Shop) -> None:
    client, key = client_of(shop.manager), uuid.uuid4()
    empty: dict[str, Any] = {"once": key, "name": "", "kind": ""}
    assert [client.post("/settings/bays/new/", empty).status_code for _ in range(2)] == [422, 422]
    assert not ReplayKey.objects.exists()
    assert client.post("/settings/bays/new/", empty | {"name": "1"}).status_code == 302
    assert Bay.objects.count() == 1


@pytest.mark.django_db
def test_a_script_is_told_to_look_anew(shop: make.Shop) -> None:
    order = make.make_order(shop)
    client, script = client_of(shop.adviser), {"HX-Request": "true"}
    form = {"once": uuid.uuid4(), "text": "刹车异响", "when": "", "how_often": "", "diagnosis": ""}
    address = f"/work-orders/{order.pk}/concerns/"

    first, second = (client.post(address, form, headers=script) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 204)
    assert "chejian:stale" in second.headers["HX-Trigger"]
    assert order.concerns.count() == 1


@pytest.mark.django_db
def test_what_fails_halfway_leaves_neither_row_nor_key(
    shop: make.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the answer could not be written")

    monkeypatch.setattr("chejian.accounts.views.places.done", broken)
    client = client_of(shop.manager)
    client.raise_request_exception = False
    form = {"once": uuid.uuid4(), "name": "1 号工位", "kind": ""}
    assert client.post("/settings/bays/new/", form).status_code == 500
    assert (Bay.objects.count(), ReplayKey.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_two_workers_is_one_contact(defaults: None) -> None:
    shop = make.Shop()
    party = parties.make_party("王建华")
    address = f"/customers/{party.pk}/contacts/"
    form = {"once": uuid.uuid4(), "contact-name": "李娜", "contact-phone": "13900001111",
            "contact-job": ""}
    clients = [client_of(shop.adviser) for _ in range(4)]
    answers: list[int] = []
    gate = threading.Barrier(len(clients))

    def click(client: Client) -> None:
        gate.wait()
        try:
            answers.append(client.post(address, form).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 4
    assert Contact.objects.filter(party=party, name="李娜").count() == 1
