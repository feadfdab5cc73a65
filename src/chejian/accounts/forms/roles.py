"""The matrix of roles and permissions as one form."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Role
from chejian.accounts.permissions import LABELS
from chejian.accounts.services.roles import RoleRights


class MatrixForm(forms.Form):
    """For each role the ticked permissions and its two limits."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles
        for role in roles:
            self.fields[f"can_{role.pk}"] = forms.MultipleChoiceField(
                choices=list(LABELS.items()), required=False, initial=role.permissions
            )
            self.fields[f"discount_{role.pk}"] = forms.DecimalField(
                label=_("Largest discount"), min_value=0, max_value=100, decimal_places=2,
                initial=_plain(role.discount_limit * 100), widget=_figure(),
            )
            self.fields[f"round_{role.pk}"] = forms.DecimalField(
                label=_("Largest rounding-off"), min_value=0, decimal_places=2, max_digits=10,
                initial=_plain(role.round_off_limit), widget=_figure(),
            )

    def ticked(self, role: Role) -> set[str]:
        """What is ticked for the role: what was sent, else what holds."""
        if not self.is_bound:
            return set(role.permissions)
        return set(self.data.getlist(f"can_{role.pk}"))  # type: ignore[attr-defined]

    def limit_errors(self) -> list[tuple[str, str]]:
        """What is wrong with which limit: role and field in words, and the sentence."""
        return [
            (f"{role.name} · {self.fields[name].label}", str(error))
            for role in self.roles
            for name in (f"discount_{role.pk}", f"round_{role.pk}")
            for error in self.errors.get(name, [])
        ]

    def rights(self) -> list[RoleRights]:
        given = self.cleaned_data
        return [
            RoleRights(
                role,
                frozenset(given[f"can_{role.pk}"]),
                (given[f"discount_{role.pk}"] / 100).quantize(Decimal("0.0001")),
                given[f"round_{role.pk}"].quantize(Decimal("0.01")),
            )
            for role in self.roles
        ]


class RoleNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=30)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _figure() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input input-28 figure", "inputmode": "decimal"})
