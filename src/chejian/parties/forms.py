"""Forms of customers. They say what is wrong at the field; the verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.formats import masked_phone
from chejian.core.replay import new_key
from chejian.core.side_by_side import SEEN, SideBySide
from chejian.parties.formfields import PhoneField
from chejian.parties.models import Contact, Party
from chejian.parties.rules import TERMS


class PartyForm(SideBySide):
    """A customer's data. Price level and credit appear for those who may set them."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=new_key)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    phone = PhoneField(label=_("Phone"))

    class Meta:
        model = Party
        fields = (
            "kind", "name", "phone", "uscc", "address", "member_tier", "legacy_number",
            "is_customer", "is_supplier", "is_insurer", "is_maker", *TERMS, "remarks",
        )
        widgets = {"remarks": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        self.keeps_phone = bool(self.instance.pk) and not user.can(P.SEE_PHONE)
        if self.instance.pk:
            self.fields["name"].required = True
            self.initial["version"] = self.instance.version
        if self.keeps_phone:
            self.unseen = frozenset({"phone"})
            self.initial["phone"] = ""
            self.fields["phone"].widget.attrs["placeholder"] = masked_phone(self.instance.phone)
            self.fields["phone"].help_text = _("Leave it empty to keep the present number.")
        if not user.can(P.SET_CREDIT):
            for term in TERMS:
                del self.fields[term]

    def validate_constraints(self) -> None:
        """The verbs check what is unique, under a lock."""

    def given(self) -> dict[str, Any]:
        """What the verb is to store."""
        data = {n: value for n, value in self.cleaned_data.items() if n not in {"version", "key"}}
        if self.keeps_phone and not data["phone"]:
            del data["phone"]
        return data


class NumbersForm(forms.Form):
    """Numbers that are sealed. An empty field keeps what is stored; a tick removes it."""

    identity = forms.CharField(label=_("Identity card"), max_length=40, required=False)
    bank_account = forms.CharField(label=_("Bank account"), max_length=60, required=False)
    tax_number = forms.CharField(label=_("Tax number"), max_length=40, required=False)
    remove = forms.MultipleChoiceField(
        label=_("Remove"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("identity", _("Identity card")),
            ("bank_account", _("Bank account")),
            ("tax_number", _("Tax number")),
        ],
    )

    def __init__(self, *args: Any, party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("identity", "bank_account", "tax_number"):
            field = self.fields[name]
            field.widget.attrs["autocomplete"] = "off"
            if getattr(party, f"{name}_sealed"):
                field.widget.attrs["placeholder"] = _("stored; type to replace it")

    def given(self) -> dict[str, str]:
        data = self.cleaned_data
        removed = dict.fromkeys(data["remove"], "")
        return {**removed, **{n: v for n, v in data.items() if n != "remove" and v}}


class ContactForm(SideBySide):
    phone = PhoneField(label=_("Phone"))

    class Meta:
        model = Contact
        fields = ("name", "phone", "job")

    def __init__(self, *args: Any, user: User, whole: bool = False, **kwargs: Any) -> None:
        """``whole``: the page shows the numbers. A form that comes back says so itself."""
        super().__init__(*args, **kwargs)
        whole = '"phone"' in self.data.get(SEEN, "") if self.is_bound else whole
        self.keeps_phone = bool(self.instance.pk) and not (whole and user.can(P.SEE_PHONE))
        if self.keeps_phone:
            self.unseen = frozenset({"phone"})
            self.initial["phone"] = ""
            self.fields["phone"].widget.attrs["placeholder"] = masked_phone(self.instance.phone)

    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if self.keeps_phone and not data["phone"]:
            del data["phone"]
        return data


class MergeForm(forms.Form):
    """Which record stays, what comes from the other one, and why."""

    other = forms.IntegerField(widget=forms.HiddenInput)
    take = forms.MultipleChoiceField(required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, choosable: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        take = self.fields["take"]
        assert isinstance(take, forms.MultipleChoiceField)
        take.choices = [(name, name) for name in choosable]
