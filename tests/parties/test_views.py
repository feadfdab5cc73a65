"""Screens of customers: who may, what is masked, that a denied act changes nothing, few queries."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chejian.accounts.models import SensitiveAccess, User
from chejian.parties.models import Contact, Party, PartyMerge
from chejian.parties.services import merge_parties
from tests.factories.accounts import client_of, make_role, make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
IDENTITY = "11010519491231002X"


def form(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "person", "name": "王", "phone": "", "uscc": "", "address": "", "member_tier": "",
        "legacy_number": "", "is_customer": "on", "remarks": "", **fields,
    }


@pytest.fixture
def adviser() -> User:
    return make_user(name="林晓雯")


@pytest.fixture
def browser(adviser: User) -> Client:
    return client_of(adviser)


READ = ["parties", "party_lookup"]
OF_ONE = ["party", "edit_party", "merge_party"]


def test_a_technician_sees_no_customers() -> None:
    technician = client_of(make_user("technician"))
    party = make_party()
    for name in [*READ, "new_party", "party_duplicates"]:
        assert technician.get(reverse(name)).status_code == 403
    for name in OF_ONE:
        assert technician.get(reverse(name, args=[party.pk])).status_code == 403


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("workshop_controller", "party", 200),
        ("workshop_controller", "edit_party", 403),
        ("workshop_controller", "merge_party", 403),
        ("service_adviser", "edit_party", 200),
        ("service_adviser", "merge_party", 200),
        ("station_manager", "merge_party", 200),
        ("administrator", "party", 403),
    ],
)
def test_who_may_open_what(role: str, name: str, status: int) -> None:
    party = make_party()
    assert client_of(make_user(role)).get(reverse(name, args=[party.pk])).status_code == status


def test_onlookers_change_nothing() -> None:
    onlooker = client_of(make_user("workshop_controller"))
    party, other = make_party("王"), make_party("李")
    contact = Contact.objects.create(party=party, name="周")
    posts = [
        (reverse("new_party"), form(name="新")),
        (reverse("edit_party", args=[party.pk]), form(name="改", version=1)),
        (reverse("party_contacts", args=[party.pk]), {"contact-name": "新"}),
        (reverse("party_contact", args=[party.pk, contact.pk]), {"active": "0"}),
        (reverse("party_numbers", args=[party.pk]), {"numbers-bank_account": "6222"}),
        (reverse("party_disclosures", args=[party.pk]), {"field": "phone"}),
        (reverse("merge_party", args=[party.pk]), {"other": other.pk}),
    ]
    for url, data in posts:
        assert onlooker.post(url, data).status_code == 403, url
    party.refresh_from_db()
    contact.refresh_from_db()
    assert (party.name, party.version, party.bank_account_sealed) == ("王", 1, "")
    assert (contact.active, Contact.objects.count()) == (True, 1)
    assert (Party.objects.count(), PartyMerge.objects.count()) == (2, 0)
    assert SensitiveAccess.objects.count() == 0


def test_unknown_ones_are_not_found(browser: Client) -> None:
    for name in OF_ONE:
        assert browser.get(reverse(name, args=[999])).status_code == 404


def test_a_merged_one_leads_to_the_one_that_was_kept(browser: Client) -> None:
    keep, absorb = make_party("王"), make_party("汪")
    manager = make_user("station_manager")
    merge_parties(keep=keep, absorb=absorb, reason="", by=manager, at=timezone.now())
    answer = browser.get(reverse("party", args=[absorb.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("party", args=[keep.pk]))


# --- masks ---------------------------------------------------------------------------------
def test_phones_are_masked_on_every_screen(browser: Client) -> None:
    party = make_party("王", phone="13812345621")
    Contact.objects.create(party=party, name="周", phone="13987654321")
    urls = [
        reverse("parties"), reverse("party", args=[party.pk]), reverse("party_lookup") + "?q=5621",
        reverse("merge_party", args=[party.pk]), reverse("party_duplicates"),
    ]
    for url in urls:
        text = browser.get(url).content.decode()
        assert "13812345621" not in text, url
        assert "138 1234 5621" not in text, url
        assert "13987654321" not in text, url


def test_the_eye_shows_the_numbers_and_logs_it(browser: Client, adviser: User) -> None:
    party = make_party("王", phone="13812345621")
    Contact.objects.create(party=party, name="周", phone="13987654321")
    url = reverse("party_disclosures", args=[party.pk])
    for headers in ({"HX-Request": "true"}, {}):
        answer = browser.post(url, {"field": "phone"}, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "138 1234 5621" in text
        assert "139 8765 4321" in text
        assert ("<html" in text) is (not headers)
    lines = SensitiveAccess.objects.values_list("user", "subject_id", "field")
    assert list(lines) == [(adviser.pk, party.pk, "phone")] * 2


def test_sealed_numbers_are_only_for_those_who_may() -> None:
    party = make_party("王", identity=IDENTITY)
    url = reverse("party_disclosures", args=[party.pk])
    manager, cashier = make_user("station_manager"), make_user("cashier")
    assert client_of(cashier).post(url, {"field": "identity"}).status_code == 403
    assert SensitiveAccess.objects.count() == 0
    answer = client_of(manager).post(url, {"field": "identity"}, headers={"HX-Request": "true"})
    assert IDENTITY in answer.content.decode()
    assert SensitiveAccess.objects.get().field == "identity"
    assert client_of(manager).post(url, {"field": "password"}).status_code == 404
    page = client_of(manager).get(reverse("party", args=[party.pk])).content.decode()
    assert IDENTITY not in page


def test_the_manager_stores_and_removes_numbers() -> None:
    browser, party = client_of(make_user("station_manager")), make_party("王")
    url = reverse("party_numbers", args=[party.pk])
    assert browser.post(url, {"numbers-identity": "110105194912310021"}).status_code == 422
    assert browser.post(url, {"numbers-identity": IDENTITY}).status_code == 302
    party.refresh_from_db()
    assert party.unseal("identity") == IDENTITY
    assert browser.post(url, {"numbers-remove": ["identity"]}).status_code == 302
    party.refresh_from_db()
    assert party.identity_sealed == ""


# --- forms ---------------------------------------------------------------------------------
def test_a_customer_is_made(browser: Client) -> None:
    answer = browser.post(reverse("new_party"), form(name="王", phone="138 0013 8000"))
    party = Party.objects.get()
    assert (answer["Location"], party.phone) == (reverse("party", args=[party.pk]), "13800138000")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"phone": "1380013800"}, "phone"), ({"phone": "1.38E+10"}, "phone"),
        ({"name": "", "phone": ""}, "name"), ({"uscc": "91350100M000100Y44"}, "uscc"),
    ],
)
def test_a_wrong_field_is_told_at_the_field(
    browser: Client, fields: dict[str, str], where: str
) -> None:
    answer = browser.post(reverse("new_party"), form(**fields))
    assert answer.status_code == 422
    assert re.search(rf'name="{where}"[^>]*aria-invalid="true"', answer.content.decode())
    assert Party.objects.count() == 0


def test_a_likely_duplicate_is_shown_before_a_second_one_is_made(browser: Client) -> None:
    there = make_party("王建华", phone="13800138000")
    data = form(name="王先生", phone="13800138000")
    answer = browser.post(reverse("new_party"), data)
    assert answer.status_code == 422
    assert reverse("party", args=[there.pk]) in answer.content.decode()
    assert Party.objects.count() == 1
    assert browser.post(reverse("new_party"), {**data, "confirmed": "on"}).status_code == 302
    assert Party.objects.count() == 2


def test_the_same_form_sent_twice_makes_one(browser: Client) -> None:
    page = browser.get(reverse("new_party")).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    for _ in range(2):
        answer = browser.post(reverse("new_party"), form(key=key[1]))
    assert answer["Location"] == reverse("party", args=[Party.objects.get().pk])


def test_both_values_are_shown_when_somebody_was_quicker(browser: Client) -> None:
    party = make_party("王", phone="", address="老地址")
    url = reverse("edit_party", args=[party.pk])
    assert browser.post(url, form(address="他们的", version=1)).status_code == 302
    answer = browser.post(url, form(address="我的", version=1))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "他们的" in text
    assert "我的" in text
    assert 'name="version" value="2"' in text
    party.refresh_from_db()
    assert party.address == "他们的"
    assert browser.post(url, form(address="我的", version=2)).status_code == 302


def test_editing_shows_the_phone_to_whom_may_see_it_and_logs_it(browser: Client) -> None:
    party = make_party("王", phone="13812345621")
    assert "13812345621" in browser.get(reverse("edit_party", args=[party.pk])).content.decode()
    assert SensitiveAccess.objects.get().field == "phone"


def test_who_edits_without_seeing_phones_keeps_them_by_leaving_them_empty() -> None:
    make_role("clerk", permissions=["customers.view", "customers.edit"])
    browser = client_of(make_user("clerk"))
    party = make_party("王", phone="13812345621")
    url = reverse("edit_party", args=[party.pk])
    assert "13812345621" not in browser.get(url).content.decode()
    assert browser.post(url, form(name="汪", version=1)).status_code == 302
    party.refresh_from_db()
    assert (party.name, party.phone) == ("汪", "13812345621")
    assert browser.post(url, form(name="汪", phone="13700000000", version=2)).status_code == 302
    party.refresh_from_db()
    assert party.phone == "13700000000"


def test_credit_is_on_the_manager_s_form_only(browser: Client) -> None:
    party = make_party("王")
    url = reverse("edit_party", args=[party.pk])
    manager = client_of(make_user("station_manager"))
    assert "credit_limit" not in browser.get(url).content.decode()
    assert "credit_limit" in manager.get(url).content.decode()
    browser.post(url, form(phone=party.phone, version=1, credit_limit="9000"))
    party.refresh_from_db()
    assert (party.credit_limit, party.version) == (0, 1)
    sent = form(version=1, credit_limit="9000", price_level="contract", credit_term_days="60")
    assert manager.post(url, sent).status_code == 302
    party.refresh_from_db()
    assert (party.credit_limit, party.price_level) == (9000, "contract")


def test_contacts_are_added_changed_and_put_out_of_use(browser: Client) -> None:
    party = make_party("云帆")
    url = reverse("party_contacts", args=[party.pk])
    assert browser.post(url, {"contact-name": ""}).status_code == 422
    new = {"contact-name": "周", "contact-phone": "13900000000"}
    assert browser.post(url, new).status_code == 302
    person = Contact.objects.get()
    own = reverse("party_contact", args=[party.pk, person.pk])
    n = f"contact{person.pk}"
    assert browser.post(own, {f"{n}-name": "周强", f"{n}-phone": "1390"}).status_code == 422
    assert browser.post(
        own, {f"{n}-name": "周强", f"{n}-phone": "13900000001"}
    ).status_code == 302
    assert browser.post(own, {"active": "0"}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.phone, person.active) == ("周强", "13900000001", False)
    elsewhere = reverse("party_contact", args=[make_party("别家").pk, person.pk])
    assert browser.post(elsewhere, {"active": "1"}).status_code == 404


def test_merging_on_the_screen(browser: Client) -> None:
    keep = make_party("王建华", phone="13800000001")
    absorb = make_party("王健华", phone="13800000002")
    make_vehicle("粤B12345", owner=absorb)
    url = reverse("merge_party", args=[keep.pk])
    assert "王健华" in browser.get(url).content.decode()
    page = browser.get(f"{url}?other={absorb.pk}").content.decode()
    assert "王健华" in page
    assert 'name="take" value="name"' in page
    answer = browser.post(url, {"other": absorb.pk, "take": ["name"], "reason": "同一人"})
    assert answer["Location"] == reverse("party", args=[keep.pk])
    page = browser.get(answer["Location"]).content.decode()
    assert "王健华" in page
    assert "粤B<i>·</i>12345" in page


@pytest.mark.parametrize("other", ["999", "abc"])
def test_merging_with_nobody_is_not_found(browser: Client, other: str) -> None:
    keep = make_party()
    url = reverse("merge_party", args=[keep.pk])
    assert browser.get(f"{url}?other={other}").status_code == 404
    assert browser.get(f"{url}?other={keep.pk}").status_code == 404


# --- lists ---------------------------------------------------------------------------------
def names_on(browser: Client, query: str = "") -> list[str]:
    text = browser.get(reverse("parties") + query).content.decode()
    return re.findall(r'/customers/\d+/"><b>([^<]+)</b>', text)


def test_sorted_by_name_in_pinyin_and_by_age_both_ways(browser: Client) -> None:
    for name in ("张伟", "阿强", "李娜"):
        make_party(name)
    assert names_on(browser) == ["阿强", "李娜", "张伟"]
    assert names_on(browser, "?sort=-name") == ["张伟", "李娜", "阿强"]
    assert names_on(browser, "?sort=created") == ["张伟", "阿强", "李娜"]
    assert names_on(browser, "?sort=-created") == ["李娜", "阿强", "张伟"]
    assert names_on(browser, "?sort=password&after=x") == ["阿强", "李娜", "张伟"]


def test_filtered_and_searched(browser: Client) -> None:
    make_party("张伟", member_tier="金卡")
    fleet = make_party("云帆物流", kind="company", credit_limit=5000)
    make_party("博世", is_customer=False, is_supplier=True)
    make_vehicle("粤B12345", owner=fleet)
    assert names_on(browser, "?f=kind.in.company") == ["云帆物流"]
    assert names_on(browser, "?f=tier.in.%E9%87%91%E5%8D%A1") == ["张伟"]
    assert names_on(browser, "?role=credit") == ["云帆物流"]
    assert names_on(browser, "?role=supplier") == ["博世"]
    assert names_on(browser, "?q=12345") == ["云帆物流"]
    assert names_on(browser, "?q=zw") == ["张伟"]
    assert names_on(browser, "?q=zw&f=kind.in.company") == []


def test_pages_go_on_by_key_and_come_back(browser: Client) -> None:
    for number in range(60):
        make_party(f"客户{number:02d}")
    seen, url = [], reverse("parties")
    for _ in range(3):
        text = browser.get(url).content.decode()
        seen.append(re.findall(r'/customers/\d+/"><b>([^<]+)</b>', text))
        onward = re.search(r'href="([^"]+)" rel="next"', text)
        url = reverse("parties") + onward[1].replace("&amp;", "&") if onward else ""
    assert [len(page) for page in seen] == [25, 25, 10]
    assert [*seen[0], *seen[1], *seen[2]] == [f"客户{n:02d}" for n in range(60)]
    back = re.search(r'href="([^"]+)" rel="prev"', text)
    assert back
    assert names_on(browser, back[1].replace("&amp;", "&")) == seen[1]


def test_lookup_gives_rows_to_a_combo_and_a_fragment_to_htmx(browser: Client) -> None:
    party = make_party("解超", phone="13812345621", member_tier="金卡")
    url = reverse("party_lookup") + "?q=xc"
    assert browser.get(url).json() == {
        "results": [
            {
                "id": party.pk, "text": "解超", "note": "138 **** 5621", "badge": "金卡",
                "data": {"name": "解超", "url": f"/customers/{party.pk}/"},
            }
        ]
    }
    assert "解超" in browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert browser.get(reverse("party_lookup")).json() == {"results": []}


@pytest.mark.parametrize("name", ["parties", "party_lookup"])
def test_the_same_number_of_queries_for_1_3_and_50_rows(
    browser: Client, name: str
) -> None:
    counts = []
    for size in (1, 3, 50):
        while Party.objects.count() < size:
            make_vehicle(owner=make_party("王"))
        browser.get(reverse(name) + "?q=wang")
        with CaptureQueriesContext(connection) as caught:
            browser.get(reverse(name) + "?q=wang")
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
    own = [q for q in caught if re.search("parties_|vehicles_|core_searchentry", q["sql"])]
    assert len(own) <= 6


def test_a_page_asks_the_same_number_of_queries_for_1_and_50_cars(browser: Client) -> None:
    party = make_party("车队")
    counts = []
    for size in (1, 3, 50):
        while party.owned_vehicles.count() < size:
            make_vehicle(owner=party)
            Contact.objects.create(party=party, name="人")
        browser.get(reverse("party", args=[party.pk]))
        with CaptureQueriesContext(connection) as caught:
            browser.get(reverse("party", args=[party.pk]))
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
