"""Every order of the list has an index that it walks: nothing is sorted or read whole.

With a handful of rows the planner reads the table; forbidden that, it shows which index it has.
"""

import pytest
from django.db import connection

from chejian.core import keyset
from chejian.desk import order_list
from chejian.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
INDEXES = {
    "number": "orders_of_station", "plate": "orders_by_plate", "opened": "orders_by_opening",
    "total": "orders_by_total", "priority": "orders_by_priority",
}


def plan(sql, params):
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + sql, params)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("sort", order_list.SORTS)
def test_each_sort_of_the_list_walks_its_index(sort, sign):
    column = order_list.SORTS[sort]
    rows = WorkOrder.objects.filter(station_id=1).order_by(f"{sign}{column}", f"{sign}pk")
    found = plan(*rows[: keyset.PAGE + 1].query.sql_with_params())
    assert INDEXES[sort] in found
    assert "Sort" not in found
