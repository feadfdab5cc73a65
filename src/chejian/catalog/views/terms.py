"""The short lists a shop sets once: rates, classes, types, names of the price levels."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.catalog import services
from chejian.catalog.models import (
    LabourClass,
    PriceLevelName,
    RepairClass,
    RepairType,
    TaxRate,
)
from chejian.catalog.services.terms import PRICED
from chejian.core.errors import DomainError, Text
from chejian.core.formats import money, percent
from chejian.core.side_by_side import SideBySide, status_of
from chejian.parties.formfields import add_refusals

LISTS: dict[str, tuple[Text, type[models.Model], tuple[str, ...]]] = {
    "labour-classes": (gettext_lazy("Labour rates"), LabourClass, ("code", "name", "rate")),
    "repair-types": (
        gettext_lazy("Repair types"), RepairType,
        ("code", "name", "payer", "repair_class", "position", "active"),
    ),
    "repair-classes": (
        gettext_lazy("Repair classes"), RepairClass,
        ("code", "name", "guarantee_km", "guarantee_days", "needs_certificate",
         "self_inspection_allowed", "position"),
    ),
    "tax-rates": (gettext_lazy("Tax rates"), TaxRate, ("code", "name", "rate")),
    "price-levels": (gettext_lazy("Price levels"), PriceLevelName, ("name", "position")),
}
ADDABLE = frozenset(LISTS) - {"price-levels"}
PAYERS = (
    ("customer", gettext_lazy("Customer")),
    ("maker", gettext_lazy("Maker's warranty")),
    ("insurer", gettext_lazy("Insurer")),
    ("internal", gettext_lazy("Internal")),
    ("goodwill", gettext_lazy("Goodwill")),
)


@require_GET
@staff(P.VIEW_CATALOG)
def terms(request: StaffRequest, kind: str = "labour-classes") -> HttpResponse:
    """One of the lists, with the others beside it."""
    if kind not in LISTS:
        raise Http404
    title, model, fields = LISTS[kind]
    rows = model._base_manager.order_by("position" if "position" in fields else "pk", "pk")
    if model is RepairType:
        rows = rows.select_related("repair_class")
    context: dict[str, Any] = {
        "lists": LISTS, "kind": kind, "title": title,
        "heads": [_label(model, name) for name in fields],
        "rows": [(row.pk, [_shown(row, name) for name in fields]) for row in rows],
        "can_edit": _may_edit(request, model),
        "can_add": _may_edit(request, model) and kind in ADDABLE,
    }
    return render(request, "catalog/terms.html", context)


def _may_edit(request: StaffRequest, model: type[models.Model]) -> bool:
    needed = P.EDIT_PRICES if model in PRICED else P.EDIT_CATALOG
    return request.user.can(P.EDIT_CATALOG) and request.user.can(needed)


def _label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return _("position") if name == "position" else str(field.verbose_name)


def _shown(row: Any, name: str) -> Any:
    if name == "payer":
        return dict(PAYERS).get(row.payer, row.payer)
    value = getattr(row, name)
    if isinstance(value, Decimal):
        return percent(value) if isinstance(row, TaxRate) else money(value)
    return value


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def term(request: StaffRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Add a row to a list, or change one."""
    if kind not in LISTS or (pk is None and kind not in ADDABLE):
        raise Http404
    title, model, fields = LISTS[kind]
    row: Any = model() if pk is None else model._base_manager.filter(pk=pk).first()
    if row is None:
        raise Http404
    form = _form(model, fields)(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        fresh: Any = model() if pk is None else model._base_manager.get(pk=pk)
        try:
            services.save_term(
                term=fresh, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": fresh})
            return redirect("terms", kind)
    context = {"form": form, "kind": kind, "title": title, "row": row, "lists": LISTS}
    return render(request, "catalog/term_form.html", context, status=status_of(form))


def _form(model: type[models.Model], fields: tuple[str, ...]) -> type[Any]:
    """A form for the list's fields; rates are typed as they are stored, 0.13 for 13 %."""
    made: Any = forms.modelform_factory(model, form=SideBySide, fields=fields)
    if "payer" in fields:
        made.base_fields["payer"] = forms.ChoiceField(
            label=_label(model, "payer"), choices=PAYERS
        )
    if "position" in fields:
        made.base_fields["position"].label = gettext_lazy("position")
    made.validate_unique = lambda _form: None
    return made  # type: ignore[no-any-return]
