"""What the forms of an order ask; the verbs judge."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.core.dates import plausible
from chejian.core.side_by_side import SideBySide
from chejian.workorders.models import Authorisation, Concern, Walkaround, WorkOrder

if TYPE_CHECKING:
    SheetModelForm = forms.ModelForm[Walkaround]
else:
    SheetModelForm = forms.ModelForm


class HeadForm(SideBySide):
    """The head. ``version`` travels along, so that nobody overwrites another's change."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = WorkOrder
        fields = ("repair_type", "repair_class", "priority", "promised_at", "contact_name",
                  "contact_phone", "fuel_percent", "charge_percent", "old_parts", "remarks")
        labels = {
            "repair_type": _("Repair type"), "repair_class": _("Repair class"),
            "priority": _("Priority"), "promised_at": _("Promised"),
            "contact_name": _("Brought by"), "contact_phone": _("Their phone"),
            "fuel_percent": _("Fuel (%)"), "charge_percent": _("Charge (%)"),
            "old_parts": _("Old parts"), "remarks": _("Remarks"),
        }
        widgets = {
            "promised_at": forms.DateTimeInput(attrs={"type": "datetime-local"},
                                               format="%Y-%m-%dT%H:%M"),
            "remarks": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, see_phone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("repair_class", "promised_at", "contact_name", "contact_phone",
                     "fuel_percent", "charge_percent", "remarks"):
            self.fields[name].required = False
        self.fields["promised_at"].validators.append(plausible)
        if not see_phone:
            del self.fields["contact_phone"]


class ConcernForm(SideBySide):
    text = forms.CharField(label=_("What the customer says"), max_length=300,
                           widget=forms.Textarea(attrs={"rows": 2}))
    when = forms.CharField(label=_("When it happens"), max_length=80, required=False)
    how_often = forms.CharField(label=_("How often"), max_length=40, required=False)
    diagnosis = forms.CharField(label=_("Finding"), max_length=300, required=False,
                                widget=forms.Textarea(attrs={"rows": 2}))

    class Meta:
        model = Concern
        fields: tuple[str, ...] = ("text", "when", "how_often", "diagnosis")


class FindingForm(SideBySide):
    """For the workshop, which adds what it found and leaves the customer's words alone."""

    diagnosis = forms.CharField(label=_("Finding"), max_length=300,
                                widget=forms.Textarea(attrs={"rows": 2}))

    class Meta:
        model = Concern
        fields = ("diagnosis",)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200,
                             widget=forms.Textarea(attrs={"rows": 2}))


class PauseForm(forms.Form):
    technician = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why the work pauses"), max_length=80)


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label=_("What the order waits for"),
                               choices=WorkOrder.HoldReason.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ApprovalForm(forms.Form):
    given_by = forms.CharField(label=_("Who answered"), max_length=60)
    channel = forms.ChoiceField(label=_("How"), choices=Authorisation.Channel.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class WalkaroundForm(SheetModelForm):
    class Meta:
        model = Walkaround
        fields = ("belongings", "interior", "warning_lamps", "tyres", "documents",
                  "spare_and_tools", "test_drive_agreed", "wash")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
