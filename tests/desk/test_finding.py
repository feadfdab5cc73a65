"""The search box: what finds what, whose is shown, in which order, and by which index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.core.models import SearchEntry
from chejian.desk import finding
from tests.factories import catalog, parties, vehicles
from tests.factories import workorders as make
from tests.factories.accounts import assign, make_station, make_user

pytestmark = pytest.mark.django_db


def titles(answer, kind):
    return [hit.title for group in answer.groups if group.kind.code == kind for hit in group.hits]


def find(query, shop, user=None):
    return finding.find(query, user or shop.adviser, shop.station.pk)


@pytest.fixture
def world(shop):
    """A car, a customer, a part, each with look-alikes that must not be found."""
    owner = parties.make_party("单强", phone="13861234567")
    car = vehicles.make_vehicle(
        "苏E12B45", owner=owner, vin="LSG9JP4D7RF597687", make="比亚迪", series="宋PLUS DM-i"
    )
    for name in ("曾琪", "仇超", "尉迟恭", "重庆长安物流有限公司", "吕布"):
        parties.make_party(name, phone="")
    vehicles.make_vehicle("浙A77777", make="丰田", series="凯美瑞")
    catalog.make_part(
        "MF-36650", name="机油滤芯", oe_numbers=["15400-PLM-A02"],
        interchange_numbers=["W 7015"], barcode="6901234567892",
    )
    catalog.make_part("KX-99001", name="空调滤芯")
    return make.make_order(shop, vehicle=car, customer=owner)


@pytest.mark.parametrize(
    ("query", "kind", "title"),
    [
        # any part of a plate
        ("苏E12B45", "vehicle", "苏E12B45"),
        ("苏E·12B45", "vehicle", "苏E12B45"),
        ("苏e12", "vehicle", "苏E12B45"),
        ("12b", "vehicle", "苏E12B45"),
        ("B45", "vehicle", "苏E12B45"),
        ("45", "vehicle", "苏E12B45"),
        # the end of VIN and phone
        ("597687", "vehicle", "苏E12B45"),
        ("7687", "vehicle", "苏E12B45"),
        ("4567", "party", "单强"),
        ("138 6123", "party", "单强"),
        # names: characters, pinyin, initials, every reading of a family name
        ("单", "party", "单强"),
        ("强", "party", "单强"),
        ("shanqiang", "party", "单强"),
        ("danqiang", "party", "单强"),
        ("shan qiang", "party", "单强"),
        ("sq", "party", "单强"),
        ("zengqi", "party", "曾琪"),
        ("cengqi", "party", "曾琪"),
        ("zq", "party", "曾琪"),
        ("qiuchao", "party", "仇超"),
        ("chouchao", "party", "仇超"),
        ("yuchigong", "party", "尉迟恭"),
        ("ycg", "party", "尉迟恭"),
        ("lvbu", "party", "吕布"),
        ("changan", "party", "重庆长安物流有限公司"),
        ("物流", "party", "重庆长安物流有限公司"),
        # make and series
        ("宋plus", "vehicle", "苏E12B45"),
        ("比亚迪 12b", "vehicle", "苏E12B45"),
        ("byd", "vehicle", "苏E12B45"),
        # parts: two characters, pinyin, own, OE and interchange numbers, barcode
        ("滤芯", "part", "机油滤芯"),
        ("机油", "part", "机油滤芯"),
        ("jylx", "part", "机油滤芯"),
        ("mf36650", "part", "机油滤芯"),
        ("36650", "part", "机油滤芯"),
        ("15400-plm", "part", "机油滤芯"),
        ("PLMA02", "part", "机油滤芯"),
        ("w7015", "part", "机油滤芯"),
        ("67892", "part", "机油滤芯"),
    ],
)
def test_what_finds_what(world, shop, query, kind, title) -> None:
    answer = find(query, shop)
    assert title in titles(answer, kind)
    assert not answer.similar


@pytest.mark.parametrize("query", ["苏E12B45", "597687", "4567", "单强", "sq"])
def test_an_order_is_found_by_its_car_and_its_customer(world, shop, query) -> None:
    assert titles(find(query, shop), "order") == [world.number]


@pytest.mark.parametrize(
    ("query", "kind", "title"),
    [
        ("苏E12845", "vehicle", "苏E12B45"),  # B and 8
        ("苏EI2B45", "vehicle", "苏E12B45"),  # I and 1
        ("苏E12B4S", "vehicle", "苏E12B45"),  # S and 5
        ("苏EIZB4S", "vehicle", "苏E12B45"),  # three at once
        ("苏E21B45", "vehicle", "苏E12B45"),  # changed places
        ("苏E1B45", "vehicle", "苏E12B45"),  # one missing
        ("E112B45", "vehicle", "苏E12B45"),  # one too many
        ("浙E12B45", "vehicle", "苏E12B45"),  # another province
        ("LSG9JP4D7RF597867", "vehicle", "苏E12B45"),
        ("MF-36560", "part", "机油滤芯"),
        ("15400-PLM-AO2", "part", "机油滤芯"),
        ("滤芯 MF3665O", "part", "机油滤芯"),
    ],
)
def test_a_slip_still_finds_and_says_so(world, shop, query, kind, title) -> None:
    answer = find(query, shop)
    assert answer.similar
    assert titles(answer, kind) == [title]


@pytest.mark.parametrize("query", ["苏F99Z99", "张三丰", "wangwei", "zz", "' | & ! :*", "\x00", ""])
def test_what_is_not_there_is_not_found(world, shop, query) -> None:
    assert find(query, shop).groups == []


def test_who_was_here_last_comes_first(shop) -> None:
    cars = [vehicles.make_vehicle(f"苏E1000{n}") for n in range(9)]
    long_ago = timezone.now() - timedelta(days=400)
    SearchEntry.objects.filter(kind="vehicle").update(touched_at=long_ago)
    for car in (cars[4], cars[1], cars[7]):
        make.make_order(shop, vehicle=car)

    found = titles(find("苏E10", shop), "vehicle")

    assert found[:3] == ["苏E10007", "苏E10001", "苏E10004"]
    assert len(found) == 6
    assert find("苏E10", shop).groups[1].more


def test_a_visit_elsewhere_comes_after_one_here(shop) -> None:
    here, there = vehicles.make_vehicle("苏E20001"), vehicles.make_vehicle("苏E20002")
    elsewhere = make.Shop(station=make_station("FT"))
    make.make_order(shop, vehicle=here)
    make.make_order(elsewhere, vehicle=there)

    assert titles(find("苏E200", shop), "vehicle") == ["苏E20001", "苏E20002"]
    assert titles(find("苏E200", elsewhere), "vehicle") == ["苏E20002", "苏E20001"]


def test_a_new_station_finds_what_was_lately_at_the_others(shop, monkeypatch) -> None:
    elsewhere = make.Shop(station=make_station("FT"))
    cars = [vehicles.make_vehicle(f"苏E3000{n}") for n in range(8)]
    for n in (5, 2):
        make.make_order(elsewhere, vehicle=cars[n])
    boss = make_user("station_manager", shop.station)
    assign(boss, "station_manager", elsewhere.station)
    answer = find("苏E300", shop, boss)
    assert titles(answer, "vehicle")[:2] == ["苏E30002", "苏E30005"]
    assert len(titles(answer, "order")) == 2
    make.make_order(shop, vehicle=cars[1])
    assert titles(find("苏E300", shop, boss), "vehicle")[:3] == [
        "苏E30001", "苏E30002", "苏E30005"
    ]


def test_a_number_typed_whole_comes_before_newer_ones_that_only_hold_it(shop, monkeypatch) -> None:
    """The old car with these last four is found however many newer orders hold the digits."""
    old = vehicles.make_vehicle("苏E09876", vin="")
    make.make_order(shop, vehicle=old)
    for n in range(8):
        make.make_order(shop, vehicle=vehicles.make_vehicle(f"苏E9876{n}"))
    monkeypatch.setattr(finding, "NEWEST", 8)

    answer = find("9876", shop)

    assert titles(answer, "vehicle")[0] == "苏E09876"
    assert titles(answer, "order")[0].endswith("1")


def test_what_is_older_than_the_newest_orders_is_found_in_the_index(shop, monkeypatch) -> None:
    old = make.make_order(shop, vehicle=vehicles.make_vehicle("苏E31415"))
    for _ in range(3):
        make.make_order(shop)
    monkeypatch.setattr(finding, "NEWEST", 2)

    answer = find("苏E3141", shop)

    assert titles(answer, "order") == [old.number]
    assert titles(answer, "vehicle") == ["苏E31415"]


def test_orders_of_other_stations_and_kinds_without_permission_stay_out(world, shop) -> None:
    stranger = make.Shop(station=make_station("FT"))
    assert titles(find("苏E12B45", stranger), "order") == []
    assert titles(find("苏E12B45", stranger), "vehicle") == ["苏E12B45"]
    technician = make_user("technician", shop.station)
    for query in ("苏E12B45", "苏E12845", "单强"):
        assert find(query, shop, technician).groups == []
    assert titles(find("机油", shop, technician), "part") == ["机油滤芯"]


@pytest.mark.parametrize("query", ["苏E", "苏E12B45", "苏E12845", "机油", "45"])
@pytest.mark.parametrize("rows", [1, 3, 50])
def test_at_most_three_statements(shop, query, rows) -> None:
    for n in range(rows):
        make.make_order(shop, vehicle=vehicles.make_vehicle(f"苏E{n:02d}B45"))
    user = shop.adviser
    _ = user.access
    with CaptureQueriesContext(connection) as seen:
        find(query, shop, user)
    assert len(seen.captured_queries) <= 3


FILL = """
INSERT INTO core_searchentry
    (kind, subject_id, station_id, title, subtitle, data, vector, touched_at)
SELECT kind, n, CASE WHEN kind LIKE '%%order' THEN n %% 3 END, 'x', '', '{}',
       array_to_tsvector(ARRAY[md5(n::text), left(md5(kind || n), 6), 'a' || n, 'b' || n]), now()
FROM generate_series(100001, 102000) n,
     unnest(ARRAY['order', 'vehicle', 'party', 'part', 'past_order', 'bay']) kind
"""


@pytest.fixture
def many(shop):
    """Two thousand entries of each kind, so that the planner has to choose."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [])
        cursor.execute("ANALYZE core_searchentry")


def plan(sql, params):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql, params)
        return "\n".join(row[0] for row in cursor.fetchall())


ASKED = {
    "query": "'12':*", "whole": "'12'", "kinds": ["order", "vehicle", "party", "part"],
    "stations": [1], "here": 1, "most": 7, "newest": 2000, "enough": 60, "moves": 500,
    "candidates": 1000, "others": [2, 3], "there": 300, "guesses": ["'12':*"], "twins": 1,
}


def test_the_newest_orders_are_walked_and_no_entries_are_read_whole(many) -> None:
    found = plan(finding.NEAR, ASKED)
    assert "newest_entries" in found
    assert "one_search_entry" in found
    assert "Seq Scan on core_searchentry" not in found


KIND = "SELECT 1 FROM core_searchentry WHERE kind = '{kind}' AND vector @@ %(query)s::tsquery"


@pytest.mark.parametrize("kind", ["order", "vehicle", "party", "part", "past_order", "bay"])
def test_each_kind_has_an_index_of_tokens(many, kind) -> None:
    index = "others" if kind == "bay" else kind
    for sql in (finding.FAR.format(kind=kind, words="query"), finding.SIMILAR.format(kind=kind),
                KIND.format(kind=kind)):
        assert f"Bitmap Index Scan on search_{index}" in plan(sql, ASKED)
