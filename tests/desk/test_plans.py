"""Every order that a list calls indexed walks an index: nothing is sorted or read whole.

With a handful of rows the planner reads the table; forbidden that, it shows which index it has.
"""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict

from chejian.accounts.listing import viewer_of
from chejian.accounts.permissions import P
from chejian.core import lists
from chejian.core.lists.address import SIZES, read_address
from chejian.core.lists.reading import narrowed, paths_of
from tests.factories import accounts

pytestmark = pytest.mark.django_db
#: which index of the orders walks which column
INDEXES = {
    "number": "orders_of_station", "plate": "orders_by_plate", "opened": "orders_by_opening",
    "total": "orders_by_total", "priority": "orders_by_priority",
}
INDEXED = [
    (name, column.key) for name, spec in sorted(lists.registered().items())
    for column in lists.columns_of(spec) if column.indexed
]


def plan(rows):
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute("EXPLAIN " + sql, params)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture
def boss(station):
    accounts.make_role("every_right", permissions=[str(code) for code in P])
    user = accounts.make_user(None)
    accounts.assign(user, "every_right", station)
    return user


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("name", "key"), INDEXED)
def test_each_indexed_order_of_a_list_walks_an_index(station, boss, name, key, sign):
    spec = lists.find(name)
    tabs = [tab.key for tab in spec.tabs]
    query = {"sort": f"{sign}{key}"} | ({spec.tab_key: "all"} if "all" in tabs else {})
    asked = read_address(spec, viewer_of(boss, station.pk, spec), QueryDict(urlencode(query)))
    column = next(one for one in asked.available if one.key == key)
    order = [f"{sign}{column.sorted_by}"]
    order += [] if column.sorted_by == "pk" else [f"{sign}pk"]
    values = paths_of(asked, [one for one in asked.columns if one.value is None])
    found = plan(narrowed(asked).order_by(*order).values_list(*values)[: SIZES[0] + 1])
    # a column of unique values may need its last step sorted: one row at a time
    assert not re.search(r"(^|-> +)Sort ", found, re.MULTILINE), found
    if name == "orders":
        assert INDEXES[key] in found
