"""Nothing is done twice: what a double click, an impatient reload or a lost answer sends again.

Every form that posts carries a key of the page that showed it (``once``, beside the token against
forgery). The first post with a key and exactly these contents is carried out, in one transaction
with the note of its key; the same post again gets the first one's answer. The same form with other
contents is another post: whoever goes back, changes a field and sends it anew is not held up.

Forms whose verb is ``replayable`` bring that verb's own ``key`` and are left to it.

What was carried out is told to the browser by a cookie, so that it drops the draft of that form and
of no other (``drafts.js``).
"""

import hashlib
import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.backends.utils import csrf_input_lazy
from django.utils.functional import SimpleLazyObject

from chejian.core.models import ReplayKey
from chejian.core.replay import claim

FIELD = "once"
ANSWER = ReplayKey._meta.get_field("answer").max_length or 0
UNSAID = frozenset({FIELD, "csrfmiddlewaretoken"})
#: the forms that were carried out lately, the browser's next page takes it away
TAKEN, TAKEN_SECONDS, TAKEN_FORMS = "taken", 24 * 3600, 8


class FormKey:
    """Written into a form: the token, and a key that no other form of this page has."""

    def __init__(self, request: HttpRequest) -> None:
        self._token = str(csrf_input_lazy(request))
        self._page = str(uuid.uuid4())[:24]
        self._forms = itertools.count()

    def __html__(self) -> str:
        key = f"{self._page}{next(self._forms):012x}"
        return f'{self._token}<input type="hidden" name="{FIELD}" value="{key}">'

    __str__ = __html__


def form_key(request: HttpRequest) -> dict[str, Any]:
    """``csrf_input`` of every template."""
    return {"csrf_input": SimpleLazyObject(lambda: FormKey(request))}


class OnceMiddleware:
    """Stands below whoever knows the person, above whoever turns errors into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = _page(request)
        if page is None:
            return self.get_response(request)
        response = self._do_once(request, page)
        if response.status_code < 400:
            _tell_taken(request, page, response)
        return response

    def _do_once(self, request: HttpRequest, page: uuid.UUID) -> HttpResponse:
        key = _key(request, page)
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


def _page(request: HttpRequest) -> uuid.UUID | None:
    """The key of the page that showed the form which a person sends here."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    return _uuid(request.POST.get(FIELD, ""))


def _key(request: HttpRequest, page: uuid.UUID) -> uuid.UUID | None:
    """The key of this very post: of the page, the person, the address, all that was filled in."""
    if _uuid(request.POST.get("key", "")) is not None:
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


def _tell_taken(request: HttpRequest, page: uuid.UUID, response: HttpResponse) -> None:
    before = [one for one in request.COOKIES.get(TAKEN, "").split(".") if _uuid(one)]
    response.set_cookie(
        TAKEN, ".".join([*before, str(page)][-TAKEN_FORMS:]), max_age=TAKEN_SECONDS,
        samesite="Lax", secure=request.is_secure(),
    )


def _again(request: HttpRequest, known: ReplayKey) -> HttpResponse:
    if known.answer and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(known.answer)
    # a script that has lost the answer looks at everything anew
    triggers = json.dumps({"dialog:close": True, "chejian:stale": True})
    return HttpResponse(status=204, headers={"HX-Trigger": triggers})


def _by_script(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request") or request.headers.get("X-Requested-With"))
