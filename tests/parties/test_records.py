"""Making and changing customers: normal forms, permissions by field, conflicts, history."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pghistory
import pytest

from chejian.core.errors import Conflict, DomainError, NotPermitted
from chejian.core.models import Event, SearchEntry
from chejian.parties.errors import InvalidNumber, NameRequired, NumberTaken
from chejian.parties.models import Party
from chejian.parties.services import create_party, update_party
from tests.factories.accounts import make_user
from tests.factories.parties import make_party

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)


def test_a_new_customer_is_tidied_found_and_told() -> None:
    adviser = make_user()
    party = create_party(
        name=" 解　超 ", phone="+86 138-0013 8000", by=adviser, at=NOW, address="南山 \u200b路"
    )
    party.refresh_from_db()
    assert (party.name, party.phone, party.address) == ("解 超", "13800138000", "南山 路")
    assert (party.created_by, party.version, party.price_level) == (adviser, 1, "retail")
    entry = SearchEntry.objects.get(kind="party", subject_id=party.pk)
    assert (entry.title, entry.subtitle) == ("解 超", "138 **** 8000")
    event = Event.objects.get(subject_type="parties.Party", subject_id=party.pk)
    assert (event.kind, event.actor_name) == ("party.created", adviser.name)


def test_without_a_name_the_phone_names_him() -> None:
    assert make_party("", phone="13800138000").name.endswith("8000")


@pytest.mark.parametrize(
    ("fields", "error", "at_field"),
    [
        ({"name": "", "phone": ""}, NameRequired, "name"),
        ({"name": "云帆物流", "uscc": "91350100M000100Y44"}, InvalidNumber, "uscc"),
        ({"name": "王", "identity": "110105194912310021"}, InvalidNumber, "identity"),
        ({"name": "王", "legacy_number": "K001"}, NumberTaken, "legacy_number"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    fields: dict[str, str], error: type[DomainError], at_field: str
) -> None:
    make_party("旧", legacy_number="K001")
    before = Party.objects.count()
    with pytest.raises(error) as refused:
        create_party(by=make_user(), at=NOW, **fields)
    assert refused.value.refusals[0].field == at_field
    assert Party.objects.count() == before


def test_a_right_credit_code_and_a_passport_are_taken() -> None:
    party = make_party("云帆物流", kind="company", uscc="9135 0100-m000100y43", identity="e1234567")
    assert (party.uscc, party.unseal("identity")) == ("91350100M000100Y43", "E1234567")


def test_the_same_key_makes_one_customer() -> None:
    adviser, key = make_user(), uuid4()
    first = create_party(name="王", phone="", by=adviser, at=NOW, key=key)
    assert create_party(name="王", phone="", by=adviser, at=NOW, key=key) == first
    assert Party.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("credit_limit", Decimal(5000)), ("price_level", "contract"), ("credit_term_days", 60)],
)
def test_credit_and_price_level_need_their_permission(field: str, value: object) -> None:
    adviser, manager = make_user(), make_user("station_manager")
    party = make_party()
    with pytest.raises(NotPermitted):
        create_party(name="李", by=adviser, at=NOW, **{field: value})
    with pytest.raises(NotPermitted):
        update_party(party=party, version=1, by=adviser, at=NOW, **{field: value})
    party.refresh_from_db()
    assert (getattr(party, field) == value, party.version) == (False, 1)
    assert Party.objects.count() == 1
    changed = update_party(party=party, version=1, by=manager, at=NOW, **{field: value})
    assert (getattr(changed, field), changed.version) == (value, 2)


def test_sending_the_present_terms_along_needs_no_permission() -> None:
    party = make_party(credit_limit=Decimal(800))
    changed = update_party(
        party=party, version=1, by=make_user(), at=NOW, credit_limit=Decimal(800), address="新"
    )
    assert (changed.address, changed.credit_limit) == ("新", Decimal(800))


def test_the_second_editor_sees_both_values_and_changes_nothing() -> None:
    adviser, party = make_user(), make_party("王", address="老")
    update_party(party=party, version=1, by=adviser, at=NOW, address="他们的")
    with pytest.raises(Conflict) as conflict:
        update_party(party=party, version=1, by=adviser, at=NOW, address="我的", name="王")
    assert conflict.value.data["fields"] == {"address": {"theirs": "他们的", "mine": "我的"}}
    assert conflict.value.data["version"] == 2
    party.refresh_from_db()
    assert (party.address, party.version) == ("他们的", 2)
    assert update_party(party=party, version=2, by=adviser, at=NOW, address="我的").version == 3


def test_saving_what_stands_already_is_no_conflict_and_no_change() -> None:
    party = make_party("王", address="路")
    update_party(party=party, version=1, by=None, at=NOW, address="街")
    same = update_party(party=party, version=1, by=None, at=NOW, address="街")
    assert same.version == 2
    assert Event.objects.filter(kind="party.changed").count() == 1


def test_every_change_is_in_the_history() -> None:
    party = make_party("王")
    with pghistory.context(user=7):
        update_party(party=party, version=1, by=None, at=NOW, name="汪")
    rows = pghistory.models.Events.objects.tracks(party).order_by("pgh_id")
    assert [row.pgh_data["name"] for row in rows] == ["王", "汪"]
    entry = SearchEntry.objects.get(kind="party", subject_id=party.pk)
    assert (entry.title, Party.objects.get().name_key) == ("汪", "wang1")
