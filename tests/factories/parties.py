"""Customers for tests: one call each, with what matters said at the call."""

from itertools import count
from typing import Any

from django.utils import timezone

from chejian.parties.models import Party
from chejian.parties.services import create_party

_numbers = count(1)


def make_party(name: str = "王建华", *, phone: str | None = None, **fields: Any) -> Party:
    """A customer; every one has another mobile number unless one is given."""
    number = f"139{next(_numbers):08d}" if phone is None else phone
    return create_party(name=name, phone=number, **{"by": None, "at": timezone.now(), **fields})
