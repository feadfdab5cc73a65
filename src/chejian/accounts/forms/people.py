"""Forms about people: login, roles, staff file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.authority import covers
from chejian.accounts.models import Region, Role, Skill, Staff, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.services.people import RoleAt
from chejian.core.side_by_side import SideBySide

EVERYWHERE = "all"


class LoginFields(forms.Form):
    """How somebody is called and logs in."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=60)
    username = forms.CharField(
        label=_("User name"), max_length=40,
        help_text=_("Letters and digits, as in zhangwei. Used to log in."),
    )
    phone = forms.CharField(
        label=_("Mobile phone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        help_text=_("May be used to log in as well."),
    )


class PersonForm(SideBySide, LoginFields):
    """The same of somebody who is here."""

    class Meta:
        model = User
        fields = ("name", "username", "phone")

    def validate_unique(self) -> None:
        """The verb says whose login it is."""


class GrantForm(forms.Form):
    """A role and the place where it holds; only places that the giver manages are offered."""

    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.order_by("pk"), empty_label=_("Choose a role")
    )
    place = forms.ChoiceField(label=pgettext_lazy("of a role", "Holds at"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = _places(by)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, label) for key, (label, _station, _region) in self.places.items()]

    def role_at(self) -> RoleAt:
        _label, station, region = self.places[self.cleaned_data["place"]]
        return RoleAt(self.cleaned_data["role"], station, region)


class NewPersonForm(LoginFields, GrantForm):
    """A new colleague with the first role."""

    job = forms.CharField(label=_("Job"), max_length=40, required=False)
    number = forms.CharField(
        label=_("Staff number"), max_length=20, required=False,
        help_text=_("Left empty, the next one is taken."),
    )
    field_order = ("name", "username", "phone", "role", "place", "job", "number")


def _places(by: User) -> dict[str, tuple[Any, Station | None, Region | None]]:
    places: dict[str, tuple[Any, Station | None, Region | None]] = {
        f"s{station.pk}": (station.name, station, None)
        for station in Station.objects.filter(pk__in=by.access.stations_with(P.MANAGE_STAFF))
        .order_by("pk")
    }
    for region in Region.objects.prefetch_related("stations").order_by("pk"):
        if covers(by, P.MANAGE_STAFF, None, region):
            label = _("Region %(name)s") % {"name": region.name}
            places[f"r{region.pk}"] = (label, None, region)
    if P.MANAGE_STAFF in by.access.everywhere:
        places[EVERYWHERE] = (_("All stations, also future ones"), None, None)
    return places


class StaffForm(SideBySide):
    """Number, job, qualification, and one level per skill."""

    class Meta:
        model = Staff
        fields = ("number", "job", "certificate", "hired_on", "left_on")
        widgets = {
            "hired_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "left_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(Skill.objects.order_by("pk"))
        has = self.beside(self.instance)
        for skill in self.known:
            name = f"skill_{skill.pk}"
            self.fields[name] = forms.TypedChoiceField(
                label=skill.name, choices=LEVELS, coerce=int, required=False,
                initial=has[name],
            )

    def beside(self, row: Staff) -> dict[str, Any]:
        has = dict(row.skills.values_list("skill_id", "level")) if row.pk else {}
        return {f"skill_{skill.pk}": has.get(skill.pk, 0) for skill in self.known}

    def skill_names(self) -> list[str]:
        return [f"skill_{skill.pk}" for skill in self.known]

    def skills(self) -> dict[Skill, int]:
        """The skills with a level."""
        given = {skill: self.cleaned_data.get(f"skill_{skill.pk}") or 0 for skill in self.known}
        return {skill: level for skill, level in given.items() if level}

    def validate_unique(self) -> None:
        """The verb says whose number it is; two forms at once are its business too."""


LEVELS = [
    (0, "—"),
    (1, _("1 learner")),
    (2, _("2 helps")),
    (3, _("3 works alone")),
    (4, _("4 experienced")),
    (5, _("5 teaches")),
]


class SkillForm(forms.Form):
    name = forms.CharField(label=_("Skill"), max_length=40)


class OwnPasswordForm(forms.Form):
    """Changing one's own password; the first time the old one is not asked for."""

    old = forms.CharField(
        label=_("Old password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"), strip=False,
        help_text=_("At least 8 signs, not digits alone, not your name or phone."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.must_change_password:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return given
