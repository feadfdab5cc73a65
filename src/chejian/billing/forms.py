"""Forms of the cashier: what was typed, turned into tenders and amounts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.billing.models import Method
from chejian.billing.services.collection import Tender
from chejian.core.money import ZERO


class KeyedForm(forms.Form):
    """A posting form: the key minted when it was rendered stops a double submit."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class TenderForm(KeyedForm):
    """One amount and one reference per method; only the filled ones count."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for method in Method:
            self.fields[method.value] = forms.DecimalField(
                label=method.label, required=False, min_value=Decimal(0), max_digits=12,
                decimal_places=2,
            )
            self.fields[f"{method.value}_reference"] = forms.CharField(
                required=False, max_length=60
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.tenders():
            raise forms.ValidationError(_("Enter an amount above zero, to the fen."))
        return data

    def tenders(self) -> list[Tender]:
        data = self.cleaned_data
        return [
            Tender(method.value, data[method.value], data.get(f"{method.value}_reference") or "")
            for method in Method
            if (data.get(method.value) or ZERO) > 0
        ]


class DiscountForm(forms.Form):
    order_discount = forms.DecimalField(
        label=_("Order discount"), min_value=Decimal(0), max_digits=12, decimal_places=2,
        required=False,
    )
    round_off = forms.DecimalField(
        label=_("Rounding-off"), min_value=Decimal(0), max_digits=12, decimal_places=2,
        required=False,
    )


class ReasonForm(KeyedForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=200,
        error_messages={"required": _("Please give a reason.")},
    )


class RefundForm(ReasonForm):
    amount = forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)


class ApprovalAskForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("credit", "refund", "discount")])
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    reason = forms.CharField(max_length=200, required=False)
