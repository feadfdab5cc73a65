"""通知: what waits for one person."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from chejian.accounts.permissions import P
from chejian.accounts.services import decide, request_approval
from chejian.desk.noticing import notices
from tests.desk.counting import SHELL, statements
from tests.factories import workorders as make
from tests.factories.accounts import client_of


def here(user):
    return next(iter(user.access.stations.values()))


def test_approvals_late_cars_and_answers(shop) -> None:
    now = timezone.now()
    order = make.make_order(shop, promised_at=now - timedelta(hours=2))
    asked = request_approval(
        station_id=shop.station.pk, kind="discount", permission=P.APPROVE_DISCOUNT,
        subject=order, label=order.number, amount=Decimal(300), by=shop.adviser, at=now,
        reason="老客户",
    )

    for_manager = notices(shop.manager, here(shop.manager), now)
    assert any(order.number in str(one.title) and "300.00" in one.text for one in for_manager)
    for_adviser = notices(shop.adviser, here(shop.adviser), now)
    assert [one.tone for one in for_adviser] == ["red"]
    assert for_adviser[0].url == f"/work-orders/{order.pk}/"

    decide(request=asked, approve=True, by=shop.manager, at=now, answer="可以")
    answered = notices(shop.adviser, here(shop.adviser), now)
    assert [one.tone for one in answered] == ["red", "green"]
    assert "可以" in answered[1].text
    assert notices(shop.inspector, here(shop.inspector), now) == []


def test_the_page_lists_them_and_says_when_there_are_none(shop) -> None:
    client = client_of(shop.adviser)
    assert client.get("/notices/").status_code == 200
    counts = []
    for _ in range(3):
        make.make_order(shop, promised_at=timezone.now() - timedelta(hours=1))
        counts.append(statements(client, "/notices/"))

    assert len(set(counts)) == 1
    assert counts[0] <= SHELL + 5
