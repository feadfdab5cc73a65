"""Form fields for numbers of people; other apps' forms use them too."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chejian.core.errors import DomainError
from chejian.core.text import fold
from chejian.parties import identity
from chejian.parties.identity import Problem
from chejian.parties.rules import normal_phone

#: surely a slip; a form that is merely unknown may be a number from abroad
SLIPS = {Problem.SPREADSHEET, Problem.TOO_SHORT, Problem.TOO_LONG, Problem.LETTERS}


class PhoneField(forms.CharField):
    """Mobile, landline or service number in any writing; gives the stored form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "required": False, **options})

    def clean(self, value: Any) -> str:
        text: str = super().clean(fold(value or ""))
        parsed = identity.parse_phone(text)
        found = [problem for problem in parsed.problems if problem in SLIPS]
        if found:
            raise ValidationError(str(identity.PROBLEM_TEXT[found[0]]), code=found[0].value)
        return normal_phone(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "tel", "autocomplete": "off"}


def add_refusals(form: forms.BaseForm, error: DomainError) -> None:
    """Put every reason at its field, or at the head of the form."""
    for refusal in error.refusals:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, ValidationError(str(refusal.message), code=refusal.code))
