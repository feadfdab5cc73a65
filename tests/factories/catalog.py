"""Parts and labour for tests."""

from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from chejian.catalog.models import LabourOperation, Part, TaxRate
from chejian.catalog.services import create_part, ensure_defaults
from chejian.core.text import pinyin_key

_serial = count(1)


def tax_rate(code: str = "13") -> TaxRate:
    """A VAT rate by its code, with all the defaults when they are not there yet."""
    if not TaxRate.objects.filter(code=code).exists():
        ensure_defaults()
    return TaxRate.objects.get(code=code)


def make_part(number: str = "", name: str = "刹车片", **fields: Any) -> Part:
    """A part at 100.00 retail, 13 % VAT, made by the verb, so that it is found by search."""
    values: dict[str, Any] = {"retail_price": Decimal("100.0000")} | fields
    values.setdefault("tax_rate", tax_rate())
    return create_part(
        number=number or f"P{next(_serial):05d}", name=name, by=None, at=timezone.now(), **values
    )


def make_operation(code: str = "", name: str = "更换前刹车片", **fields: Any) -> LabourOperation:
    """A labour operation of 1.2 hours, 13 % VAT."""
    values: dict[str, Any] = {
        "code": code or f"OP{next(_serial):04d}",
        "name": name,
        "name_key": pinyin_key(name),
        "flat_hours": Decimal("1.200"),
    } | fields
    values.setdefault("tax_rate", tax_rate())
    return LabourOperation.objects.create(**values)
