"""What the pages of a file and of files taken together ask of the worker, in one way."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.fragments import render_block


def asks(
    verb: Callable[..., object], of: str, fetch: Callable[[StaffRequest, int], object], page: str
) -> Callable[..., HttpResponse]:
    """A view that puts one verb into the worker's queue and leads back to the page.

    ``of`` is the verb's word for what ``fetch`` finds.
    """

    @require_POST
    @staff(P.IMPORT_DATA)
    def view(request: StaffRequest, pk: int) -> HttpResponse:
        verb(**{of: fetch(request, pk)}, by=request.user, at=timezone.now())
        return redirect(page, pk)

    return view


def progress(
    request: StaffRequest, template: str, context: dict[str, Any], *, busy: bool
) -> HttpResponse:
    """How far it is; the page is loaded anew when the work is over."""
    answer = render_block(request, template, "progress", context)
    if not busy:
        answer["HX-Refresh"] = "true"
    return answer
