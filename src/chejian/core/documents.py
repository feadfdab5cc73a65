"""From a document's number to its page, without a lower floor knowing who stands above it.

A ledger row carries only the number of the document behind it (``WO-NS-26-000123``). The app that
owns the kind (``WO``) says once how to find the page; ``/documents/<number>/`` leads there, and
that page decides who may see it.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

type Find = Callable[[str], str | None]
"""Gives the address of a document's page by its number, or None."""

_kinds: dict[str, Find] = {}


def register_document(kind: str, find: Find) -> None:
    """Called in ``AppConfig.ready``; ``kind`` is what its numbers begin with."""
    _kinds[kind] = find


def link_to(label: str) -> str:
    """The address behind a label, without asking the database; empty for what has no page."""
    kind, dash, _rest = label.partition("-")
    known = bool(dash) and kind in _kinds and "/" not in label
    return reverse("document", args=[label]) if known else ""


def document(request: HttpRequest, number: str) -> HttpResponse:
    """To the page of the document with this number."""
    find = _kinds.get(number.partition("-")[0])
    address = find(number) if find else None
    if address is None:
        raise Http404
    return redirect(address)
