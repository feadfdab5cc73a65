"""The API in the product: how to use it, and every operation, made from the schema itself."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.scopes import SCOPE_WORDS
from chejian.api.answering import answer
from chejian.api.build import PREFIX, schema
from chejian.api.describing import areas


@require_GET
@staff()
def api_help(request: StaffRequest) -> HttpResponse:
    """Tokens, pages, keys, versions, refusals; and the areas."""
    context: dict[str, Any] = {
        "areas": areas(schema()), "base": request.build_absolute_uri(PREFIX),
        "root": request.build_absolute_uri("/").rstrip("/"), "scopes": SCOPE_WORDS,
    }
    return render(request, "api/help.html", context)


@require_GET
@staff()
def api_help_area(request: StaffRequest, tag: str) -> HttpResponse:
    """The operations of one area, field by field."""
    found = areas(schema())
    chosen = next((area for area in found if area.tag == tag), None)
    if chosen is None:
        raise Http404
    context = {"area": chosen, "areas": found}
    return render(request, "api/area.html", context)


@require_GET
@staff()
def api_schema(request: StaffRequest) -> HttpResponse:
    """The OpenAPI document, to be saved for a program."""
    del request
    response = answer(schema())
    response.headers["Content-Disposition"] = 'attachment; filename="chejian-openapi.json"'
    return response
