"""Nobody's change is lost: an edit names what it was made from, in ``If-Match``.

Rows that count their changes have a version, and it is their ``ETag``. Smaller rows have none:
theirs is a digest of all that is shown of them (``etag``). ``*`` means: whatever it is now.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from chejian.api.answering import answer
from chejian.api.auth import ApiRequest
from chejian.api.problems import VersionPassed, VersionRequired, encoded
from chejian.core.errors import Conflict

SIGNS = 16
NUMBER = r'^("\d{1,9}"|\*)$'
DIGEST = r'^("[0-9a-f]{16}"|\*)$'
PASSED = _("Somebody else has changed this meanwhile.")


def version_of(request: ApiRequest, present: int) -> int:
    """The version that an edit was made from. Raises VersionRequired, VersionPassed."""
    said = _said(request)
    if said == "*":
        return present
    number = said.removeprefix('"').removesuffix('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise VersionPassed(PASSED, version=present)
    return int(number)


def _said(request: ApiRequest) -> str:
    said = request.headers.get("If-Match", "").strip()
    if not said:
        raise VersionRequired(
            _("Send If-Match with the ETag of what you have read."), field="If-Match"
        )
    return said


def edit(verb: Callable[[], object], show: Callable[[], Any]) -> HttpResponse:
    """Call an edit; that somebody was quicker is a failed precondition here."""
    try:
        verb()
    except Conflict as error:
        passed = VersionPassed(str(error), **error.data)
        raise passed from error
    return answer(show())


def stamped(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown of a row without a version, with the digest of it."""
    return {**row, "etag": hashlib.sha256(encoded(row)).hexdigest()[:SIGNS]}


def replace(
    request: ApiRequest, lock: models.QuerySet[Any], show: Callable[[], dict[str, Any] | None],
    verb: Callable[[], object],
) -> HttpResponse:
    """Change a row without a version, if it still is what the change was made from.

    ``lock`` is the row that the verb locks first: nobody comes between the look and the change.
    ``show`` gives nothing while there is no such row yet; then there is nothing to be lost.
    Raises VersionRequired, VersionPassed.
    """
    with transaction.atomic():
        lock.select_for_update().first()
        present = show()
        if present is not None:
            said = _said(request)
            if said not in ("*", f'"{present["etag"]}"'):
                raise VersionPassed(PASSED, etag=present["etag"], now=present)
        verb()
        changed = show()
    if changed is None:
        raise Http404
    return answer(changed)
