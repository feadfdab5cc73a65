"""Receipts: the list, one receipt, and the form for scanner and keyboard."""

from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.catalog.queries import find_parts
from chejian.core.errors import DomainError
from chejian.core.fragments import render_block
from chejian.inventory import queries, services
from chejian.inventory.forms import MOST_ROWS, ROWS, ReceiptForm, ReceiptRowForm, ReceiptRows
from chejian.inventory.lists import RECEIPT_LINES, RECEIPTS
from chejian.inventory.models import StockReceipt, Warehouse
from chejian.parties.formfields import add_refusals


@require_GET
@staff_here(P.VIEW_STOCK)
def receipts(request: StaffRequest) -> HttpResponse:
    """Receipts of the present station."""
    return show(
        request, RECEIPTS, "inventory/receipts.html", active="receipts",
        can_receive=P.RECEIVE_STOCK in request.station.permissions,
    )


@require_GET
@staff_here(P.VIEW_STOCK)
def receipt_lines(request: StaffRequest) -> HttpResponse:
    """入库查询: every part that was received."""
    return show(request, RECEIPT_LINES, "inventory/listed.html", active="receipt_lines")


@require_GET
@staff(P.VIEW_STOCK)
def receipt(request: StaffRequest, pk: int) -> HttpResponse:
    """One receipt with its lines."""
    rows = StockReceipt.objects.visible_to(request.user).select_related(
        "warehouse", "supplier", "by", "station"
    )
    found = fetch(rows, request.user, pk, P.VIEW_STOCK)
    context = {
        "receipt": found,
        "lines": list(found.lines.select_related("part", "bin").order_by("pk")),
        "sees_cost": request.user.can_at(P.SEE_COST, found.station_id),
        "can_receive": P.RECEIVE_STOCK in request.station.permissions,
    }
    return render(request, "inventory/receipt.html", context)


@require_http_methods(["GET", "POST"])
@staff_here(P.RECEIVE_STOCK)
def new_receipt(request: StaffRequest) -> HttpResponse:
    """Take goods in. Rows are added by a script, or by the button where there is none."""
    station_id = request.station.station_id
    data = request.POST or None
    form = ReceiptForm(data, user=request.user, station_id=station_id)
    rows = ReceiptRows(_more(request) or data, prefix="rows")
    asked_for_rows = "more" in request.POST
    if request.method == "POST" and not asked_for_rows and form.is_valid() and rows.is_valid():
        try:
            made = _receive(request, form, rows)
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(number)s was received.") % {"number": made.number})
            return redirect("receipt", made.pk)
    context = {"form": form, "rows": rows, "quiet": asked_for_rows}
    status = 422 if form.is_bound and not asked_for_rows else 200
    return render(request, "inventory/receipt_form.html", context, status=status)


def _more(request: StaffRequest) -> dict[str, Any] | None:
    """What was posted, with more rows asked for by the button."""
    if "more" not in request.POST:
        return None
    data = request.POST.copy()
    total = data.get("rows-TOTAL_FORMS", "0")
    count = int(total) if total.isdecimal() else 0
    data["rows-TOTAL_FORMS"] = str(min(count + ROWS, MOST_ROWS))
    return data


def _receive(
    request: StaffRequest, form: ReceiptForm, rows: "BaseFormSet[ReceiptRowForm]"
) -> StockReceipt:
    lines = [line for line in (row.line() for row in rows.forms if row.has_changed()) if line]
    return services.receive(
        warehouse=form.cleaned_data["warehouse"], lines=lines,
        supplier=form.cleaned_data["supplier"], note=form.cleaned_data["note"],
        by=request.user, at=timezone.now(), key=form.cleaned_data["key"],
    )


@require_GET
@staff_here(P.RECEIVE_STOCK)
def receipt_row(request: StaffRequest) -> HttpResponse:
    """One more empty row for the form."""
    index = request.GET.get("index", "")
    number = int(index) if index.isdecimal() else 0
    row = ReceiptRowForm(prefix=f"rows-{min(number, MOST_ROWS - 1)}")
    return render_block(request, "inventory/receipt_row.html", "row", {"row": row})


@require_GET
@staff_here(P.RECEIVE_STOCK)
def receipt_parts(request: StaffRequest) -> HttpResponse:
    """Parts for the form, with the bin remembered and, for those who may see it, the last cost."""
    found = find_parts(request.user, request.GET.get("q", ""))
    ids = [part.pk for part in found]
    place = _place(request)
    bins = queries.bins_remembered(ids, place.pk) if place else {}
    costs: dict[int, Any] = {}
    if place and request.user.can_at(P.SEE_COST, place.station_id):
        costs = queries.last_costs(ids, place.pk)
    rows = [
        {
            "id": part.pk,
            "text": part.name,
            "note": " · ".join(filter(None, [part.number, part.brand, part.spec])),
            "data": {
                "number": part.number, "unit": part.unit, "bin": bins.get(part.pk, ""),
                "unit_cost": str(costs[part.pk].normalize()) if part.pk in costs else "",
            },
        }
        for part in found
    ]
    return JsonResponse({"results": rows})


def _place(request: StaffRequest) -> Warehouse | None:
    """The warehouse named, if it is one of the person's own; else the station's first."""
    places = Warehouse.objects.visible_to(request.user).filter(active=True)
    wanted = request.GET.get("warehouse", "")
    if wanted.isdecimal():
        return places.filter(pk=int(wanted)).first()
    return places.filter(station_id=request.station.station_id).order_by("pk").first()
