"""Large forms that are posted all day: what their making and checking needs not do each time."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

MOST_DIGITS = 18


class FoundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row by its id, looked for by ``find`` (a ``core.ready`` query); never a list of choices.

    Unless its form gives it one, it finds nothing.
    """

    find: Callable[[int], models.Model | None] = staticmethod(lambda _pk: None)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        text = str(value)
        known = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
        found = self.find(int(text)) if known else None
        if found is None:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice",
                params={"value": value},
            )
        return found


class SharedFields(dict[str, forms.Field]):
    """Fields that every form of a class uses together; only ``own`` ones are copied for each.

    A field keeps nothing of what it checks, so that it may be shared as long as no form changes it.
    """

    def __init__(self, fields: dict[str, forms.Field], own: Iterable[str] = ()) -> None:
        super().__init__(fields)
        self._own = frozenset(own)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: copy.deepcopy(field, memo) if name in self._own else field
                for name, field in self.items()}
