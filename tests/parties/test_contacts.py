"""Further people to call: added, changed, taken out of use, found by their phone."""

from datetime import UTC, datetime

import pytest

from chejian.core.models import Event
from chejian.parties.errors import NameRequired
from chejian.parties.models import Contact, Party
from chejian.parties.queries import find_parties
from chejian.parties.services import add_contact, deactivate_contact, update_contact
from tests.factories.accounts import make_user
from tests.factories.parties import make_party

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)


def test_a_contact_is_found_until_he_is_out_of_use() -> None:
    adviser, fleet = make_user(), make_party("云帆物流", kind=Party.Kind.COMPANY)
    person = add_contact(
        party=fleet, name="车队长 老周", phone="138 0000 1111", job="车队长", by=adviser, at=NOW
    )
    assert person.phone == "13800001111"
    assert find_parties(adviser, "1111") == [fleet]
    assert find_parties(adviser, "laozhou") == [fleet]
    update_contact(contact=person, by=adviser, at=NOW, phone="13900002222")
    assert find_parties(adviser, "1111") == []
    gone = deactivate_contact(contact=person, by=adviser, at=NOW)
    assert (gone.active, find_parties(adviser, "2222")) == (False, [])
    assert Event.objects.filter(subject_id=fleet.pk, kind="party.contact_changed").count() == 2


def test_a_contact_needs_a_name() -> None:
    party = make_party()
    with pytest.raises(NameRequired):
        add_contact(party=party, name="  ", by=None, at=NOW)
    assert Contact.objects.count() == 0
