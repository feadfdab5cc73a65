"""The books on screen: trial balance, entries, months, names of accounts."""

from copy import copy
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.listing import show, spelled_out
from chejian.accounts.permissions import P
from chejian.books import queries, services
from chejian.books.forms import AccountForm, CloseForm, SpanForm
from chejian.books.kinds import kind_label
from chejian.books.lists import ENTRIES
from chejian.books.models import Account, JournalEntry, PeriodClose
from chejian.core.documents import link_to
from chejian.core.errors import DomainError
from chejian.core.side_by_side import status_of
from chejian.parties.formfields import add_refusals


def _stations(request: StaffRequest, permission: str) -> list[tuple[int, str]]:
    """Where the person holds the permission: the books of other stations are not shown."""
    return [
        (here.station_id, here.name)
        for here in request.user.access.stations.values()
        if permission in here.permissions
    ]


def _span(request: StaffRequest) -> SpanForm:
    """The filter of the address; without a word about the station, the present one."""
    stations = _stations(request, P.VIEW_BOOKS)
    data = request.GET.dict()
    here = request.station.station_id
    if "station" not in data and here in dict(stations):
        data["station"] = str(here)
    form = SpanForm(data, stations=stations)
    first, last = form.span
    form.data = {**data, "first": first.isoformat(), "last": last.isoformat()}
    return form


@require_GET
@staff(P.VIEW_BOOKS)
def trial_balance(request: StaffRequest) -> HttpResponse:
    """Every account with opening, debit, credit and balance; each leads to its entries."""
    form = _span(request)
    first, last = form.span
    rows = queries.trial_balance(form.station_ids, first, last)
    sums = {
        name: sum((getattr(row, name) for row in rows), Decimal(0))
        for name in ("opening", "debit", "credit", "balance")
    }
    context: dict[str, Any] = {
        "form": form,
        "rows": [row for row in rows if row.used or request.GET.get("all")],
        "sums": sums,
        "kinds": dict(Account.Kind.choices),
        "address": _address(form),
        "can_close": request.user.can(P.CLOSE_PERIOD),
    }
    return render(request, "books/trial_balance.html", context)


def _address(form: SpanForm) -> str:
    """The filter as part of an address, to be carried along."""
    first, last = form.span
    station = form.cleaned_data.get("station") or "" if form.is_valid() else ""
    return f"station={station}&first={first}&last={last}"


@require_GET
@staff(P.VIEW_BOOKS)
def entries(request: StaffRequest) -> HttpResponse:
    """The entries, newest first; ``account`` and the days are how the trial balance asks."""
    asked = request.GET
    code, station = asked.get("account", ""), asked.get("station", "")
    if code and not Account.objects.filter(code=code).exists():
        raise Http404
    days = f"{asked.get('first', '')}..{asked.get('last', '')}"
    query = spelled_out(asked, {
        "account": f"account.in.{code}" if code else "",
        "first": f"day.between.{days}" if days != ".." else "",
        "last": "",
        "station": f"station.in.{station}" if station else "",
    })
    if {"account", "first", "station"} & set(asked) and "where" not in query:
        query["where"] = "here" if not (code or station) else "all"
    return show(request, ENTRIES, "books/entries.html", query=query)


@require_GET
@staff(P.VIEW_BOOKS)
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    """One entry with its lines."""
    rows = JournalEntry.objects.visible_to(request.user).select_related(
        "station", "posted_by", "reverses", "reversed_by"
    )
    found = fetch(rows, request.user, pk, P.VIEW_BOOKS)
    lines = list(found.postings.select_related("account", "party").order_by("pk"))
    context: dict[str, Any] = {
        "entry": found,
        "kind": kind_label(found.kind),
        "link": link_to(found.label),
        "lines": lines,
        "total": sum((line.amount for line in lines if line.amount > 0), Decimal(0)),
        "reversed_by": getattr(found, "reversed_by", None),
    }
    return render(request, "books/entry.html", context)


@require_http_methods(["GET", "POST"])
@staff(P.VIEW_BOOKS)
def periods(request: StaffRequest) -> HttpResponse:
    """Closed months, and the form that closes one."""
    stations = _stations(request, P.CLOSE_PERIOD)
    form = CloseForm(request.POST or None, stations=stations)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_period(
                station_id=form.cleaned_data["station"], month=form.cleaned_data["month"],
                by=request.user, at=timezone.now(),
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("The month is closed."))
            return redirect("periods")
    shown = [pk for pk, _name in _stations(request, P.VIEW_BOOKS)]
    rows = PeriodClose.objects.visible_to(request.user).filter(station_id__in=shown)
    context: dict[str, Any] = {
        "form": form if stations else None,
        "closes": list(
            rows.select_related("station", "closed_by").order_by("-month", "station_id")[:120]
        ),
    }
    status = 422 if form.is_bound else 200
    return render(request, "books/periods.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff(P.CLOSE_PERIOD)
def account(request: StaffRequest, code: str) -> HttpResponse:
    """Give an account the shop's own name."""
    found = Account.objects.filter(code=code).first()
    if found is None:
        raise Http404
    form = AccountForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        services.rename_account(
            account=found, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
        )
        return redirect("trial_balance")
    context = {"form": form, "account": found}
    return render(request, "books/account.html", context, status=status_of(form))
