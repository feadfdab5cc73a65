"""The short lists a shop sets once: rates, classes, types, names of the price levels."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.catalog import rules
from chejian.catalog.errors import BadFigure, NameRequired, NumberTaken
from chejian.catalog.models import (
    LabourClass,
    PriceLevelName,
    RepairClass,
    RepairType,
    TaxRate,
)
from chejian.core.outbox import emit
from chejian.core.text import fold, tidy

type Term = TaxRate | PriceLevelName | LabourClass | RepairClass | RepairType

FIELDS: dict[type[models.Model], frozenset[str]] = {
    TaxRate: frozenset({"code", "name", "rate"}),
    PriceLevelName: frozenset({"name", "position"}),
    LabourClass: frozenset({"code", "name", "rate"}),
    RepairClass: frozenset(
        {"code", "name", "guarantee_km", "guarantee_days", "needs_certificate",
         "self_inspection_allowed", "position"}
    ),
    RepairType: frozenset({"code", "name", "payer", "repair_class", "active", "position"}),
}
PRICED = (TaxRate, LabourClass)
"""A change of these changes what customers pay: it needs ``catalog.edit_prices``."""


@transaction.atomic
def save_term[T: Term](*, term: T, by: User | None, at: datetime, **fields: Any) -> T:
    """Write a row of one of these lists, a new one or an old one, with the fields given.

    The five price levels are fixed, only their names are the shop's own. Raises NotPermitted,
    NumberTaken, NameRequired, BadFigure.
    """
    rules.require_edit(by)
    if isinstance(term, PRICED) and "rate" in fields:
        rules.require_prices(by)
    unknown = set(fields) - FIELDS[type(term)]
    if unknown:
        raise TypeError(f"no such field {sorted(unknown)}")
    for name, value in fields.items():
        setattr(term, name, _normal(name, value))
    if not term.code or not term.name:
        raise NameRequired(_("This is needed."), field="code" if not term.code else "name")
    if type(term)._base_manager.filter(code=term.code).exclude(pk=term.pk).exists():
        raise NumberTaken(
            _("The code %(number)s is taken already.") % {"number": term.code},
            field="code", number=term.code,
        )
    new = term.pk is None
    term.save()
    emit(
        "term.created" if new else "term.updated", term, station_id=None, by=by, at=at,
        name=term.name, **{name: str(value) for name, value in fields.items() if name != "name"},
    )
    return term


def _normal(name: str, value: Any) -> Any:
    if name == "code":
        return fold(value)
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, Decimal) and value < 0:
        raise BadFigure(_("Not below zero."), field=name, name=name)
    return value
