"""How the data of the catalogue are brought into their normal form, and who may change what."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.errors import BadFigure, NameRequired
from chejian.core.errors import NotPermitted
from chejian.core.text import fold, tidy

PART_PRICES = (
    "retail_price", "member_price", "contract_price", "wholesale_price", "claim_price",
)
PART_TEXTS = ("name", "spec", "brand", "origin", "unit", "fitment", "barcode", "remarks")
PART_FIELDS = frozenset(
    {"number", *PART_TEXTS, *PART_PRICES, "tax_rate", "safety_stock", "active"}
)
OPERATION_FIELDS = frozenset(
    {"code", "name", "flat_hours", "fixed_price", "skill", "tax_rate", "active"}
)


def normal_number(raw: str) -> str:
    """A part number, OE number or code: half-width, trimmed, as it is printed otherwise."""
    return fold(raw)


def normal_fields(
    known: frozenset[str], required: tuple[str, ...], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Tidy texts and check figures. Raises NameRequired, BadFigure; TypeError for an unknown
    field.
    """
    unknown = set(fields) - known
    if unknown:
        raise TypeError(f"no such field {sorted(unknown)}")
    made = dict(fields)
    for name, value in fields.items():
        if name in ("number", "code", "barcode"):
            made[name] = normal_number(value)
        elif isinstance(value, str):
            made[name] = tidy(value)
        elif isinstance(value, Decimal):
            _check_figure(name, value)
    for name in required:
        if name in made and not made[name]:
            raise NameRequired(_("This is needed."), field=name)
    return made


def _check_figure(name: str, value: Decimal) -> None:
    places = 4 if name.endswith("_price") else 3
    if value < 0 or value != round(value, places):
        raise BadFigure(
            _("Not below zero, and at most %(n)s decimals.") % {"n": places}, field=name, name=name
        )


def require_edit(by: User | None) -> None:
    """``by=None`` is the system itself. The move-in brings the catalogue along."""
    if by is not None and not (by.can(P.EDIT_CATALOG) or by.can(P.IMPORT_DATA)):
        raise NotPermitted(_("You may not change the catalogue."))


def require_prices(by: User | None) -> None:
    """List prices have a permission of their own (D10)."""
    if by is not None and not (by.can(P.EDIT_PRICES) or by.can(P.IMPORT_DATA)):
        raise NotPermitted(_("You may not change list prices."))
