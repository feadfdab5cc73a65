"""How an operation is declared, guarded and answered."""

import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Router

from chejian.accounts.scopes import Scope
from chejian.api.answering import answer
from chejian.api.auth import ApiRequest
from chejian.api.fields import Out
from chejian.api.problems import BadHeader, ScopeMissing
from chejian.api.versions import DIGEST, NUMBER
from chejian.core.errors import DomainError
from chejian.core.replay import once
from chejian.core.verbs import verb as unit_of_work

KEYS = uuid.UUID("6f1c5a3e-7f0b-4b60-9f3f-3a8e0b3f5f10")
MOST_KEY = 255
ALWAYS = (400, 401, 403, 422, 429)
#: whatever brings something
BRINGING = (404, 409, 413)


@dataclass(frozen=True)
class Operation:
    """What stands in the schema about one operation besides its parameters."""

    name: str
    scope: str
    permissions: tuple[str, ...]
    keyed: bool
    #: what If-Match looks like where an edit needs it
    match: str
    #: there may be nothing yet, and then there is nothing to match
    new: bool
    tagged: bool
    binary: bool
    #: the statuses of its refusals; they all look the same
    refusals: tuple[int, ...]


@dataclass(frozen=True)
class Area:
    """Operations about one kind of thing, with the scopes that open them."""

    tag: str
    words: Promise
    read: Scope | None
    write: Scope | None
    router: Router

    @classmethod
    def of(
        cls, tag: str, words: Promise, read: Scope | None, write: Scope | None = None
    ) -> "Area":
        return cls(tag, words, read, write, Router(tags=[tag]))

    def get(
        self, path: str, out: type[Out] | None, summary: Promise, *may: str, **more: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Look. ``may``: any of these permissions anywhere; the row's station is judged later."""
        return self._operation("GET", path, out, summary, may, 200, scope=self.read, **more)

    def post(
        self, path: str, out: type[Out] | None, summary: Promise, *may: str, status: int = 201,
        **more: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Act. May be sent again with the same Idempotency-Key."""
        more = {"scope": self.write, "keyed": True, **more}
        return self._operation("POST", path, out, summary, may, status, **more)

    def patch(
        self, path: str, out: type[Out], summary: Promise, *may: str, **more: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Change. Needs If-Match with the version that the change was made from."""
        more = {"scope": self.write, "match": NUMBER, **more}
        return self._operation("PATCH", path, out, summary, may, 200, **more)

    def put(
        self, path: str, out: type[Out], summary: Promise, *may: str, **more: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Change a row without a version. Needs If-Match with the digest of what was read."""
        more = {"scope": self.write, "match": DIGEST, **more}
        return self._operation("PUT", path, out, summary, may, 200, **more)

    def _operation(
        self, method: str, path: str, out: type[Out] | None, summary: Promise,
        may: Sequence[str], status: int, *, scope: Scope | None, keyed: bool = False,
        match: str = "", new: bool = False, tagged: bool = False, binary: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        refusals = tuple(sorted({*ALWAYS, *_codes(method, path, versioned=bool(match))}))
        responses: dict[Any, Any] = {status: out}

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(view)
            def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                require_scope(request, scope)
                if may and not request.user.access.can_any(may):
                    raise PermissionDenied
                found: Any = view(request, *args, **kwargs)
                return found if isinstance(found, HttpResponseBase) else answer(found, status)

            facts = Operation(view.__name__, scope or "", tuple(map(str, may)), keyed, match, new,
                              tagged or bool(match), binary, refusals)
            self.router.api_operation(
                [method], path, response=responses, summary=summary,  # type: ignore[arg-type]
                operation_id=view.__name__, url_name=view.__name__,
                openapi_extra={"x-operation": facts},
            )(guarded)
            return guarded

        return decorate


def _codes(method: str, path: str, *, versioned: bool) -> list[int]:
    found = [*BRINGING] if method != "GET" else [404] if "{" in path else []
    return [*found, 412, 428] if versioned else found


def require_scope(request: ApiRequest, scope: str | None) -> None:
    if scope and scope not in request.auth.scopes:
        raise ScopeMissing(_("This token was not made for this."), scope=str(scope))


def act(
    request: ApiRequest,
    verb: Callable[[datetime], models.Model | None],
    show: Callable[[int], Any],
    status: int = 201,
) -> HttpResponse:
    """Call a verb, once per Idempotency-Key, and answer with what it made as it is now.

    The key is the person's own: it is taken together with him, the address and what was sent, so
    that the same key with another request is refused (409).
    """
    at = timezone.now()
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return answer(show(_made(verb(at))), status)
    acted = False

    def first() -> int:
        nonlocal acted
        acted = True
        return _made(verb(at))

    made = _once(key=_key(request, key), verb=_name(request), by_id=request.user.pk, act=first)
    response = answer(show(made), status)
    if not acted:
        response.headers["Idempotency-Replayed"] = "true"
    return response


_once = unit_of_work(once)
"""The key and the verb in one transaction, without a savepoint between them."""


def _made(row: models.Model | None) -> int:
    return 0 if row is None else row.pk


def _key(request: ApiRequest, key: str) -> uuid.UUID:
    if len(key) > MOST_KEY or not (key.isascii() and key.isprintable()):
        raise BadHeader(_("A key is up to 255 plain characters."), field="Idempotency-Key")
    return uuid.uuid5(KEYS, f"{request.user.pk}:{key}")


def _name(request: ApiRequest) -> str:
    """The request in a form that fits a column: method, address and all that was sent."""
    sent = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        fields = [[name, values] for name, values in sorted(request.POST.lists())]
        files = [[name, [_digest(file) for file in kept]]
                 for name, kept in sorted(request.FILES.lists())]
        sent.update(json.dumps([fields, files]).encode())
    else:
        sent.update(request.body)
    return f"api:{sent.hexdigest()}"


def _digest(file: Any) -> list[str]:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return [file.name or "", found.hexdigest()]


def one_station(request: ApiRequest, wanted: int | None) -> int:
    """The station of a new document: the one named, else the person's only one."""
    stations = request.user.access.station_ids
    if wanted is None and len(stations) == 1:
        return stations[0]
    if wanted is None:
        raise StationRequired(_("Say at which station."), field="station_id")
    if wanted not in stations:
        raise NoSuchRow(_("There is no such row, or none that you may see."), field="station_id",
                        id=wanted)
    return wanted


class StationRequired(DomainError):
    """A person of several stations must say which one is meant."""

    code = "station_required"


class NoSuchRow(DomainError):
    """A row named in the body does not exist for this person."""

    code = "no_such_row"


def pick[M: models.Model](rows: models.QuerySet[M], pk: int | None, field: str) -> M | None:
    """The row that a field of the body names, from those the person may use."""
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NoSuchRow(_("There is no such row, or none that you may see."), field=field, id=pk)
    return row


def must_pick[M: models.Model](rows: models.QuerySet[M], pk: int, field: str) -> M:
    found = pick(rows, pk, field)
    assert found is not None
    return found
