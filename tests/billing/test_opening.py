"""Opening balances: in the books once, collected like any debt, taken back by a document."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.billing import queries
from chejian.billing.errors import AlreadyOpened, BadAmount, NotReversible
from chejian.billing.models import OpeningBalance, Receivable
from chejian.billing.services.collection import Tender, collect_account
from chejian.billing.services.opening import OpeningRecord, open_balances, reverse_opening
from chejian.books.models import Posting
from chejian.core.checks import run_checks
from chejian.core.errors import NotPermitted, Refused
from chejian.parties.models import Party

pytestmark = pytest.mark.django_db
AT = timezone.make_aware(timezone.datetime(2026, 11, 1, 9))
DAY = date(2026, 11, 1)


@pytest.fixture
def party(defaults: None) -> Party:
    return Party.objects.create(name="解超", credit_limit=Decimal(5000), credit_term_days=30)


@pytest.fixture
def cashier(make_user, station: Station) -> User:
    return make_user("cashier", station)


def opened(
    party: Party, station: Station, by: User, *, stored: str = "0", gift: str = "0",
    debt: str = "0",
) -> OpeningBalance:
    record = OpeningRecord(party, Decimal(stored), Decimal(gift), Decimal(debt))
    (made,) = open_balances(station=station, records=[record], as_of=DAY, by=by, at=AT)
    return made


def postings(balance: OpeningBalance) -> dict[str, Decimal]:
    rows = Posting.objects.filter(entry=balance.entry)
    return dict(rows.values_list("account__code", "amount"))


def all_ties() -> bool:
    return all(result.ties for result in run_checks())


def test_stored_value_debt_and_gift_stand_where_they_belong(
    party: Party, station: Station, manager: User
) -> None:
    made = opened(party, station, manager, stored="1990.27", gift="398.05", debt="500")
    assert made.number == f"OB-{station.code}-26-000001"
    assert postings(made) == {
        "220302": Decimal("-1990.27"), "112201": Decimal("500.00"), "3199": Decimal("1490.27"),
    }
    receivable = Receivable.objects.get(opening=made)
    assert (receivable.amount, receivable.on_account, receivable.settlement) == (500, True, None)
    assert receivable.due_on == DAY + timedelta(days=30)
    assert (receivable.label, receivable.since) == (made.number, DAY)
    account = queries.account_of(party, DAY)
    assert (account.stored_value, account.gift_value, account.debt) == (
        Decimal("1990.27"), Decimal("398.05"), Decimal(500),
    )
    assert account.credit_left == 4500
    assert all_ties()


def test_a_gift_alone_is_in_no_account(party: Party, station: Station, manager: User) -> None:
    made = opened(party, station, manager, gift="100")
    assert postings(made) == {}
    assert queries.account_of(party, DAY).gift_value == 100
    assert all_ties()


def test_the_debt_is_collected_at_the_counter_and_no_longer_uses_credit(
    party: Party, station: Station, manager: User, cashier: User
) -> None:
    opened(party, station, manager, debt="500")
    assert queries.credit_used(party) == 500
    payment = collect_account(
        party=party, station=station, tenders=[Tender("cash", Decimal("500.00"))], by=cashier,
        at=AT,
    )
    assert payment.free == 0
    assert queries.credit_used(party) == 0
    assert queries.account_of(party, DAY).debt == 0
    assert queries.ageing(party, DAY)["0-30"] == 0
    assert all_ties()


def test_old_debts_age_and_fall_due(party: Party, station: Station, manager: User) -> None:
    opened(party, station, manager, debt="500")
    later = DAY + timedelta(days=40)
    assert queries.ageing(party, later)["31-60"] == 500
    assert queries.overdue(party, later) == 500


def test_a_reversal_is_a_document_with_a_minus(
    party: Party, station: Station, manager: User
) -> None:
    made = opened(party, station, manager, stored="10", gift="2", debt="30")
    back = reverse_opening(opening=made, reason="另一家店的客户", by=manager, at=AT)
    assert (back.stored_value, back.gift_value, back.debt) == (-10, -2, -30)
    assert postings(back) == {"220302": 10, "112201": -30, "3199": 20}
    assert Receivable.objects.get(opening=made).cancelled
    assert queries.account_of(party, DAY).debt == 0
    assert queries.account_of(party, DAY).stored_value == 0
    assert all_ties()
    again = opened(party, station, manager, stored="11")
    assert again.is_live
    assert queries.account_of(party, DAY).stored_value == 11
    with pytest.raises(NotReversible):
        reverse_opening(opening=made, reason="再来一次", by=manager, at=AT)
    with pytest.raises(NotReversible):
        reverse_opening(opening=back, reason="红字也不能再红冲", by=manager, at=AT)
    assert OpeningBalance.objects.count() == 3


def test_what_was_paid_in_part_is_not_taken_back(
    party: Party, station: Station, manager: User, cashier: User
) -> None:
    made = opened(party, station, manager, debt="30")
    collect_account(
        party=party, station=station, tenders=[Tender("wechat", Decimal("10.00"))], by=cashier,
        at=AT,
    )
    with pytest.raises(NotReversible):
        reverse_opening(opening=made, reason="错", by=manager, at=AT)
    assert OpeningBalance.objects.count() == 1
    assert queries.account_of(party, DAY).debt == 20
    assert all_ties()


def test_once_per_customer_and_station(party: Party, station: Station, manager: User) -> None:
    opened(party, station, manager, debt="30")
    with pytest.raises(AlreadyOpened):
        opened(party, station, manager, stored="30")
    assert OpeningBalance.objects.count() == 1
    assert Posting.objects.count() == 2


@pytest.mark.parametrize("figure", ["-1", "0.001"])
def test_no_figure_below_zero_or_finer_than_the_fen(
    figure: str, party: Party, station: Station, manager: User
) -> None:
    with pytest.raises(BadAmount):
        opened(party, station, manager, stored=figure)
    assert OpeningBalance.objects.count() == 0


def test_nothing_to_open_makes_nothing(party: Party, station: Station, manager: User) -> None:
    records = [OpeningRecord(party)]
    assert open_balances(station=station, records=records, as_of=DAY, by=manager, at=AT) == []


def test_only_who_may_import(
    party: Party, station: Station, manager: User, cashier: User
) -> None:
    with pytest.raises(NotPermitted):
        opened(party, station, cashier, stored="5")
    made = opened(party, station, manager, stored="5")
    with pytest.raises(NotPermitted):
        reverse_opening(opening=made, reason="x", by=cashier, at=AT)
    with pytest.raises(Refused):
        reverse_opening(opening=made, reason="  ", by=manager, at=AT)
    assert OpeningBalance.objects.count() == 1


def test_the_document_is_never_changed(party: Party, station: Station, manager: User) -> None:
    made = opened(party, station, manager, stored="5")
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningBalance.objects.filter(pk=made.pk).update(stored_value=6)
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningBalance.objects.filter(pk=made.pk).delete()
    assert OpeningBalance.objects.get(pk=made.pk).stored_value == 5
