"""The list of parts, a part's page and its form."""

from copy import copy
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.catalog import queries, services, words
from chejian.catalog.forms import PartForm, PictureForm
from chejian.catalog.lists import PARTS
from chejian.catalog.models import Part
from chejian.catalog.pricing import LEVELS, level_price
from chejian.core import panels
from chejian.core.errors import Conflict, DomainError
from chejian.core.outbox import timeline
from chejian.core.side_by_side import status_of
from chejian.parties.formfields import add_refusals


def fetch_part(request: StaffRequest, pk: int, *permissions: str) -> Part:
    return fetch(Part.objects.visible_to(request.user), request.user, pk, *permissions)


@require_GET
@staff(P.VIEW_CATALOG)
def parts(request: StaffRequest) -> HttpResponse:
    """All parts."""
    return show(request, PARTS, "catalog/parts.html", can_edit=request.user.can(P.EDIT_CATALOG))


@require_GET
@staff(P.VIEW_CATALOG)
def part(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one part; upper apps add what they know."""
    found = fetch_part(request, pk)
    names = queries.level_names()
    context: dict[str, Any] = {
        "part": found,
        "numbers": list(found.numbers.order_by("kind", "pk")),
        "pictures": list(found.pictures.select_related("file")),
        "prices": [(names.get(level, level), level_price(found, level)) for level in LEVELS],
        "panels": panels.panels("part", request, found),
        "timeline": words.timeline(timeline(found, limit=20)),
        "picture_form": PictureForm(),
        "can_edit": request.user.can(P.EDIT_CATALOG),
    }
    return render(request, "catalog/part.html", context)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def new_part(request: StaffRequest) -> HttpResponse:
    """A new part."""
    form = PartForm(request.POST or None, user=request.user, initial={"tax_rate": _usual_rate()})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_part(
                **form.given(), by=request.user, at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was created.") % {"name": made})
            return redirect("part", made.pk)
    return _form_page(request, form, None)


def _usual_rate() -> int | None:
    rate = queries.usual_tax_rate()
    return rate.pk if rate else None


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def edit_part(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a part. What somebody else changed meanwhile is shown beside one's own."""
    found = fetch_part(request, pk, P.EDIT_CATALOG)
    form = PartForm(request.POST or None, instance=copy(found), user=request.user)
    conflict: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.update_part(
                part=found, version=form.cleaned_data["version"] or 0, by=request.user,
                at=timezone.now(), **form.given(),
            )
        except Conflict as error:
            conflict = words.differences(error)
            form.data = {**form.data.dict(), "version": error.data["version"]}  # type: ignore[attr-defined]
            add_refusals(form, error)
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": found})
            return redirect("part", found.pk)
    return _form_page(request, form, found, conflict)


def _form_page(
    request: StaffRequest,
    form: PartForm,
    found: Part | None,
    conflict: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    context = {"form": form, "part": found, "conflict": conflict or []}
    status = 409 if conflict else status_of(form)
    return render(request, "catalog/part_form.html", context, status=status)


@require_POST
@staff(P.EDIT_CATALOG)
def pictures(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a picture."""
    found = fetch_part(request, pk, P.EDIT_CATALOG)
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a picture first."))
        return redirect("part", pk)
    sent = form.cleaned_data["picture"]
    try:
        services.add_picture(
            part=found, source=sent.file, name=sent.name, caption=form.cleaned_data["caption"],
            by=request.user, at=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("part", pk)


@require_POST
@staff(P.EDIT_CATALOG)
def picture_removals(request: StaffRequest, pk: int, picture_id: int) -> HttpResponse:
    """Take a picture off the part."""
    found = fetch_part(request, pk, P.EDIT_CATALOG)
    picture = found.pictures.filter(pk=picture_id).first()
    if picture is None:
        raise Http404
    services.remove_picture(picture=picture, by=request.user, at=timezone.now())
    return redirect("part", pk)


@require_GET
@staff(P.VIEW_CATALOG)
def part_lookup(request: StaffRequest) -> HttpResponse:
    """Search as you type."""
    found = queries.find_parts(request.user, request.GET.get("q", ""))
    return JsonResponse({"results": [lookup_row(part) for part in found]})


def lookup_row(found: Part) -> dict[str, Any]:
    """A part as the kit's combo wants it."""
    note = " · ".join(filter(None, [found.number, found.brand, found.spec]))
    return {
        "id": found.pk,
        "text": found.name,
        "note": note,
        "badge": found.get_origin_display() if found.origin else "",
        "data": {
            "number": found.number,
            "unit": found.unit,
            "unit_price": _short(found.retail_price),
        },
    }


def _short(price: Decimal) -> str:
    """A price as it is typed: at least two decimals, no needless zeros."""
    whole, _dot, rest = f"{price:.4f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"
