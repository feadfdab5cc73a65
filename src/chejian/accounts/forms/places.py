"""Forms about the organisation, its stations, teams and bays."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Bay, Organisation, Region, Station, Team, User
from chejian.core.side_by_side import SideBySide

DATA = (
    "name", "region", "legal_name", "uscc", "permit", "contact", "phone", "address", "bank",
    "hours_standard", "dispute_terms", "round_off_unit", "follow_up_days",
    "allow_self_inspection",
)


class StationForm(SideBySide):
    """A station's data as they stand at the head of its papers."""

    class Meta:
        model = Station
        fields: tuple[str, ...] = (*DATA, "active")
        widgets = {"dispute_terms": forms.Textarea(attrs={"rows": 3})}
        labels = {"active": _("open")}
        help_texts = {
            "legal_name": _("As in the business licence. Stands on every paper."),
            "permit": _("Number of the filing as a motor vehicle repairer."),
            "allow_self_inspection": _(
                "For a one-man shop: the technician may inspect his own work, which is recorded. "
                "Never for second-class maintenance, assembly or whole-vehicle repair."
            ),
            "active": _("A closed station is seen by nobody; its documents stay."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        region.empty_label = _("Choose a region")


class NewStationForm(StationForm):
    """The same with the code, which stays for ever."""

    code = forms.CharField(
        label=_("Code"), max_length=4,
        help_text=_("1 to 4 capital letters or digits: stands in every document number and stays."),
    )

    class Meta(StationForm.Meta):
        fields: tuple[str, ...] = DATA

    field_order = ("code", *DATA)


class RegionForm(SideBySide):
    """The code of a new one stays; later only its name is changed."""

    code = forms.CharField(label=_("Code"), max_length=8)
    name = forms.CharField(label=_("Name"), max_length=60)

    class Meta:
        model = Region
        fields = ("code", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["code"]

    def validate_unique(self) -> None:
        """The verb says whose code it is."""


class OrganisationForm(SideBySide):
    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language of new screens"), choices=settings.LANGUAGES,
        help_text=_("Everybody may choose another for himself."),
    )

    class Meta:
        model = Organisation
        fields = ("name", "language")


class TeamForm(SideBySide):
    class Meta:
        model = Team
        fields = ("name", "leader", "members")
        widgets = {"members": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, station_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = people_at(station_id)
        for name in ("leader", "members"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = here
            if name == "leader":
                field.empty_label = _("nobody yet")


class BayForm(SideBySide):
    class Meta:
        model = Bay
        fields = ("name", "kind", "active")
        help_texts = {"kind": _("Lift, alignment stand, paint booth …")}


def people_at(station_id: int) -> Any:
    """Active people with any role at the station, for choices."""
    return (
        User.objects.filter(is_active=True, assignments__station=station_id)
        .distinct()
        .order_by("name_key", "pk")
    )
