"""Forms of the cashier: what was typed, turned into tenders and amounts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.billing.models import Method
from chejian.billing.services.collection import Tender
from chejian.core.money import ZERO
from chejian.workorders.models import Payer, WorkOrder
from chejian.workorders.queries import PayerShare, payer_shares

#: who pays a line
PAYERS = [(payer.value, payer.label) for payer in Payer]


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


class CorrectionForm(ReasonForm, DiscountForm):
    """Another payer for whole lines, and the deductions as they should have been."""

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["order_discount"].initial = order.order_discount
        self.fields["round_off"].initial = order.round_off
        found: dict[str, list[PayerShare]] = {}
        for share in payer_shares(order):
            found.setdefault(f"{share.kind}_{share.source_id}", []).append(share)
        self.lines = {name: (shares[0].kind, shares[0].source_id) for name, shares in found.items()}
        for name, shares in found.items():
            split = len(shares) > 1
            self.fields[name] = forms.ChoiceField(
                label=shares[0].name, required=False,
                choices=[*([("", _("as it is split"))] if split else []), *PAYERS],
                initial="" if split else shares[0].payer,
            )

    def payers(self) -> dict[tuple[str, int], str]:
        """Only the lines whose payer is another than before."""
        return {
            line: self.cleaned_data[name] for name, line in self.lines.items()
            if self.cleaned_data[name] and self.cleaned_data[name] != self.fields[name].initial
        }

    def line_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.lines]


class RefundForm(ReasonForm):
    amount = forms.DecimalField(
        label=_("Amount"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)


class ApprovalAskForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("credit", "refund", "discount")])
    amount = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    reason = forms.CharField(max_length=200, required=False)
