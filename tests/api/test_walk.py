"""Every operation as every role, and with another station's ids; lists of 1, 3 and 50 rows."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from chejian.accounts.models import ApiToken
from chejian.accounts.permissions import DEFAULT_ROLES
from chejian.api.build import schema
from tests.api.client import Program, program
from tests.api.table import OF_A_STATION, OPS, ROWS
from tests.walk.test_queries import (
    LISTS,
    car_with_owner,
    order,
    received_goods,
)
from tests.walk.world import ROLES, Place, World, undone

pytestmark = pytest.mark.django_db
HOLDS = {role.code: role.permissions for role in DEFAULT_ROLES}
#: written by asking: the token's last use
BESIDE = ["accounts_apitoken"]


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Name → method, path, what the schema says."""
    return {
        told["operationId"]: (method, path.removeprefix("/api/v1"), told)
        for path, methods in schema()["paths"].items()
        for method, told in methods.items()
    }


OPERATIONS = operations()
#: files hang on orders: without a sight of orders there is no file
FILES = ("get_file", "download_file", "download_thumbnail")


def picture() -> io.BytesIO:
    kept = io.BytesIO()
    Image.new("RGB", (32, 24), (9, 99, 90)).save(kept, "JPEG")
    kept.seek(0)
    kept.name = "p.jpg"
    return kept




@pytest.fixture(scope="module")
def programs(world: World) -> dict[str, Program]:
    made = {role: program(world.here.shop.person(role)) for role in ROLES}
    ApiToken.objects.update(per_minute=1_000_000)
    return made


def ask(one: Program, name: str, place: Place) -> Any:
    """What the server answers; what it did is undone."""
    op, (method, path, _told) = OPS[name], OPERATIONS[name]
    at = {**ROWS, **op.rows}
    url = re.sub(r"{(\w+)}", lambda part: str(place.rows[at[part[1]]]), path)
    with undone():
        if op.upload:
            return one.upload(url, {op.upload: picture()})
        return one.ask(method.upper(), url, op.body(place.rows) if op.body else None)


def writes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE NOT relname = ANY(%s)", [BESIDE],
        )
        return int(cursor.fetchone()[0])


def test_the_table_holds_every_operation() -> None:
    assert set(OPS) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPS)
def test_the_schema_names_the_permissions_of_the_screen(name: str) -> None:
    assert frozenset(OPERATIONS[name][2]["x-permissions"]) == OPS[name].codes


@pytest.mark.parametrize("name", OPS)
def test_every_role_gets_what_it_gets_on_the_screen(
    world: World, programs: dict[str, Program], name: str
) -> None:
    op, documented = OPS[name], set(OPERATIONS[name][2]["responses"])
    versioned = any(one["name"] == "If-Match" for one in OPERATIONS[name][2]["parameters"])
    wrong = []
    for role in ROLES:
        before = writes()
        response = ask(programs[role], name, world.here)
        opens = not op.codes or bool(op.codes & HOLDS[role])
        if str(response.status_code) not in documented:
            wrong.append(f"{role}: {response.status_code} is not in the schema")
        if opens and role not in op.blind:
            fine = (428,) if versioned else (200, 201, 403, 404, 422)
            looks_closer = name in FILES or role in ("technician", "team_leader")
            hidden = response.status_code in (403, 404) and not looks_closer
            if response.status_code not in fine or hidden:
                wrong.append(f"{role}: {response.status_code} {_code(response)}")
        elif response.status_code not in ((403, 404) if op.blind else (403,)):
            wrong.append(f"{role}: {response.status_code} instead of 403")
        elif writes() != before:
            wrong.append(f"{role}: refused, and yet written")
    assert wrong == []


def _code(response: Any) -> str:
    streaming = getattr(response, "streaming", False)
    return "" if streaming else response.content.decode()[:200]


STATION_OPS = [
    name for name, op in OPS.items()
    if {**ROWS, **op.rows}.get(next(iter(re.findall(r"{(\w+)}", OPERATIONS[name][1])), ""))
    in OF_A_STATION
]


@pytest.mark.parametrize("name", STATION_OPS)
def test_rows_of_another_station_do_not_exist(
    world: World, programs: dict[str, Program], name: str
) -> None:
    wrong = []
    for role in ROLES:
        before = writes()
        response = ask(programs[role], name, world.there)
        opens = not OPS[name].codes or bool(OPS[name].codes & HOLDS[role])
        if response.status_code not in ((404,) if opens else (403, 404)):
            wrong.append(f"{role}: {response.status_code}")
        elif writes() != before:
            wrong.append(f"{role}: hidden, and yet written")
    assert wrong == []


INNER = [name for name in STATION_OPS if len(re.findall(r"{(\w+)}", OPERATIONS[name][1])) > 1]


@pytest.mark.parametrize("name", INNER)
def test_an_inner_row_belongs_to_the_outer_one(
    world: World, programs: dict[str, Program], name: str
) -> None:
    """The own order with another order's line in the address."""
    _outer, *inner = re.findall(r"{(\w+)}", OPERATIONS[name][1])
    at = {**ROWS, **OPS[name].rows}
    mixed = Place(world.here.shop, rows={
        **world.here.rows, **{at[one]: world.there.rows[at[one]] for one in inner},
    })
    before = writes()
    response = ask(programs["station_manager"], name, mixed)
    assert response.status_code in (403, 404)
    assert writes() == before


#: operation → who looks, how one more row comes to be
MAKES: dict[str, tuple[str, Any]] = {
    "list_customers": ("service_adviser", car_with_owner),
    "list_vehicles": ("service_adviser", car_with_owner),
    "list_readings": ("service_adviser", LISTS["a car's readings"].make),
    "list_parts": ("storekeeper", received_goods),
    "list_operations": ("storekeeper", LISTS["labour"].make),
    "list_stock": ("storekeeper", received_goods),
    "list_moves": ("storekeeper", received_goods),
    "list_warehouses": ("storekeeper", LISTS["warehouses"].make),
    "list_receipts": ("storekeeper", received_goods),
    "list_orders": ("service_adviser", order),
    "list_technicians": ("service_adviser", LISTS["people"].make),
    "list_payments": ("cashier", LISTS["cashier, to collect"].make),
    "list_events": ("service_adviser", order),
    "get_order": ("service_adviser", LISTS["cockpit, parts"].make),
}


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    with transaction.atomic():
        yield world.here
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", MAKES)
def test_as_many_statements_for_fifty_rows_as_for_one(
    place: Place, programs: dict[str, Program], name: str
) -> None:
    role, make = MAKES[name]
    most = 20 if name == "list_payments" else 50
    rows = {**ROWS, "order_id": "draft"}
    url = re.sub(r"{(\w+)}", lambda part: str(place.rows[rows[part[1]]]), OPERATIONS[name][1])
    counts: dict[int, int] = {}
    done = 0
    for wanted in (1, 3, most):
        for turn in range(done, wanted):
            make(place, turn)
        done = wanted
        with CaptureQueriesContext(connection) as seen:
            response = programs[role].get(f"{url}?limit=100" if "list" in name else url)
        assert response.status_code == 200, response.content
        counts[wanted] = len([one for one in seen if "SAVEPOINT" not in one["sql"]])
    assert len(set(counts.values())) == 1, counts
    assert max(counts.values()) <= 12
