"""The reception's one form."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.catalog.models import JobTemplate, RepairType
from chejian.core.dates import plausible
from chejian.core.models import StoredFile
from chejian.core.quick_forms import FoundField, SharedFields
from chejian.core.ready import Ready
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.vehicles.plates import normalise
from chejian.workorders.models import Walkaround, WorkOrder
from chejian.workorders.services import Mark, Said

CONCERN_ROWS = 3


CAR = Ready(lambda pk: Vehicle.objects.live().select_related("owner").filter(pk=pk))
CUSTOMER = Ready(lambda pk: Party.objects.live().filter(pk=pk))
BEFORE = Ready(lambda pk: WorkOrder.objects.filter(pk=pk))
KIND = Ready(
    lambda pk: RepairType.objects.filter(active=True, pk=pk).select_related("repair_class")
)


class KindField(FoundField):
    """The repair type: chosen from all, checked by its id."""

    find = staticmethod(KIND.first)


class IntakeForm(forms.Form):
    """Plate first; all else may be left for later."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    vehicle = FoundField(Vehicle.objects.none(), required=False)
    customer = FoundField(Party.objects.none(), required=False)
    plate = forms.CharField(label=_("Plate"), max_length=20, required=False)
    vin = forms.CharField(label=_("VIN"), max_length=20, required=False)
    make = forms.CharField(label=_("Make"), max_length=40, required=False)
    series = forms.CharField(label=_("Series"), max_length=60, required=False)
    powertrain = forms.ChoiceField(
        label=_("Powertrain"), choices=[("", "—"), *Vehicle.Powertrain.choices], required=False
    )
    body = forms.ChoiceField(label=_("Body"), choices=Vehicle.Body.choices, required=False)
    colour = forms.CharField(label=_("Colour"), max_length=20, required=False)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    contact_name = forms.CharField(label=_("Brought by"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Their phone"), max_length=20, required=False)
    odometer = forms.IntegerField(
        label=_("Odometer in"), min_value=0, max_value=9_999_999, required=False
    )
    fuel_percent = forms.IntegerField(
        label=_("Fuel level"), min_value=0, max_value=100, required=False
    )
    charge_percent = forms.IntegerField(
        label=_("Charge level"), min_value=0, max_value=100, required=False
    )
    repair_type = KindField(
        RepairType.objects.filter(active=True).select_related("repair_class"),
        label=_("Repair type"), empty_label=None,
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=WorkOrder.Priority.choices, coerce=int,
        required=False,
    )
    old_parts = forms.ChoiceField(
        label=_("Old parts"), choices=WorkOrder.OldParts.choices, required=False
    )
    promised_at = forms.DateTimeField(
        label=_("Promised"), required=False, validators=[plausible],
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    templates = forms.ModelMultipleChoiceField(
        JobTemplate.objects.filter(active=True), required=False
    )
    marks = forms.CharField(required=False, max_length=20_000)
    belongings = forms.CharField(
        label=_("Valuables and belongings"), max_length=300, required=False
    )
    interior = forms.CharField(label=_("Interior"), max_length=200, required=False)
    warning_lamps = forms.CharField(label=_("Warning lamps"), max_length=200, required=False)
    tyres = forms.CharField(label=_("Tyres"), max_length=200, required=False)
    documents = forms.CharField(label=_("Documents left"), max_length=100, required=False)
    wash = forms.BooleanField(label=_("Wash the car"), required=False)
    test_drive_agreed = forms.BooleanField(label=_("Test drive agreed"), required=False)
    signature = forms.CharField(required=False, max_length=2_000_000)
    waived_reason = forms.CharField(
        label=_("No signature because"), max_length=200, required=False
    )
    comeback_of = FoundField(WorkOrder.objects.none(), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cars = Vehicle.objects.visible_to(user).live().select_related("owner")
        self._finds("comeback_of", BEFORE.first)
        if user.can(P.VIEW_CUSTOMERS):
            self._finds("vehicle", CAR.first)
            self._finds("customer", CUSTOMER.first)
        self.kept_signature: StoredFile | None = None

    def _finds(self, name: str, find: Callable[[int], Model | None]) -> None:
        field = self.fields[name]
        assert isinstance(field, FoundField)
        field.find = find

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("vehicle") and data.get("plate"):
            plate = normalise(data["plate"])
            data["vehicle"] = self.cars.filter(plate=plate).first()
        if not data.get("vehicle") and not data.get("plate") and not data.get("vin"):
            self.add_error("plate", _("Enter the plate, or the VIN of a car without one."))
        owner = data["vehicle"].owner if data.get("vehicle") else None
        if not data.get("customer") and owner is None and not data.get("phone"):
            self.add_error("phone", _("Enter a phone number of the customer."))
        return data

    def clean_marks(self) -> list[Mark]:
        raw = self.cleaned_data.get("marks") or "[]"
        try:
            return [
                Mark(
                    panel=str(item["panel"])[:30],
                    x=Decimal(str(item["x"])).quantize(Decimal("0.0001")),
                    y=Decimal(str(item["y"])).quantize(Decimal("0.0001")),
                    kind=str(item["kind"]),
                    note=str(item.get("note") or "")[:80],
                )
                for item in json.loads(raw)
            ]
        except (ValueError, TypeError, KeyError, InvalidOperation) as error:
            raise forms.ValidationError(_("The marks could not be read; set them anew.")) from error

    @property
    def promised_text(self) -> str:
        """The promised time as a browser's date-and-time field wants it."""
        value = self["promised_at"].value()
        if isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return f"{local:%Y-%m-%dT%H:%M}"
        return value or ""

    def said(self) -> list[Said]:
        """The concerns: rows of text, when, how often; empty rows do not count."""
        found = []
        for row in range(CONCERN_ROWS):
            text = self.data.get(f"concern_{row}", "").strip()[:300]
            if text:
                found.append(
                    Said(
                        text,
                        self.data.get(f"concern_{row}_when", "").strip()[:80],
                        self.data.get(f"concern_{row}_often", "").strip()[:40],
                    )
                )
        return found

    def sheet(self) -> dict[str, Any]:
        """Fields of the walk-around sheet, for the verb."""
        names = ("belongings", "interior", "warning_lamps", "tyres", "documents", "wash",
                 "test_drive_agreed")
        sheet = {name: self.cleaned_data[name] for name in names}
        sheet["body"] = self.cleaned_data["body"] or Walkaround._meta.get_field("body").default
        return sheet

    def car(self) -> dict[str, Any]:
        """What was typed of a car that is not known yet."""
        names = ("make", "series", "powertrain", "body", "colour")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}


IntakeForm.base_fields = SharedFields(
    IntakeForm.base_fields, own=("vehicle", "customer", "comeback_of")
)
