"""Requests, issues, returns; what settles and what voids."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from chejian.core.checks import run_checks
from chejian.core.errors import NotPermitted, Refused
from chejian.core.replay import new_key
from chejian.inventory.errors import InsufficientStock, ReturnTooLarge
from chejian.inventory.models import StockLevel
from chejian.workorders import services
from chejian.workorders.errors import BadValue, TooMany, WrongStatus
from chejian.workorders.models import PartLine
from tests.factories import inventory
from tests.factories.accounts import make_station
from tests.factories.workorders import Shop, add_job, add_part, authorise, brought_to, make_order

pytestmark = pytest.mark.django_db


def wanted(shop: Shop, quantity: int = 4, stock: int = 10) -> PartLine:
    """A line of an approved job on a received order."""
    order = make_order(shop)
    line = add_part(add_job(order, shop), shop, shop.stocked(stock), quantity)
    services.receive(order=order, by=shop.adviser, at=timezone.now())
    authorise(order, shop)
    line.refresh_from_db()
    return line


def issue(line: PartLine, shop: Shop, quantity: int, **extra: object) -> object:
    return services.issue_part(line=line, warehouse=shop.warehouse, quantity=Decimal(quantity),
                               by=shop.storekeeper, at=timezone.now(), **extra)


def test_a_request_is_issued_in_parts() -> None:
    shop = Shop()
    line = wanted(shop)
    request = services.request_parts(line=line, quantity=Decimal(4), warehouse=shop.warehouse,
                                     by=shop.adviser, at=timezone.now())
    issue(line, shop, 1)
    request.refresh_from_db()
    assert (line.issued, line.cost, request.fulfilled_at) == (1, Decimal("60.00"), None)
    issue(line, shop, 3)
    request.refresh_from_db()
    assert (line.issued, line.cost) == (4, Decimal("240.00"))
    assert request.fulfilled_at is not None
    level = StockLevel.objects.get(part=line.part)
    assert (level.quantity, level.reserved, level.value) == (6, 0, Decimal("360.00"))
    assert all(result.ties for result in run_checks())


def test_not_more_than_the_line_lacks() -> None:
    shop = Shop()
    line = wanted(shop)
    with pytest.raises(TooMany), transaction.atomic():
        issue(line, shop, 5)
    services.request_parts(line=line, quantity=Decimal(3), warehouse=shop.warehouse,
                           by=shop.adviser, at=timezone.now())
    with pytest.raises(TooMany), transaction.atomic():
        services.request_parts(line=line, quantity=Decimal(2), warehouse=shop.warehouse,
                               by=shop.adviser, at=timezone.now())
    assert line.issues.count() == 0


def test_shortage_is_named() -> None:
    shop = Shop()
    line = wanted(shop, quantity=4, stock=1)
    with pytest.raises(InsufficientStock) as refused, transaction.atomic():
        issue(line, shop, 2)
    assert (refused.value.wanted, refused.value.available) == (2, 1)
    line.refresh_from_db()
    assert line.issued == 0


def test_a_return_comes_back_at_its_own_cost() -> None:
    shop = Shop()
    line = wanted(shop)
    made = issue(line, shop, 4)
    back = services.return_part(issue=made, quantity=Decimal(1), reason="多领", by=shop.storekeeper,
                                at=timezone.now())
    line.refresh_from_db()
    assert (back.cost, line.issued, line.cost) == (Decimal("60.00"), 3, Decimal("180.00"))
    with pytest.raises(ReturnTooLarge), transaction.atomic():
        services.return_part(issue=made, quantity=Decimal(4), by=shop.storekeeper,
                             at=timezone.now())
    assert all(result.ties for result in run_checks())


def test_a_double_submit_issues_once() -> None:
    shop = Shop()
    line = wanted(shop)
    key = new_key()
    first, again = issue(line, shop, 2, key=key), issue(line, shop, 2, key=key)
    assert first == again
    line.refresh_from_db()
    assert line.issued == 2


def test_only_the_store_issues_and_only_from_its_own_shelves() -> None:
    shop = Shop()
    line = wanted(shop)
    with pytest.raises(NotPermitted):
        services.issue_part(line=line, warehouse=shop.warehouse, quantity=Decimal(1),
                            by=shop.adviser, at=timezone.now())
    elsewhere = inventory.make_warehouse(make_station("FT"))
    with pytest.raises(BadValue):
        services.issue_part(line=line, warehouse=elsewhere, quantity=Decimal(1),
                            by=shop.storekeeper, at=timezone.now())
    assert line.issues.count() == 0


def test_billed_and_issued_must_match_before_settling() -> None:
    shop = Shop()
    order = brought_to("completed", shop, part=shop.stocked())
    line = order.part_lines.get()
    services.return_part(issue=line.issues.get(), quantity=Decimal(1), by=shop.storekeeper,
                         at=timezone.now())
    with pytest.raises(Refused) as refused:
        services.mark_settled(order=order, by=shop.cashier, at=timezone.now())
    assert [refusal.code for refusal in refused.value.refusals] == ["issue_differs"]
    services.cancel_part(line=line, by=shop.adviser, at=timezone.now())
    services.mark_settled(order=order, by=shop.cashier, at=timezone.now())
    assert order.status == "settled"


def test_nothing_is_issued_or_returned_after_settlement() -> None:
    shop = Shop()
    order = brought_to("settled", shop, part=shop.stocked())
    line = order.part_lines.get()
    with pytest.raises(WrongStatus):
        services.return_part(issue=line.issues.get(), quantity=Decimal(1), by=shop.storekeeper,
                             at=timezone.now())
    with pytest.raises(WrongStatus):
        issue(line, shop, 1)


def test_voiding_wants_parts_back_and_gives_requests_up() -> None:
    shop = Shop()
    line = wanted(shop)
    order = line.order
    services.request_parts(line=line, quantity=Decimal(3), warehouse=shop.warehouse,
                           by=shop.adviser, at=timezone.now())
    made = issue(line, shop, 1)
    services.set_deposit(order=order, held=Decimal(200), by=shop.cashier, at=timezone.now())
    with pytest.raises(Refused) as refused:
        services.void(order=order, reason="客户改期", by=shop.manager, at=timezone.now())
    assert [r.code for r in refused.value.refusals] == ["part_out", "deposit_held"]
    services.return_part(issue=made, quantity=Decimal(1), by=shop.storekeeper, at=timezone.now())
    services.set_deposit(order=order, held=Decimal(0), by=shop.cashier, at=timezone.now())
    services.void(order=order, reason="客户改期", by=shop.manager, at=timezone.now())
    assert order.status == "cancelled"
    assert StockLevel.objects.get(part=line.part).reserved == 0


def test_a_job_with_issued_parts_is_not_cancelled() -> None:
    shop = Shop()
    line = wanted(shop)
    issue(line, shop, 1)
    with pytest.raises(Refused) as refused:
        services.cancel_job(job=line.job, by=shop.adviser, at=timezone.now())
    assert [r.code for r in refused.value.refusals] == ["part_out"]
    line.job.refresh_from_db()
    assert line.job.status == "authorised"
