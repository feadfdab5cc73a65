"""The API as a whole: its areas, its refusals, and the schema that tells about both (OpenAPI 3.1).

What the framework does not know about an operation (scopes, headers, bytes instead of JSON) is
written into the schema here, from what ``operating`` has noted at each.
"""

import functools
import json
from decimal import Decimal
from http.client import responses
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from chejian import __version__
from chejian.api.answering import answer
from chejian.api.auth import ApiRequest, Token
from chejian.api.operating import Area, Operation
from chejian.api.problems import HANDLERS, Problem, encoded
from chejian.api.views import (
    approvals,
    around,
    catalog,
    checking,
    customers,
    facts,
    ledgers,
    lines,
    merging,
    money,
    orders,
    places,
    stock,
    tags,
    terms,
    vehicles,
    work,
)

PREFIX = "/api/v1"
COMPONENTS = "#/components/schemas/"
AREAS: tuple[Area, ...] = (
    around.me_area, customers.area, vehicles.area, catalog.area, stock.area, orders.area,
    money.area, around.file_area, around.event_area,
)
#: modules whose operations belong to an area of another one: named, so that they are loaded
FURTHER = (lines, facts, work, checking, tags, merging, terms, places, approvals, ledgers)
TITLE = _("Chejian API")
ABOUT = _(
    "The same verbs as on the screens. Amounts and quantities are text. See the help in the"
    " product, and docs/api.md."
)


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, no Infinity; decimals stay decimal."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_float=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


last = Router()  # its addresses match what no other has


@last.get("/openapi.json", include_in_schema=False, url_name="openapi")
def get_openapi(request: ApiRequest) -> HttpResponse:
    """The schema, in the language asked for."""
    del request
    return answer(schema())


@last.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}",
                    include_in_schema=False, auth=None, url_name="nothing")
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address."""
    raise Http404


def _build() -> NinjaAPI:
    made = NinjaAPI(
        title=TITLE, version=__version__, description=ABOUT,  # type: ignore[arg-type]
        openapi_url=None, docs_url=None, urls_namespace="api", auth=Token(),
        parser=StrictParser(),
    )
    for area in AREAS:
        made.add_router("", area.router)
    made.add_router("", last)
    for kind, handler in HANDLERS.items():
        made.add_exception_handler(kind, handler)
    return made


api = _build()


def schema() -> dict[str, Any]:
    """The OpenAPI document in the present language."""
    found: dict[str, Any] = json.loads(_documents(translation.get_language() or ""))
    return found


@functools.cache
def _documents(_language: str) -> bytes:
    whole: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    for path in whole["paths"].values():
        for operation in path.values():
            _complete(operation, operation.pop("x-operation"))
    for name, component in whole["components"]["schemas"].items():
        if name.endswith("Patch"):  # what is left out stays: there is no default
            for one in component["properties"].values():
                one.pop("default", None)
    whole["components"]["schemas"].update(_problem())
    whole["tags"] = [{"name": area.tag, "description": area.words} for area in AREAS]
    return encoded(whole)


HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The version of the thing", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds", "schema": {"type": "integer"}},
}


REFUSAL = {"application/json": {"schema": {"$ref": f"{COMPONENTS}Problem"}}}


def _problem() -> dict[str, Any]:
    """The shape of every refusal: told once, where the framework would do it for each status."""
    made = Problem.model_json_schema(ref_template=f"{COMPONENTS}{{model}}")
    return {**made.pop("$defs"), "Problem": made}


def _complete(operation: dict[str, Any], facts_: Operation) -> None:
    operation["x-scope"] = facts_.scope
    operation["x-permissions"] = list(facts_.permissions)
    parameters = operation.setdefault("parameters", [])
    if facts_.keyed:
        parameters.append(_header("Idempotency-Key", {
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
        }, required=False))
    if facts_.match:
        parameters.append(_header(
            "If-Match", {"type": "string", "pattern": facts_.match}, required=not facts_.new
        ))
    for code in facts_.refusals:
        operation["responses"][str(code)] = {"description": responses[code], "content": REFUSAL}
    operation["responses"]["429"]["headers"] = {"Retry-After": HEADERS["Retry-After"]}
    for status, response in operation["responses"].items():
        if str(status).startswith("2") and facts_.tagged:
            response["headers"] = {"ETag": HEADERS["ETag"]}
        if str(status) == "200" and facts_.binary:
            response["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    if facts_.binary:
        for status, words in (("206", "A part"), ("304", "Not changed"), ("416", "No such part")):
            operation["responses"][status] = {"description": words}


def _header(name: str, kind: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"in": "header", "name": name, "schema": kind, "required": required}
