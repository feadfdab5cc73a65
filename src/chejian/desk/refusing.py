"""What a posting view answers to a form that does not hold: every error, in one place."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chejian.core.errors import Refusal


def invalid(request: HttpRequest, form: forms.BaseForm) -> HttpResponse:
    """The refusal page, or its part for a dialog, with the errors field by field."""
    refusals = [
        Refusal("invalid", ": ".join(filter(None, [_label(form, name), str(text)])), name)
        for name, texts in form.errors.items() for text in texts
    ]
    page = "core/refused_part.html" if request.headers.get("HX-Request") else "core/refused.html"
    return render(request, page, {"refusals": refusals, "error": None}, status=422)


def _label(form: forms.BaseForm, name: str) -> str:
    return str(form.fields[name].label or "") if name in form.fields else ""
