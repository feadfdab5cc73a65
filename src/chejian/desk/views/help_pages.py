"""帮助."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.desk import helping
from chejian.desk.help_words import ACTIONS
from chejian.desk.menu import may_open
from chejian.desk.shell import KEYS


@require_GET
@staff()
def help_page(request: StaffRequest) -> HttpResponse:
    """A car's way through the shop, step by step, the keys, and the documents with states."""
    user, here = request.user, request.station
    steps = [
        (step, reverse(step.url_name) if may_open(step.url_name, user, here) else "")
        for step in helping.STEPS
    ]
    context = {"steps": steps, "documents": helping.DOCUMENTS.values(), "key_words": KEYS}
    return render(request, "desk/help.html", context)


@require_GET
@staff()
def help_document(request: StaffRequest, slug: str) -> HttpResponse:
    """One document: its states as a picture, its arrows as a table."""
    document = helping.DOCUMENTS.get(slug)
    if document is None:
        raise Http404
    context = {
        "document": document, "picture": helping.picture(document), "rows": helping.rows(document),
        "actions": ACTIONS,
    }
    return render(request, "desk/help_document.html", context)
