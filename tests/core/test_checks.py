"""The command that adds up every ledger: what it prints, and how it ends."""

from io import StringIO

import pytest
from django.core.management import call_command

from chejian.core import checks
from chejian.core.checks import Proof, register_check, run_checks
from chejian.inventory.models import StockLevel
from tests.factories.catalog import make_part
from tests.factories.inventory import stock


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(checks, "_checks", {})


def test_named_checks_run_in_order(registry, db):
    register_check("a", lambda: Proof([("rows", 3)]), "First")
    register_check("b", lambda: Proof(differences=["x is off by 1"]))
    assert [(r.name, r.title, r.ties) for r in run_checks()] == [
        ("a", "First", True), ("b", "b", False),
    ]
    assert [r.name for r in run_checks(["b"])] == ["b"]


def test_the_command_ends_with_one_when_something_does_not_tie(registry, db):
    register_check("b", lambda: Proof(differences=[f"row {n}" for n in range(25)]), "Rows")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("check_ledgers", stdout=out, stderr=err)
    assert caught.value.code == 1
    assert "row 19" in out.getvalue()
    assert "row 20" not in out.getvalue()


def test_every_ledger_ties_until_a_level_is_bent(db):
    part = make_part("A-1")
    stock(part, quantity=3)
    assert all(result.ties for result in run_checks())
    out = StringIO()
    call_command("check_ledgers", stdout=out)
    StockLevel.objects.update(quantity=2, reserved=1)
    wrong = {result.name for result in run_checks() if not result.ties}
    assert wrong == {"stock.levels", "stock.bins", "stock.reserved"}
    StockLevel.objects.update(quantity=3, reserved=0, value=1)
    wrong = {r.name: list(r.proof.differences) for r in run_checks() if not r.ties}
    assert set(wrong) == {"stock.levels", "stock.value"}
    assert "A-1" in wrong["stock.levels"][0]


@pytest.mark.django_db(transaction=True)
def test_all_checks_see_one_snapshot(registry):
    from django.db import connection

    def asked() -> Proof:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            level = cursor.fetchone()[0]
            cursor.execute("SHOW transaction_read_only")
            return Proof([(level, cursor.fetchone()[0])])

    register_check("a", asked)
    assert run_checks()[0].proof.figures == [("repeatable read", "on")]
