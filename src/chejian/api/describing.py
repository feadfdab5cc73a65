"""The schema in words for a page: operations with what they take and give, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import LABELS
from chejian.accounts.scopes import SCOPE_WORDS
from chejian.core.errors import Text

KINDS: dict[str, Promise] = {
    "string": pgettext_lazy("kind of field", "text"),
    "integer": pgettext_lazy("kind of field", "whole number"),
    "number": pgettext_lazy("kind of field", "number"),
    "boolean": pgettext_lazy("kind of field", "yes or no"),
    "object": pgettext_lazy("kind of field", "object"),
    "date": pgettext_lazy("kind of field", "day"),
    "date-time": pgettext_lazy("kind of field", "moment"),
    "binary": pgettext_lazy("kind of field", "file"),
}
LIST = pgettext_lazy("kind of field", "list")
DEEPEST = 4
MOST_CHOICES = 24
type Node = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of what is sent or answered; ``choices`` are the only values."""

    name: str
    kind: Text
    several: bool
    required: bool
    may_be_null: bool
    choices: list[str]
    where: str = ""


@dataclass(frozen=True)
class Described:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    scope_words: Text
    who: list[Text]
    takes: list[Field]
    body: list[Field]
    gives: list[Field]
    answers: list[str]
    body_kind: str
    example: str


@dataclass
class DescribedArea:
    tag: str
    words: str
    operations: list[Described] = field(default_factory=list)


def areas(schema: Node) -> list[DescribedArea]:
    """Every area with its operations, in the order of the schema."""
    found = {tag["name"]: DescribedArea(tag["name"], tag["description"]) for tag in schema["tags"]}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].operations.append(
                _described(schema, path, method.upper(), operation)
            )
    return list(found.values())


def _described(schema: Node, path: str, method: str, operation: Node) -> Described:
    content = operation.get("requestBody", {}).get("content", {})
    body_kind = next(iter(content), "")
    body = list(_fields(schema, content[body_kind]["schema"])) if body_kind else []
    good: Node = next((one for code, one in operation["responses"].items() if code[0] == "2"), {})
    given = good.get("content", {}).get("application/json", {}).get("schema", {})
    return Described(
        name=operation["operationId"], method=method, path=path, summary=operation["summary"],
        scope=operation["x-scope"], scope_words=SCOPE_WORDS.get(operation["x-scope"], ""),
        who=[LABELS[code] for code in operation["x-permissions"]],
        takes=[_parameter(schema, one) for one in operation["parameters"]],
        body=body, gives=list(_fields(schema, given)) if given else [],
        answers=list(operation["responses"]), body_kind=body_kind,
        example=_example(path, method, body_kind, body, operation),
    )


def _parameter(schema: Node, one: Node) -> Field:
    kind, several, null, choices = _kind(schema, one["schema"])
    return Field(one["name"], kind, several, bool(one.get("required")), null, choices, one["in"])


def _fields(schema: Node, node: Node, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    """The fields of an object, those of its inner objects behind them with a longer name."""
    node = _resolved(schema, node)
    required = node.get("required", [])
    for name, inner in node.get("properties", {}).items():
        kind, several, null, choices = _kind(schema, inner)
        whole = f"{prefix}{name}{'[]' if several else ''}"
        yield Field(whole, kind, several, name in required, null, choices)
        if depth < DEEPEST:
            yield from _fields(schema, _element(schema, inner), f"{whole}.", depth + 1)


def _resolved(schema: Node, node: Node) -> Node:
    """Behind a reference, and past the choice of null."""
    if "$ref" in node:
        found: Node = schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[-1]]
        return found
    options = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
    return _resolved(schema, options[0]) if options else node


def _element(schema: Node, node: Node) -> Node:
    node = _resolved(schema, node)
    return _resolved(schema, node["items"]) if node.get("type") == "array" else node


def _kind(schema: Node, node: Node) -> tuple[Text, bool, bool, list[str]]:
    """Words, whether it is a list, whether null is allowed, and the choices."""
    null = any(one.get("type") == "null" for one in node.get("anyOf", ()))
    whole = _resolved(schema, node)
    inner = _element(schema, node)
    name = inner.get("format") if inner.get("format") in KINDS else inner.get("type", "string")
    choices = [str(one) for one in inner.get("enum", ()) if one != ""]
    if "const" in inner:
        choices = [str(inner["const"])]
    return KINDS.get(name or "string", ""), whole.get("type") == "array", null, choices


def _example(path: str, method: str, body_kind: str, body: list[Field], operation: Node) -> str:
    """The request as a line for a terminal."""
    parts = [f"curl -X {method}" if method != "GET" else "curl",
             '-H "Authorization: Bearer $TOKEN"']
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    if "Idempotency-Key" in headers:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if "If-Match" in headers:
        parts.append("-H 'If-Match: \"1\"'")
    if body_kind == "multipart/form-data":
        parts.extend(f"-F {one.name}=@file.jpg" for one in body if one.required)
    elif body_kind:
        inner = ", ".join(f'"{one.name}": …' for one in body if one.required and _flat(one))
        parts.append(f"-H 'Content-Type: application/json' -d '{{{inner}}}'")
    return " \\\n  ".join([*parts, f'"$CHEJIAN{path}"'])


def _flat(one: Field) -> bool:
    return "." not in one.name
