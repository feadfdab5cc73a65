"""Forms of cars. They say what is wrong at the field; the verbs decide."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.core.dates import plausible
from chejian.core.formats import kilometres
from chejian.core.replay import new_key
from chejian.core.side_by_side import SideBySide
from chejian.parties.models import Party
from chejian.vehicles import plates
from chejian.vehicles.labour import labour_classes
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import ChainRow
from chejian.vehicles.rules import EDITABLE
from chejian.vehicles.vin import PROBLEM_TEXT, parse_vin

if TYPE_CHECKING:
    PartyChoiceField = forms.ModelChoiceField[Party]
else:
    PartyChoiceField = forms.ModelChoiceField

AUTOMATIC: tuple[str, Any] = ("", pgettext_lazy("plate class", "By the plate"))


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class PartyPick(PartyChoiceField):
    """The hidden half of a combo: the id of a customer whom the person may see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Party.objects.none(), widget=forms.HiddenInput, required=False, **options
        )

    def open_to(self, user: User) -> None:
        self.queryset = Party.objects.visible_to(user).live()


class PlateMixin(forms.Form):
    """A plate that is recognised by its form, or taken as it is typed when the person insists."""

    plate = forms.CharField(label=_("Plate"), max_length=40, required=False)
    plate_kind = forms.ChoiceField(
        label=_("Plate class"), required=False, choices=[AUTOMATIC, *plates.PlateKind.choices]
    )
    as_typed = forms.BooleanField(label=_("Keep the plate as it is typed"), required=False)
    take_over = forms.BooleanField(
        label=_("Take the plate from the car that carries it"), required=False
    )

    def clean_plate(self) -> str:
        text: str = self.cleaned_data["plate"]
        parsed = plates.parse_plate(text)
        if not text or parsed.valid or self.data.get(self.add_prefix("as_typed")):
            return text
        said = str(plates.PROBLEM_TEXT[parsed.problems[0]])
        meant = _(" Perhaps %(plate)s?") % {"plate": plates.display(parsed.mended)}
        raise ValidationError(said + str(meant) if parsed.mended else said, code="plate")


class VehicleForm(SideBySide):
    """What is known about a car besides plate, people and odometer."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    powertrain = forms.ChoiceField(
        label=_("Powertrain"), required=False, choices=[("", "—"), *Vehicle.Powertrain.choices]
    )

    class Meta:
        model = Vehicle
        fields = EDITABLE
        widgets = {
            "registered_on": DayInput(),
            "insurance_until": DayInput(),
            "inspection_until": DayInput(),
            "remarks": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in ("registered_on", "insurance_until", "inspection_until"):
            self.fields[day].validators.append(plausible)
        self.fields["vin"].max_length = None  # type: ignore[attr-defined]
        self.fields["vin"].help_text = _("17 signs; a wrong check digit is only a warning.")
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        classes = labour_classes()
        if classes:
            self.fields["labour_class"] = forms.ChoiceField(
                label=_("Labour class"), choices=classes, initial=self.instance.labour_class
            )
        else:
            del self.fields["labour_class"]

    def clean_vin(self) -> str:
        """Letters taken for digits are offered; a short number of an old car is taken."""
        text: str = self.cleaned_data["vin"]
        parsed = parse_vin(text, this_year=9999)
        if parsed.mend_sure:
            said = str(PROBLEM_TEXT[parsed.problems[0]])
            meant = str(_(" Perhaps %(vin)s?") % {"vin": parsed.mended})
            raise ValidationError(said + meant, code="vin")
        return text

    def validate_constraints(self) -> None:
        """The verbs check what is unique, under a lock."""

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in EDITABLE}


class NewVehicleForm(PlateMixin, VehicleForm):
    owner = PartyPick(label=_("Owner"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, PartyPick)
        owner.open_to(user)
        self.fields["plate"].widget.attrs["autofocus"] = True

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = {name: data[name] for name in ("plate", "plate_kind", "take_over", "owner")}
        return {**super().given(), **chosen}


class PlateForm(PlateMixin):
    on = forms.DateField(label=_("Since"), widget=DayInput(), validators=[plausible])
    correction = forms.BooleanField(label=_("The old one was a typing error"), required=False)

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = {name: data[name] for name in ("plate", "on", "take_over", "correction")}
        return {**chosen, "kind": data["plate_kind"]}


class PersonForm(forms.Form):
    """An owner or a driver, with the day since when."""

    party = PartyPick(label=_("Customer"))
    from_date = forms.DateField(label=_("Since"), widget=DayInput(), validators=[plausible])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = self.fields["party"]
        assert isinstance(party, PartyPick)
        party.open_to(user)


class ReadingForm(forms.Form):
    reading = forms.IntegerField(label=_("Reading (km)"), min_value=0)
    read_on = forms.DateField(label=_("Read on"), widget=DayInput(), validators=[plausible])


class MeterForm(forms.Form):
    old_reading = forms.IntegerField(label=_("The old meter's last reading (km)"), min_value=0)
    new_start = forms.IntegerField(
        label=_("The new meter began at (km)"), min_value=0, initial=0
    )
    read_on = forms.DateField(label=_("Changed on"), widget=DayInput(), validators=[plausible])
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)


class CorrectionForm(forms.Form):
    """What the meter really showed; for a meter change also what the old one had shown."""

    event = forms.TypedChoiceField(label=_("Which reading"), coerce=int)
    reading = forms.IntegerField(label=_("Right reading (km)"), min_value=0)
    old_reading = forms.IntegerField(
        label=_("The old meter's last reading (km)"),
        min_value=0,
        required=False,
        help_text=_("Only to correct a meter change."),
    )
    remark = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, chain: Sequence[ChainRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.fields["event"]
        assert isinstance(event, forms.ChoiceField)
        event.choices = [
            (row.event.pk, f"{row.event.read_on.isoformat()} · {kilometres(row.event.reading)} km")
            for row in chain
            if row.counts
        ]


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
