"""Tags: put, taken off, listed, filtered, and only by whoever may edit customers."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from chejian.core.models import Event
from chejian.parties.errors import MergedAway, NameRequired, TagTaken
from chejian.parties.models import PartyTag, Tag
from chejian.parties.services import (
    change_tag,
    make_tag,
    merge_parties,
    tag_parties,
    tag_party,
    untag_party,
)
from chejian.vehicles.models import VehicleTag
from tests.desk.counting import statements
from tests.factories.accounts import client_of, make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)


def test_a_word_is_one_tag_however_often_it_is_typed() -> None:
    first = make_tag(name=" 大客户 ", colour="blue", by=None, at=NOW)
    change_tag(tag=first, name="大客户", colour="red", active=False, by=None, at=NOW)
    again = make_tag(name="大客户", colour="green", by=None, at=NOW)
    assert (again.pk, again.colour, again.active) == (first.pk, "red", True)
    with pytest.raises(NameRequired):
        make_tag(name="  ", by=None, at=NOW)
    with pytest.raises(ValueError, match="pink"):
        make_tag(name="粉", colour="pink", by=None, at=NOW)
    other = make_tag(name="企业", by=None, at=NOW)
    with pytest.raises(TagTaken):
        change_tag(tag=other, name="大客户", colour="grey", active=True, by=None, at=NOW)
    other.refresh_from_db()
    assert other.name == "企业"


def test_put_once_and_taken_off_with_both_told() -> None:
    party = make_party()
    for _ in range(2):
        put = tag_party(party=party, name="大客户", by=None, at=NOW)
    assert PartyTag.objects.count() == 1
    untag_party(party=party, tag=put.tag, by=None, at=NOW)
    untag_party(party=party, tag=put.tag, by=None, at=NOW)
    assert PartyTag.objects.count() == 0
    kinds = Event.objects.filter(subject_id=party.pk, kind__contains="tagged").order_by("pk")
    assert [event.kind for event in kinds] == ["party.tagged", "party.untagged"]
    PartyTag.objects.create(party=party, tag=put.tag, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyTag.objects.create(party=party, tag=put.tag, at=NOW)


def test_many_at_once_and_none_of_a_merged_one() -> None:
    tag, people = make_tag(name="大客户", by=None, at=NOW), [make_party() for _ in range(3)]
    tag_party(party=people[0], tag=tag, by=None, at=NOW)
    assert tag_parties(parties=people, tag=tag, by=None, at=NOW) == 2
    merge_parties(keep=people[0], absorb=people[1], reason="",
                  by=make_user("station_manager"), at=NOW)
    with pytest.raises(MergedAway):
        tag_party(party=people[1], tag=tag, by=None, at=NOW)


def test_the_pages_put_and_take_tags_of_customers_and_cars() -> None:
    party, car = make_party(), make_vehicle()
    client = client_of(make_user("service_adviser"))
    for address, table in (
        (f"/customers/{party.pk}/", PartyTag), (f"/vehicles/{car.pk}/", VehicleTag),
    ):
        answer = client.post(f"{address}tags/", {"name": "易投诉", "colour": "red"})
        assert (answer.status_code, answer["Location"]) == (302, address)
        tag = Tag.objects.get()
        assert (tag.colour, table.objects.get().tag) == ("red", tag)
        assert "易投诉" in client.get(address).content.decode()
        assert client.post(f"{address}tags/", {"tag": "99999"}).status_code == 404
        assert client.post(f"{address}tags/{tag.pk}/removal/").status_code == 302
        assert not table.objects.exists()
        assert client.post(f"{address}tags/{tag.pk}/removal/").status_code == 404


def test_who_only_looks_sees_the_tags_and_changes_none() -> None:
    party = make_party()
    tag = tag_party(party=party, name="大客户", by=None, at=NOW).tag
    client = client_of(make_user("workshop_controller"))
    page = client.get(f"/customers/{party.pk}/").content.decode()
    assert "大客户" in page
    assert "/tags/" not in page
    for address in (f"/customers/{party.pk}/tags/", f"/customers/{party.pk}/tags/{tag.pk}/removal/",
                    "/tags/", f"/tags/{tag.pk}/"):
        assert client.post(address, {"name": "新"}).status_code == 403
    assert (Tag.objects.count(), PartyTag.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["customers", "vehicles"])
def test_the_list_shows_and_filters_by_a_tag(kind) -> None:
    client = client_of(make_user("service_adviser"))
    party = make_party("云帆物流")
    make_party("张伟")
    car = make_vehicle("粤B77777", owner=party)
    make_vehicle("粤B88888")
    for address in (f"/customers/{party.pk}/tags/", f"/vehicles/{car.pk}/tags/"):
        client.post(address, {"name": "大客户"})
    tag = Tag.objects.get()
    page = client.get(f"/{kind}/", {"f": f"tag.in.{tag.pk}"}).content.decode()
    assert "大客户" in page
    mine, other = ("云帆物流", "张伟") if kind == "customers" else ("77777", "88888")
    assert (mine in page, other in page) == (True, False)


@pytest.mark.parametrize("kind", ["customers", "vehicles"])
def test_tags_cost_one_statement_for_any_number_of_rows(kind) -> None:
    client, counts, made = client_of(make_user("service_adviser")), [], 0
    for rows in (1, 3, 50):
        for _ in range(rows - made):
            party, car = make_party(), make_vehicle()
            tag_party(party=party, name="大客户", by=None, at=NOW)
            client.post(f"/vehicles/{car.pk}/tags/", {"name": "大客户"})
        made = rows
        counts.append(statements(client, f"/{kind}/"))
    assert len(set(counts)) == 1, counts


def test_the_page_of_all_tags_counts_and_changes(client) -> None:
    client = client_of(make_user("service_adviser"))
    tag = tag_party(party=make_party(), name="大客户", by=None, at=NOW).tag
    assert "1 位客户" in client.get("/tags/").content.decode()
    client.post(f"/tags/{tag.pk}/", {"name": "重要客户", "colour": "green", "active": "0"})
    tag.refresh_from_db()
    assert (tag.name, tag.colour, tag.active) == ("重要客户", "green", False)
    client.post("/tags/", {"name": "企业", "colour": "blue"})
    assert Tag.objects.filter(name="企业", colour="blue").exists()
