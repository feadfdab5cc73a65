"""Forms about tokens of the API and service accounts."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.forms.people import GrantForm
from chejian.accounts.scopes import SCOPE_WORDS

USUAL_DAYS = 90


class TokenForm(forms.Form):
    """What the token is for, how far it opens, and until when."""

    name = forms.CharField(
        label=_("What it is for"), max_length=60,
        help_text=_("Such as the accounting program or the scanner at the gate."),
    )
    expires_on = forms.DateField(
        label=_("Good until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used for"), choices=list(SCOPE_WORDS.items()),
        error_messages={"required": _("Choose what the token may be used for.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=USUAL_DAYS)

    def ends(self) -> datetime:
        """The end of the last day."""
        day: date = self.cleaned_data["expires_on"]
        return timezone.make_aware(datetime.combine(day, time.max))

    def ticked(self) -> set[str]:
        return set(self["scopes"].value() or ())


class ServiceAccountForm(GrantForm):
    name = forms.CharField(
        label=pgettext_lazy("of a program", "Name"), max_length=60,
        help_text=_("The program that will use it."),
    )
    field_order = ("name", "role", "place")
