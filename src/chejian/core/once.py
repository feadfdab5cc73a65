"""Nothing is done twice: what a double click, an impatient reload or a lost answer sends again.

Every form that posts carries a key of the page that showed it (``once``, beside the token against
forgery). The first post with a key and exactly these contents is carried out, in one transaction
with the note of its key; the same post again gets the first one's answer. The same form with other
contents is another post: whoever goes back, changes a field and sends it anew is not held up.

Forms whose verb is ``replayable`` bring that verb's own ``key`` and are left to it.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.backends.utils import csrf_input_lazy
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe

from chejian.core.models import ReplayKey
from chejian.core.replay import claim

FIELD = "once"
ANSWER = ReplayKey._meta.get_field("answer").max_length or 0
UNSAID = frozenset({FIELD, "csrfmiddlewaretoken"})


def form_key(request: HttpRequest) -> dict[str, Any]:
    """``csrf_input`` of every template: the token, and the page's key."""
    token = csrf_input_lazy(request)

    def write() -> SafeString:
        return mark_safe(f'{token}<input type="hidden" name="{FIELD}" value="{uuid.uuid4()}">')  # noqa: S308 - both are our own

    return {"csrf_input": SimpleLazyObject(write)}


class OnceMiddleware:
    """Stands below whoever knows the person, above whoever turns errors into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request)
        if key is None:
            return self.get_response(request)
        with transaction.atomic():
            if not claim(key, f"form {request.path}"[:120], request.user.pk):
                return _again(request, ReplayKey.objects.get(key=key))
            response = self.get_response(request)
            if response.status_code >= 500 or connection.needs_rollback:
                transaction.set_rollback(True)
            else:
                _remember(request, key, response)
        return response


def _key(request: HttpRequest) -> uuid.UUID | None:
    """The key of this very post: of the page, the person, the address, all that was filled in."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    page = _uuid(request.POST.get(FIELD, ""))
    if page is None or _uuid(request.POST.get("key", "")) is not None:
        return None
    said = json.dumps([request.user.pk, request.get_full_path(), *_contents(request)])
    return uuid.uuid5(page, hashlib.sha256(said.encode()).hexdigest())


def _contents(request: HttpRequest) -> Iterator[object]:
    for name, values in sorted(request.POST.lists()):
        if name not in UNSAID:
            yield [name, values]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            yield [name, file.name, digest.hexdigest()]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _remember(request: HttpRequest, key: uuid.UUID, response: HttpResponse) -> None:
    """Only what was carried out counts: a refused form is sent again, a page may be asked again."""
    sent_on = response.headers.get("Location", "")
    done = 300 <= response.status_code < 400 and len(sent_on) <= ANSWER
    rows = ReplayKey.objects.filter(key=key)
    if done:
        rows.update(answer=sent_on)
    elif response.status_code >= 300 or not _by_script(request):
        rows.delete()


def _again(request: HttpRequest, known: ReplayKey) -> HttpResponse:
    if known.answer and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(known.answer)
    # a script that has lost the answer looks at everything anew
    triggers = json.dumps({"dialog:close": True, "chejian:stale": True})
    return HttpResponse(status=204, headers={"HX-Trigger": triggers})


def _by_script(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request") or request.headers.get("X-Requested-With"))
