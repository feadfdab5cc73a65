"""Every address as every role and as nobody, GET and POST; and rows of another station."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from tests.walk.table import NO_METHOD, NOBODY, ONLOOKERS, REFUSED, STRANGE, TABLE, TO_LOGIN
from tests.walk.world import ROLES, Rows, World, browser, undone

pytestmark = pytest.mark.django_db
#: a form that fills in nothing; quite empty it would pass for not sent at all
EMPTY = {"nothing": "filled in"}
#: sessions are written by looking, too
BESIDE = ("accounts_session",)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and whole pattern of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.name or "", prefix + str(entry.pattern)
        elif entry.namespace == "api":
            continue  # no pages and no sessions: walked with tokens by tests/api
        else:
            yield from routes(entry, prefix + str(entry.pattern))


ROUTES = dict(routes())


def address(name: str, rows: Rows) -> str:
    """The address with the ids of ``rows`` in it."""
    at = TABLE[name].at
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(rows[at[part[1]]]), ROUTES[name])


def ask(session: str, method: str, url: str, **headers: str) -> HttpResponse:
    """What the server answers; what it did is undone."""
    client = browser(session)
    with undone():
        if method == "get":
            return client.get(url, headers=headers)  # type: ignore[return-value]
        return client.post(url, EMPTY, headers=headers)  # type: ignore[return-value]


def writes() -> int:
    """Rows written in this transaction until now, undone ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE NOT relname = ANY(%s)", [list(BESIDE)],
        )
        return int(cursor.fetchone()[0])


def status(response: HttpResponse) -> int | str:
    to_login = response.status_code == 302 and response["Location"].startswith("/login/?next=")
    return TO_LOGIN if to_login else response.status_code


def test_every_address_has_its_line_and_every_line_its_address() -> None:
    assert [name for name, _pattern in routes() if not name] == []
    assert set(TABLE) == set(ROUTES)
    for name, pattern in ROUTES.items():
        assert set(TABLE[name].at) == set(re.findall(r"<(?:\w+:)?(\w+)>", pattern)), name


@pytest.mark.parametrize("name", TABLE)
def test_every_role_gets_what_the_table_says(world: World, name: str) -> None:
    way, url = TABLE[name], address(name, world.here.rows)
    wrong = []
    for role in (*ROLES, NOBODY):
        for method in ("get", "post"):
            before = writes()
            found = status(ask(world.here.sessions.get(role, ""), method, url))
            wanted = way.expected(method, role)
            if found != wanted:
                wrong.append(f"{method} as {role}: {found} instead of {wanted}")
            elif wanted in (REFUSED, NO_METHOD, TO_LOGIN) and writes() != before:
                wrong.append(f"{method} as {role}: refused, and yet written")
    assert wrong == []


@pytest.mark.parametrize("name", TABLE)
def test_a_script_without_a_session_is_told_to_ask_for_the_password(
    world: World, name: str
) -> None:
    way, url = TABLE[name], address(name, world.here.rows)
    for method in ("get", "post"):
        if way.expected(method, NOBODY) == TO_LOGIN:
            response = ask("", method, url, HX_Request="true")
            assert (response.status_code, response.headers.get("X-Reauth")) == (401, "1"), method


@pytest.mark.parametrize("name", [name for name, way in TABLE.items() if way.row])
def test_rows_of_another_station_do_not_exist(world: World, name: str) -> None:
    """404 for all who could have done it at home, 403 for the rest; and nothing is written."""
    way, url = TABLE[name], address(name, world.there.rows)
    wrong = []
    for role in ROLES:
        for method in ("get", "post"):
            home = way.expected(method, role)
            if home == NO_METHOD:
                continue
            before = writes()
            found = status(ask(world.here.sessions[role], method, url))
            opens = way.opens("get" if method == "get" else "post", role)
            if found not in ((STRANGE,) if opens else (STRANGE, REFUSED)):
                wrong.append(f"{method} as {role}: {found}")
            elif writes() != before:
                wrong.append(f"{method} as {role}: hidden, and yet written")
    assert wrong == []


#: parts of addresses that name no row of the outer one: a panel, and a term of a kind
NO_INNER_ROWS = {"panel", "repair_type"}
INNER = [name for name, way in TABLE.items()
         if len(way.at) > 1 and not NO_INNER_ROWS & set(way.at.values())]


@pytest.mark.parametrize("name", INNER)
def test_an_inner_row_belongs_to_the_outer_one(world: World, name: str) -> None:
    """The own order with another order's line in the address: not found."""
    way = TABLE[name]
    _outer, *inner = way.at.values()
    strange = {row: _foreign(row, world) for row in inner}
    assert None not in strange.values(), "the world has no second row"
    url = address(name, {**world.here.rows, **strange})
    for role in ROLES:
        for method in ("get", "post"):
            if way.expected(method, role) in (NO_METHOD, REFUSED) and way.opens(method, role):
                continue
            if way.opens(method, role) and way.expected(method, role) != NO_METHOD:
                before = writes()
                assert status(ask(world.here.sessions[role], method, url)) == STRANGE, role
                assert writes() == before


def _foreign(row: str, world: World) -> int | str | None:
    """The same kind of row of another outer row."""
    if f"other_{row}" in world.here.rows:
        return world.here.rows[f"other_{row}"]
    theirs = world.there.rows[row]
    return theirs if theirs != world.here.rows[row] else None


@pytest.mark.parametrize("name", [name for name, way in TABLE.items() if way.row])
def test_the_rights_at_the_rows_station_count(world: World, name: str) -> None:
    """A person who may do everything here and only look there, on rows of there."""
    way, url = TABLE[name], address(name, world.there.rows)
    for session in (world.two_stations, world.gone_there):
        for method in ("get", "post"):
            said = way.get if method == "get" else way.post
            if said == NO_METHOD:
                continue
            codes = way.may if method == "get" else way.may_post
            may_look = not codes or bool(codes & ONLOOKERS)
            before = writes()
            found = status(ask(session, method, url))
            if may_look and ("get", "warranty_clerk") not in way.but:
                assert found == said, method
            else:
                assert found in (REFUSED, STRANGE), method
                assert writes() == before




@pytest.mark.parametrize("name", [name for name, way in TABLE.items() if way.local])
def test_a_right_held_elsewhere_opens_no_screen_of_this_station(world: World, name: str) -> None:
    way, url = TABLE[name], address(name, world.here.rows)
    for method in ("get", "post"):
        said = way.get if method == "get" else way.post
        if said != NO_METHOD:
            assert status(ask(world.two_stations, method, url)) == said
            looks = said if way.may & ONLOOKERS else REFUSED
            assert status(ask(world.gone_there, method, url)) == looks
