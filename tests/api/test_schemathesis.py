"""What the schema says is what is answered: requests made from it, right ones and wrong ones.

Each operation gets a fixed number of requests, the same in every run: first with made-up ids, then
once more on rows that are there, by a person who may do everything.
"""

import functools
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
EXAMPLES = 6
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance, unsupported_method,
]
#: how often each status was answered
seen: Counter[int] = Counter()
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


@told.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)
def test_nothing_breaks_and_nothing_undocumented_is_answered(
    case: Any, may_all: tuple[str, Rows]
) -> None:
    key, rows = may_all
    headers = {"Authorization": f"Bearer {key}"}
    with undone():
        seen[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1
    if case.path_parameters:
        op = OPS[case.operation.definition.raw["operationId"]]
        at = {**ROWS, **op.rows}
        case.path_parameters = {name: rows[at[name]] for name in case.path_parameters}
        with undone():
            seen[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1


def test_the_requests_were_not_idle() -> None:
    """Rights and wrongs both came up; a run of one operation alone proves nothing here."""
    if seen.total() > 500:
        assert min(seen[200] + seen[201], seen[422], seen[404]) > 50, seen


