"""Forms of the catalogue. They say what is wrong at the field; the verbs decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog import queries
from chejian.catalog.models import JobTemplate, LabourOperation, Part, PartNumber
from chejian.catalog.rules import PART_PRICES
from chejian.catalog.services.labour import in_words, jobs_of
from chejian.core.replay import new_key
from chejian.core.side_by_side import SideBySide


class VersionedForm(SideBySide):
    """A form that says which version it was filled in from; the verb re-reads the row."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        else:
            self.initial["key"] = new_key()

    def validate_unique(self) -> None:
        """The verbs check what is unique, under a lock."""

    def given(self) -> dict[str, Any]:
        """What the verb is to store."""
        apart = ("version", "key")
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class NumbersField(forms.CharField):
    """Several numbers, one a line or parted by commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **options)

    def clean(self, value: Any) -> list[str]:
        text = str(super().clean(value)).replace("，", ",").replace("、", ",")
        return [number.strip() for number in text.replace(",", "\n").splitlines() if number.strip()]


class PartForm(VersionedForm):
    """A part's data. Prices are asked of those who may change them."""

    oe_numbers = NumbersField(label=_("OE numbers"), help_text=_("One a line"))
    interchange_numbers = NumbersField(label=_("Interchangeable with"), help_text=_("One a line"))

    class Meta:
        model = Part
        fields = (
            "number", "name", "spec", "brand", "origin", "unit", "barcode", "tax_rate",
            "safety_stock", *PART_PRICES, "fitment", "remarks", "active",
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs["autofocus"] = True
        self.fields["safety_stock"].required = False
        if self.instance.pk:
            self._show_numbers()
        names = queries.level_names()
        for price in PART_PRICES:
            if user.can(P.EDIT_PRICES):
                code = price.removesuffix("_price")
                self.fields[price].label = names.get(code, self.fields[price].label)
                self.fields[price].required = False
            else:
                del self.fields[price]

    def _show_numbers(self) -> None:
        rows = list(self.instance.numbers.order_by("pk"))
        for field, kind in (
            ("oe_numbers", PartNumber.Kind.OE),
            ("interchange_numbers", PartNumber.Kind.INTERCHANGE),
        ):
            self.initial[field] = "\n".join(row.number for row in rows if row.kind == kind)

    def given(self) -> dict[str, Any]:
        data = super().given()
        for name in ("retail_price", "safety_stock"):
            if name in data and data[name] is None:
                data[name] = Decimal(0)
        return data


class OperationForm(VersionedForm):
    class Meta:
        model = LabourOperation
        fields = ("code", "name", "flat_hours", "fixed_price", "skill", "tax_rate", "active")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True
        if not user.can(P.EDIT_PRICES):
            del self.fields["fixed_price"]


class PictureForm(forms.Form):
    picture = forms.FileField(label=_("Picture"))
    caption = forms.CharField(label=_("Caption"), max_length=60, required=False)


class TemplateForm(SideBySide):
    """The head, and beside it what the rows below come to, in words that can be compared."""

    name = forms.CharField(label=_("Name"), max_length=60)
    position = forms.IntegerField(label=_("Position"), min_value=0, max_value=9999, initial=0)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    contents = forms.CharField(
        label=_("Jobs and parts"), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = JobTemplate
        fields = ("name", "position", "active")

    def __init__(self, *args: Any, typed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed = typed

    def clean_contents(self) -> str:
        return self.typed

    def beside(self, row: JobTemplate) -> dict[str, Any]:
        return {"contents": in_words(jobs_of(row)) if row.pk else ""}

    def validate_unique(self) -> None:
        """The verb says whose name it is."""


class TemplateRowForm(forms.Form):
    """One row of a template: an operation begins a job, a part belongs to the job above it.

    Both are chosen by search, or typed as their whole code.
    """

    operation = forms.ModelChoiceField(
        LabourOperation.objects.all(), required=False, widget=forms.HiddenInput
    )
    operation_text = forms.CharField(label=_("Operation"), required=False)
    part = forms.ModelChoiceField(Part.objects.all(), required=False, widget=forms.HiddenInput)
    part_text = forms.CharField(label=_("Part"), required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, max_digits=12, decimal_places=3, min_value=0
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code = data.get("operation_text", "").strip()
        if code and not data.get("operation"):
            data["operation"] = LabourOperation.objects.filter(code=code).first()
            if data["operation"] is None:
                self.add_error("operation_text", _("There is no operation with this code."))
        number = data.get("part_text", "").strip()
        if number and not data.get("part"):
            data["part"] = queries.part_by_code(number)
            if data["part"] is None:
                self.add_error("part_text", _("There is no part with this number."))
        return data


TemplateRows = forms.formset_factory(TemplateRowForm, extra=6, max_num=60)
