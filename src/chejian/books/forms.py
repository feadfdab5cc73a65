"""Forms of the books."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.books.models import Account
from chejian.core.side_by_side import SideBySide


class SpanForm(forms.Form):
    """From when to when, at which of one's stations; what cannot be read counts as not said."""

    station = forms.TypedChoiceField(
        label=_("Station"), required=False, coerce=int, empty_value=None
    )
    first = forms.DateField(
        label=pgettext_lazy("span", "From"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=pgettext_lazy("span", "To"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, stations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["station"]
        choice.choices = [("", _("All stations")), *stations] if len(stations) > 1 else stations
        self.stations = stations

    @property
    def station_ids(self) -> list[int]:
        """The station chosen, else all of them."""
        chosen = self.cleaned_data.get("station") if self.is_valid() else None
        return [chosen] if chosen else [pk for pk, _name in self.stations]

    @property
    def span(self) -> tuple[date, date]:
        """Both days included; without any, this month until today."""
        data = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        return data.get("first") or today.replace(day=1), data.get("last") or today


class CloseForm(forms.Form):
    """Which month to close: any day of it, or ``2026-11``."""

    station = forms.TypedChoiceField(label=_("Station"), coerce=int)
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )

    def __init__(self, *args: Any, stations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["station"]
        choice.choices = stations


class AccountForm(SideBySide):
    class Meta:
        model = Account
        fields = ("name",)
