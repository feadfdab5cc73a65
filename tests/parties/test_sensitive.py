"""Sealed numbers: never in the clear in the database, shown only to some, always logged."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from chejian.accounts.models import SensitiveAccess
from chejian.core.errors import NotPermitted
from chejian.parties.errors import InvalidNumber
from chejian.parties.queries import Reason, possible_duplicates
from chejian.parties.services import create_party, reveal, seal_numbers
from tests.factories.accounts import make_user
from tests.factories.parties import make_party

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
IDENTITY, BANK, TAX = "11010519491231002X", "6222021234567890123", "440300199001010000"


def everything_stored() -> str:
    """All rows of every table that tells of customers, as text."""
    tables = ("parties_party", "parties_partyevent", "core_event", "core_searchentry")
    with connection.cursor() as cursor:
        texts = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)


def test_nothing_sealed_stands_in_the_database_in_the_clear() -> None:
    party = create_party(
        name="王", by=None, at=NOW, identity=IDENTITY, bank_account=BANK, tax_number=TAX
    )
    seal_numbers(party=party, by=None, at=NOW, bank_account=BANK[::-1])
    stored = everything_stored()
    assert "王" in stored
    assert [n for n in (IDENTITY, BANK, BANK[::-1], TAX, IDENTITY[:10]) if n in stored] == []
    party.refresh_from_db()
    assert party.unseal("identity") == IDENTITY
    assert party.unseal("bank_account") == BANK[::-1]


def test_an_empty_text_removes_a_number_and_others_stay() -> None:
    party = make_party(identity=IDENTITY, bank_account=BANK)
    changed = seal_numbers(party=party, by=None, at=NOW, identity="")
    assert (changed.identity_sealed, changed.identity_index) == ("", "")
    assert changed.unseal("bank_account") == BANK


def test_a_wrong_identity_card_is_refused_and_nothing_changes() -> None:
    party = make_party(identity=IDENTITY)
    with pytest.raises(InvalidNumber):
        seal_numbers(party=party, by=None, at=NOW, identity="110105194912310021")
    party.refresh_from_db()
    assert (party.unseal("identity"), party.version) == (IDENTITY, 1)


@pytest.mark.parametrize(
    ("role", "field", "allowed"),
    [
        ("service_adviser", "phone", True),
        ("service_adviser", "identity", False),
        ("workshop_controller", "phone", False),
        ("cashier", "phone", True),
        ("head_office", "phone", False),
        ("station_manager", "identity", True),
        ("station_manager", "bank_account", True),
    ],
)
def test_who_may_look_is_logged_who_may_not_leaves_no_trace(
    role: str, field: str, allowed: bool
) -> None:
    person = make_user(role)
    party = make_party(phone="13800138000", identity=IDENTITY, bank_account=BANK)
    if not allowed:
        with pytest.raises(NotPermitted):
            reveal(party=party, field=field, by=person, at=NOW)
        assert SensitiveAccess.objects.count() == 0
        return
    whole = {"phone": "13800138000", "identity": IDENTITY, "bank_account": BANK}[field]
    assert reveal(party=party, field=field, by=person, at=NOW, reason="核对") == whole
    line = SensitiveAccess.objects.get()
    assert (line.user, line.subject_type, line.subject_id) == (person, "parties.Party", party.pk)
    assert (line.field, line.reason) == (field, "核对")


def test_the_same_identity_card_is_found_without_opening_any() -> None:
    party = make_party("王", identity=IDENTITY.lower())
    found = possible_duplicates(identity=IDENTITY)
    assert [(one.party, one.reasons) for one in found] == [(party, (Reason.IDENTITY,))]
