"""A query that is written once answers as the queryset does that it was made from."""

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from chejian.core.ready import Ready
from chejian.workorders.models import WorkOrder
from tests.factories import workorders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> make.Shop:
    return make.Shop()


def columns(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_come_with_what_they_name(shop: make.Shop) -> None:
    orders = [make.make_order(shop) for _ in range(3)]
    for order in orders:
        make.add_job(order, shop)

    def build(station: int, floor: int):
        return WorkOrder.objects.filter(station=station, pk__gt=floor).select_related(
            "vehicle__owner", "comeback_of").annotate(count=Count("jobs")).order_by("-pk")

    query = Ready(build)
    for floor in (0, orders[0].pk, orders[2].pk):
        found, expected = query.all(shop.station.pk, floor), list(build(shop.station.pk, floor))
        assert [columns(row) for row in found] == [columns(row) for row in expected]
        with CaptureQueriesContext(connection) as seen:
            assert [(row.vehicle.plate, row.vehicle.owner, row.comeback_of, row.count)
                    for row in found] == [
                (row.vehicle.plate, row.vehicle.owner, row.comeback_of, row.count)
                for row in expected]
        assert not seen.captured_queries
    assert query.first(shop.station.pk, orders[2].pk) is None
    assert len(query._known) == 1


def test_a_shape_is_part_of_the_statement(shop: make.Shop) -> None:
    order = make.make_order(shop)
    query = Ready(lambda pk, *, stations: WorkOrder.objects.filter(
        pk=pk, station__in=stations))
    found = query.first(order.pk, stations=(shop.station.pk,))
    assert found is not None
    assert found.pk == order.pk
    assert query.first(order.pk, stations=(shop.station.pk + 1, shop.station.pk + 2)) is None
    assert query.first(order.pk, stations=()) is None


def test_values_that_do_not_stay_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="whole"):
        Ready(lambda pk: WorkOrder.objects.filter(number=pk)).first(1)
    with pytest.raises(ValueError, match="whole"):
        Ready(lambda pk: WorkOrder.objects.filter(number__startswith=pk)).first(1)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    query = Ready(lambda pk: WorkOrder.objects.select_for_update().filter(pk=pk))
    with transaction.atomic():
        assert query.first(1) is None
    with pytest.raises(TransactionManagementError):
        query.first(1)
