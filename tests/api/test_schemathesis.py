"""What the schema says is what is answered: requests made from it, right ones and wrong ones.

Each operation gets a fixed number of requests, the same in every run: first with made-up ids, then
once more on rows that are there, by a person who may do everything. What brings a body gets more of
them than what is only asked; a request that has been made already is not made again.
"""

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from chejian.accounts.models import ApiToken
from chejian.accounts.permissions import P
from chejian.api.build import schema
from tests.api.client import program
from tests.api.table import OPS, ROWS
from tests.factories import accounts
from tests.walk.world import Rows, World, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WITH_BODY, WITHOUT = 6, 3
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance, unsupported_method,
]
#: how often each status was answered
seen: Counter[int] = Counter()
made: set[str] = set()
house = functools.cache(get_wsgi_application)


def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """The product as a server sees it, made when it is first asked."""
    return house()(environ, start)


told = schemathesis.openapi.from_dict(schema())
told.app = application
told.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@pytest.fixture(scope="module", autouse=True)
def _one_connection() -> Iterator[None]:
    """The end of a request is not the end of the test's transaction."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def may_all(world: World) -> tuple[str, Rows]:
    user = accounts.make_user(None)
    accounts.make_role("everything", permissions=[str(code) for code in P])
    accounts.assign(user, "everything", world.here.station)
    key = program(user).key
    ApiToken.objects.update(per_minute=1_000_000)
    return key, world.here.rows


def brings(context: Any) -> bool:
    return "requestBody" in context.operation.definition.raw


def examples(number: int) -> Any:
    return settings(
        max_examples=number, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )


@told.include(brings).parametrize()
@examples(WITH_BODY)
def test_what_is_sent_breaks_nothing(case: Any, may_all: tuple[str, Rows]) -> None:
    ask_twice(case, may_all)


@told.exclude(brings).parametrize()
@examples(WITHOUT)
def test_what_is_asked_breaks_nothing(case: Any, may_all: tuple[str, Rows]) -> None:
    ask_twice(case, may_all)


def ask_twice(case: Any, may_all: tuple[str, Rows]) -> None:
    """No error of ours and no answer that the document does not know: made-up ids, then real."""
    key, rows = may_all
    ask(case, key)
    if case.path_parameters:
        op = OPS[case.operation.definition.raw["operationId"]]
        at = {**ROWS, **op.rows}
        case.path_parameters = {name: rows[at[name]] for name in case.path_parameters}
        ask(case, key)


def ask(case: Any, key: str) -> None:
    parts = (case.method, case.path, case.path_parameters, case.query, case.headers, case.body)
    request = json.dumps(parts, default=repr)
    if request in made:
        return
    made.add(request)
    headers = {"Authorization": f"Bearer {key}"}
    with undone():
        seen[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1


def test_the_requests_were_not_idle() -> None:
    """Rights and wrongs both came up; a run of one operation alone proves nothing here."""
    if seen.total() > 400:
        assert min(seen[200] + seen[201], seen[422], seen[404]) > 50, seen
