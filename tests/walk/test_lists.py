"""Every list of the product, walked: declared whole, asked every condition, sorted by every header
both ways, exported; hidden columns are nowhere, masked ones masked, nonsense breaks nothing."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chejian.accounts.listing import viewer_of
from chejian.accounts.models import User
from chejian.accounts.permissions import LABELS, P
from chejian.core import exports, lists
from chejian.core.lists.address import read_address
from chejian.core.lists.cells import plain_rows, rows_markup
from chejian.core.lists.operators import operators
from chejian.core.lists.reading import page, totals, walk
from chejian.core.lists.spec import CHOSEN, DAYS, NUMBERS, Column, Kind, ListSpec, Viewer
from tests.factories import accounts
from tests.walk.world import Place, World

pytestmark = pytest.mark.django_db
SPECS = lists.registered()
NAMES = sorted(SPECS)
#: a row for every part and shelf: as many as a catalogue has, not as many as there are orders
BY_PART = frozenset({"stock", "stock-report"})
NOT_IN_WORLD = frozenset({"query-refunds"})


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    with transaction.atomic():
        yield world.here
        transaction.set_rollback(True)


@pytest.fixture
def boss(place: Place) -> User:
    """Holds every permission at the station of the walk."""
    user = accounts.make_user(None)
    accounts.make_role("every_right", permissions=[str(code) for code in P])
    accounts.assign(user, "every_right", place.station)
    return user


def asked(name: str, user: User, place: Place, **query: str | list[str]):
    spec = SPECS[name]
    viewer = viewer_of(user, place.station.pk, spec)
    return read_address(spec, viewer, QueryDict(urlencode(query, doseq=True)))


def wide(name: str) -> dict[str, str]:
    """The tab that leaves nothing out, where a list has one."""
    spec = SPECS[name]
    keys = [tab.key for tab in spec.tabs]
    return {spec.tab_key: "all" if "all" in keys else keys[0]} if keys else {}


def test_the_lists_that_a_shop_needs_are_there() -> None:
    assert {
        "audit", "entries", "jobs", "looks", "moves", "operations", "orders", "parties", "parts",
        "parts-used", "payments", "people", "receipt-lines", "receipts", "receivables",
        "settlements", "stock", "stock-report", "vehicles",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_declared_whole(name: str) -> None:
    spec = SPECS[name]
    columns = lists.columns_of(spec)
    keys = [one.key for one in columns]
    assert len(set(keys)) == len(keys)
    assert str(spec.title)
    assert reverse(spec.address)
    assert spec.permissions
    assert set(spec.permissions) <= set(LABELS)
    assert any(not one.hidden and not one.only_asked for one in columns)
    assert any(one.filtered_by for one in columns)
    assert exports.source(name) is not None
    usual = next(one for one in columns if one.key == spec.sort.removeprefix("-"))
    assert usual.indexed or name in BY_PART, "the usual order must walk an index"
    assert not usual.permission
    for one in columns:
        assert str(one.label)
        assert not one.permission or one.permission in LABELS
        if one.kind in CHOSEN and one.filtered_by:
            assert one.choices, f"{name}.{one.key} offers nothing"


def sample(column: Column, key: str, viewer: Viewer) -> str:
    """Something that can be asked of the column."""
    if key == "period":
        return "last_7"
    if column.kind in CHOSEN:
        offered = column.offered(viewer)
        return str(offered[0][0]) if offered else ""
    if column.kind is Kind.BOOL:
        return "1"
    if column.kind in DAYS:
        return "2026-01-01..2026-12-31" if key == "between" else "2026-01-01"
    if column.kind in NUMBERS:
        return "-5..500000" if key == "between" else "7"
    return "甲"


@pytest.mark.parametrize("name", NAMES)
def test_every_column_can_be_asked_in_every_way(name: str, place: Place, boss: User) -> None:
    viewer = viewer_of(boss, place.station.pk, SPECS[name])
    for column in asked(name, boss, place).filterable:
        for one in operators(column):
            text = sample(column, one.key, viewer)
            if one.values and not text:
                continue
            found = asked(name, boss, place, f=f"{column.key}.{one.key}.{text}", **wide(name))
            assert not found.problems, (column.key, one.key, found.problems)
            assert len(found.conditions) == 1
            page(found)
        totals(found)


@pytest.mark.parametrize("name", NAMES)
def test_every_header_sorts_both_ways(name: str, place: Place, boss: User) -> None:
    """Walked in pages of one row, forwards, every order gives every row once."""
    usual = asked(name, boss, place, **wide(name))
    everything = sorted(row[0] for some in walk(usual) for row in some.rows)
    for column in usual.available:
        if not usual.may_sort(column):
            continue
        ways = []
        for sign in ("", "-"):
            found = asked(name, boss, place, sort=f"{sign}{column.key}", **wide(name))
            assert found.sort == f"{sign}{column.key}"
            ids = [row[0] for some in walk(found, chunk=2) for row in some.rows]
            assert sorted(ids) == everything, (column.key, sign)
            ways.append(ids)
        assert ways[0] == ways[1][::-1], column.key


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_written_and_exported(name: str, place: Place, boss: User) -> None:
    usual = asked(name, boss, place)
    shown = [one.key for one in usual.available if not one.only_asked]
    found = asked(name, boss, place, cols=",".join(shown), **wide(name))
    assert [one.key for one in found.columns] == shown
    turned = page(found)
    assert turned.rows or name in NOT_IN_WORLD, f"the world has no row for {name}"
    markup = rows_markup(found, turned, picks=True)
    assert markup.count("<tr") == len(turned.rows)
    assert all(len(row) == len(shown) for row in plain_rows(found, turned))
    query = urlencode({"cols": ",".join(shown), **wide(name)})
    wanted = exports.Wanted(boss, place.station.pk, query)
    table = exports.source(name).build(wanted)
    assert len(list(table.rows)) == totals(found).count


def hidden_columns() -> list[tuple[str, str]]:
    return [
        (name, one.key) for name in NAMES for one in lists.columns_of(SPECS[name])
        if one.permission
    ]


def masked_columns() -> list[tuple[str, str]]:
    return [
        (name, one.key) for name in NAMES for one in lists.columns_of(SPECS[name]) if one.mask
    ]


def looker(spec: ListSpec, without: str, place: Place) -> User:
    """May look at the list, but lacks one permission."""
    user = accounts.make_user(None)
    codes = [str(code) for code in P if code != without]
    accounts.make_role(f"not_{without}", permissions=codes)
    accounts.assign(user, f"not_{without}", place.station)
    return user


@pytest.mark.parametrize(("name", "key"), hidden_columns())
def test_a_hidden_column_is_nowhere(name: str, key: str, place: Place) -> None:
    """Neither shown nor asked, sorted by, added up or exported."""
    spec = SPECS[name]
    column = next(one for one in lists.columns_of(spec) if one.key == key)
    user = looker(spec, column.permission, place)
    if column.permission in spec.permissions:
        return  # then the whole list stays closed
    found = asked(name, user, place, cols=f"{key}", sort=key, f=f"{key}.from.0")
    assert found.sort == spec.sort
    assert found.conditions == ()
    assert len(found.problems) == 2
    assert str(column.label) not in " ".join(found.problems)
    assert key not in {one.key for one in found.columns}
    assert key not in {one.key for one, _sum in totals(found).sums}
    wanted = exports.Wanted(user, place.station.pk, urlencode({"cols": key}), [key])
    source = exports.source(name)
    assert key not in {head.key for head in source.build(wanted).headings}
    assert key not in {head.key for head in source.headings(wanted)}


@pytest.mark.parametrize(("name", "key"), masked_columns())
def test_a_masked_column_is_masked_for_all_and_asked_by_few(
    name: str, key: str, place: Place, boss: User
) -> None:
    spec = SPECS[name]
    column = next(one for one in lists.columns_of(spec) if one.key == key)
    user = looker(spec, column.clear, place)
    for query in ({"sort": key}, {"f": f"{key}.contains.13"}):
        assert asked(name, user, place, **query).problems
        assert not asked(name, boss, place, **query).problems
    found = asked(name, boss, place, cols=key, **wide(name))
    written = str(rows_markup(found, page(found), picks=False))
    plain = [row[0] for row in plain_rows(found, page(found))]
    raw = [row[page(found).paths.index(column.source)] for row in page(found).rows]
    numbers = [value for value in raw if value]
    assert numbers or name in NOT_IN_WORLD, "nothing to be masked"
    for number in numbers:
        assert number not in written
        assert number not in plain


@pytest.mark.parametrize("name", NAMES)
def test_another_station_sees_none_of_it(name: str, world: World, place: Place) -> None:
    """What belongs to a station is not in the other's list, by no address."""
    spec = SPECS[name]
    if not spec.local:
        return
    mine = asked(name, place.shop.person("station_manager"), place, **wide(name))
    ids = {row[0] for some in walk(mine) for row in some.rows}
    other = world.there
    theirs = asked(name, other.shop.person("station_manager"), other, **wide(name))
    if name != "stock-report":  # its rows are the organisation's parts
        assert ids.isdisjoint({row[0] for some in walk(theirs) for row in some.rows})


@pytest.mark.parametrize("name", NAMES)
def test_no_nonsense_in_the_address_breaks_it(name: str, place: Place, boss: User) -> None:
    spec = SPECS[name]
    client = accounts.client_of(boss, place.station)
    address = reverse(spec.address)
    key = next(one.key for one in lists.columns_of(spec) if one.filtered_by)
    for query in (
        {"sort": "x; drop"}, {"sort": "-"}, {"f": "nothing"}, {"f": "a.b.c"}, {"f": f"{key}.in."},
        {"f": f"{key}.period.last_99999"}, {"f": f"{key}.is.\x00"}, {"after": "%%%"},
        {"before": "WzEsMl0"}, {"after": "W251bGwsIDk5OTk5OTk5OTk5OTk5OTk5OTk5OTld"},
        {"cols": "x,,y"}, {"size": "-1"}, {"panel": "filters", "apply": "filters", "c0": key},
        {"panel": "filters", "c0": "x", "o0": "y", "g0": "9", "add": "z", "more": "1"},
        {"panel": "columns", "apply": "columns", "up": "x", "cols": ["a", "b"]},
        {"q": "'\"\x00;--" * 40}, {"m": "x", "f1": ["b", "c"]}, {"panel": "totals", "f": "x"},
        {spec.tab_key: "x"}, {"saved": "99999999999999999999"}, {"saved": "x"},
    ):
        reply = client.get(address, query)
        wanted = {404} if "saved" in query else {200, 302}
        assert reply.status_code in wanted, (query, reply.status_code)


@pytest.mark.parametrize("name", NAMES)
def test_few_statements(name: str, place: Place, boss: User) -> None:
    """The rows, the views, and choices of the menus above: each once."""
    client = accounts.client_of(boss, place.station)
    address = reverse(SPECS[name].address)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    quick = sum(1 for one in lists.columns_of(SPECS[name]) if one.quick and callable(one.choices))
    cells = sum(1 for one in lists.columns_of(SPECS[name]) if one.cells and not one.hidden)
    said = [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(said) <= 4 + 3 + quick + cells, said
