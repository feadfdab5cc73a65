"""Putting what the domain refuses on the form where it was typed."""

from collections.abc import Callable

from django import forms

from chejian.core.errors import DomainError, NotPermitted


def attempt[T](form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """What ``act`` makes, or None with its refusals on the form. NotPermitted goes through."""
    try:
        return act()
    except NotPermitted:
        raise
    except DomainError as error:
        put(form, error)
        return None


def put(form: forms.BaseForm, error: DomainError) -> None:
    for refusal in error.refusals:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.message))
