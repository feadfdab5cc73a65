"""The one shape of every refusal: a code for programs, a sentence for people, and each reason.

The sentence is in the language of ``Accept-Language`` (Chinese unless English is asked for), the
codes never change with it.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic_core import to_json

from chejian.accounts.services.tokens import TokenExhausted, UnknownToken
from chejian.api.fields import Out
from chejian.core.errors import Conflict, DomainError, NotPermitted, Refusal, Text
from chejian.core.replay import KeyReused

log = logging.getLogger(__name__)
JSON = "application/json"


class Detail(Out):
    """One reason. ``field`` names what was sent wrongly, ``data`` holds the figures."""

    code: str
    field: str
    message: str
    data: dict[str, Any]


class Problem(Out):
    """Every answer of 400 and above."""

    code: str
    message: str
    details: list[Detail]


class ScopeMissing(NotPermitted):
    """The token was not made for this; ``scope`` names what it lacks."""

    code = "scope_missing"


class VersionRequired(DomainError):
    """An edit must say which version it was made from (If-Match)."""

    code = "version_required"


class BadHeader(DomainError):
    """A header that cannot be read."""

    code = "bad_header"


class VersionPassed(DomainError):
    """Somebody else has changed the row since that version; both values are told."""

    code = "version_passed"


#: code and words by HTTP status, for what no verb has refused
PLAIN: dict[int, tuple[str, Text]] = {
    400: ("bad_request", _("The request cannot be read.")),
    401: ("unauthorized", _("A token is needed: Authorization: Bearer cj_…")),
    403: ("not_permitted", _("You do not have the permission for this.")),
    404: ("not_found", _("There is nothing here, or nothing that you may see.")),
    405: ("method_not_allowed", _("This method is not offered here.")),
    413: ("too_large", _("The request is too large.")),
    500: ("internal_error", _("Something went wrong on our side. It was written to the log.")),
}
#: what pydantic finds, in the words of the house
FIELD_WORDS: dict[str, Promise] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("There is no such field."),
    "zero_byte": _("There are characters that do not belong here."),
    "string_type": _("Text is wanted."),
    "string_too_long": _("This is too long."),
    "string_too_short": _("This is too short."),
    "string_unicode": _("There are characters that do not belong here."),
    "string_pattern_mismatch": _("This has not the form that is wanted."),
    "int_type": _("A whole number is wanted."),
    "int_parsing": _("A whole number is wanted."),
    "int_from_float": _("A whole number is wanted."),
    "int_parsing_size": _("This number is too large."),
    "decimal_type": _("A number is wanted."),
    "decimal_parsing": _("A number is wanted."),
    "finite_number": _("A number is wanted."),
    "decimal_max_digits": _("This number is too large."),
    "decimal_max_places": _("There are too many decimals."),
    "decimal_whole_digits": _("This number is too large."),
    "greater_than": _("This number is too small."),
    "greater_than_equal": _("This number is too small."),
    "less_than_equal": _("This number is too large."),
    "bool_type": _("true or false is wanted."),
    "bool_parsing": _("true or false is wanted."),
    "literal_error": _("There is no such choice."),
    "enum": _("There is no such choice."),
    "list_type": _("A list is wanted."),
    "too_long": _("There are too many."),
    "too_short": _("There are too few."),
    "model_attributes_type": _("An object is wanted."),
    "model_type": _("An object is wanted."),
    "dict_type": _("An object is wanted."),
    "year": _("Give a year from 1900 to 2199."),
    "twice": _("The same is named twice."),
    "tag_or_name": _("Either a tag that is there, or a new word."),
}
WRONG_VALUE = _("This value cannot be right.")


def encoded(data: Any) -> bytes:
    """JSON: amounts as text, moments in ISO 8601; what is foreign to JSON as its words."""
    return to_json(data, fallback=str, inf_nan_mode="null")


def problem(
    status: int, code: str = "", message: Text = "", details: Sequence[Refusal] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    usual_code, usual_message = PLAIN.get(status, PLAIN[400])
    body = {
        "code": code or usual_code,
        "message": str(message or usual_message),
        "details": [
            {"code": one.code, "field": one.field, "message": str(one.message), "data": one.data}
            for one in details
        ],
    }
    return HttpResponse(
        encoded(body), status=status, content_type=JSON,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (UnknownToken, 401), (TokenExhausted, 429), (NotPermitted, 403), (VersionRequired, 428),
    (VersionPassed, 412), (BadHeader, 400), (Conflict, 409), (KeyReused, 409),
)


def refused(_request: HttpRequest, error: Exception) -> HttpResponse:
    """A refusal by a rule of the business: 422 unless it has a status of its own."""
    assert isinstance(error, DomainError)
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 422)
    headers = {}
    if isinstance(error, TokenExhausted):
        headers["Retry-After"] = str(error.data["seconds"])
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    message = str(error) or PLAIN.get(status, PLAIN[400])[1]
    return problem(status, error.code, message, error.refusals, headers)


def unread(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Fields that are missing, too long, of the wrong kind."""
    assert isinstance(error, ValidationError)
    details = [_detail(found) for found in error.errors]
    return problem(422, "invalid", _("Some fields are not right."), details)


def _detail(found: Mapping[str, Any]) -> Refusal:
    place = [str(part) for part in found["loc"][1:]]
    if found["loc"][0] == "body" and place[:1] == ["body"]:
        place = place[1:]
    context = found.get("ctx") or {}
    data = {name: value for name, value in context.items() if name not in ("error", "pattern")}
    words = FIELD_WORDS.get(found["type"], WRONG_VALUE)
    return Refusal(found["type"], words, ".".join(place), data)


def unholdable(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the database cannot hold: nothing was written, and the sender can mend it."""
    log.warning("%s: %s", request.path, error)
    words = _("Something that was given is too large or has unusable signs.")
    return problem(422, "unusable_value", words)


def plain(status: int) -> Any:
    def handler(_request: HttpRequest, _error: Exception) -> HttpResponse:
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return problem(status, headers=headers)

    return handler


def by_own_status(_request: HttpRequest, error: Exception) -> HttpResponse:
    assert isinstance(error, HttpError)
    return problem(error.status_code)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return problem(500)


HANDLERS: dict[type[Exception], Any] = {
    DomainError: refused,
    ValidationError: unread,
    DataError: unholdable,
    Http404: plain(404),
    PermissionDenied: plain(403),
    AuthenticationError: plain(401),
    RequestDataTooBig: plain(413),
    SuspiciousOperation: plain(400),
    MultiPartParserError: plain(400),
    HttpError: by_own_status,
    Exception: broken,
}
