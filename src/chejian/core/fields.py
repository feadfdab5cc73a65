"""Column types used everywhere, so that money and quantities look the same in every table."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

#: what Django writes above the choices of a list, and has not put into Chinese itself
BLANK_CHOICE = gettext_noop("- Select an option -")


def money(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Amount in CNY, numeric(14,2)."""
    return models.DecimalField(max_digits=14, decimal_places=2, **options)


def unit_price(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Unit price or unit cost in CNY, numeric(14,4)."""
    return models.DecimalField(max_digits=14, decimal_places=4, **options)


def quantity(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Quantity or hours, numeric(12,3)."""
    return models.DecimalField(max_digits=12, decimal_places=3, **options)


def rate(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Rate or share, numeric(5,4): 0.13 is 13 %."""
    return models.DecimalField(max_digits=5, decimal_places=4, **options)
