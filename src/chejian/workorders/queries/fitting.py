"""Which orders of a station answer to words, however common the words are; bounded in rows.

The newest orders of the station are read one by one: whatever fits a great deal, such as the
province of every plate, is among them in plenty, and the index of tokens is not asked at all: it
would first gather every order. Only words that fit few of the newest are looked up in the index,
among orders, cars and customers: what fits one in ten of the newest fits about as many of all.
"""

from typing import Any

from chejian.core.search import prefix_query

NEWEST = 2000  # orders of the station that are read from the newest
ENOUGH = 200  # of them that fit: the index is not asked, the list says that more fit
LISTED = 2000  # of each kind that the index gives
PEOPLE = 500  # customers; those of a car too

#: CTEs ``fit(id)``, orders, and ``people(id)``, customers with those merged into them; ``told``
#: says whether more fit. Materialized, so that a limit stops the reading but never talks the
#: planner out of the index. To be followed by a SELECT and executed with ``asked``.
FITTING = """
WITH newest AS MATERIALIZED (
    SELECT subject_id AS id, vector @@ %(query)s::tsquery AS fits FROM core_searchentry
    WHERE kind = 'order' AND station_id = %(station)s ORDER BY subject_id DESC LIMIT %(newest)s
), many AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE fits) >= %(enough)s AND count(*) >= %(newest)s AS many
    FROM newest
), own AS MATERIALIZED (
    SELECT subject_id AS id FROM core_searchentry
    WHERE kind = 'order' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
    LIMIT %(listed)s
), cars AS MATERIALIZED (
    SELECT subject_id AS id, data -> 'party_ids' AS party_ids FROM core_searchentry
    WHERE kind = 'vehicle' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
    LIMIT %(listed)s
), named AS MATERIALIZED (
    SELECT subject_id AS id FROM core_searchentry
    WHERE kind = 'party' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
    LIMIT %(people)s
), owners AS MATERIALIZED (
    SELECT held.id::bigint AS id FROM cars
    CROSS JOIN LATERAL jsonb_array_elements_text(cars.party_ids) AS held(id) LIMIT %(people)s
), people AS MATERIALIZED (
    SELECT id FROM named UNION SELECT id FROM owners UNION
    SELECT p.id FROM named JOIN parties_party p ON p.merged_into_id = named.id
), fit AS MATERIALIZED (
    SELECT id FROM newest WHERE fits UNION SELECT id FROM own
    UNION (SELECT o.id FROM cars JOIN workorders_workorder o ON o.vehicle_id = cars.id
           LIMIT %(listed)s)
    UNION (SELECT o.id FROM named JOIN workorders_workorder o ON o.customer_id = named.id
           LIMIT %(listed)s)
), told AS MATERIALIZED (
    SELECT (SELECT many FROM many) OR (SELECT count(*) FROM own) >= %(listed)s
        OR (SELECT count(*) FROM cars) >= %(listed)s
        OR (SELECT count(*) FROM named) >= %(people)s AS more
)
"""


def asked(words: str, station_id: int) -> dict[str, Any] | None:
    """The values of FITTING; None when the words say nothing."""
    query = prefix_query(words)
    if not query:
        return None
    return {"query": query, "station": station_id, "newest": NEWEST, "enough": ENOUGH,
            "listed": LISTED, "people": PEOPLE}
