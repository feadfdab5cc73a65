"""Search of cars, and that it goes through its index."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from chejian.core.search import prefix_query
from chejian.parties import queries as party_queries
from chejian.vehicles import queries
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import record_odometer
from tests.factories.accounts import make_user
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db


def test_cars_seen_last_come_first_and_unseen_ones_last() -> None:
    unseen, old, new = make_vehicle("粤B00001"), make_vehicle("粤B00002"), make_vehicle("粤B00003")
    for car, day in ((old, date(2025, 1, 1)), (new, date(2026, 1, 1))):
        record_odometer(
            vehicle=car, reading=1, source="reception", read_on=day, by=None, at=timezone.now()
        )
    assert queries.find_vehicles(make_user(), "0000") == [new, old, unseen]


def test_a_search_that_fits_too_many_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTED", 2)
    for _ in range(3):
        make_vehicle()
    found = queries.matching(Vehicle.objects.all(), "大众")
    assert (found.cut, found.rows.count()) == (True, 2)


FILL = """
INSERT INTO core_searchentry (kind, subject_id, title, subtitle, data, vector, touched_at)
SELECT kind, n, '', '', '{"party_ids": []}',
       array_to_tsvector(ARRAY['t' || n, substr(md5(n::text), 1, 6), right(n::text, 4)]), now()
FROM generate_series(1, 10000) n, unnest(ARRAY['vehicle', 'party']) kind;
ANALYZE core_searchentry;
"""


@pytest.mark.parametrize("statement", [queries.MATCHING, party_queries.MATCHING])
def test_the_search_uses_its_index(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL)
        cursor.execute(
            f"EXPLAIN {statement}", {"query": prefix_query("12345"), "limit": 200}
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for kind in ("vehicle", "party"):
        assert plan.count(f"Bitmap Index Scan on search_{kind}") == 1
