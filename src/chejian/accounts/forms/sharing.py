"""Who else may use what a person keeps: the three fields of every such form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.accounts.export_models import ExportTemplate
from chejian.accounts.models import Role, Station, User
from chejian.accounts.sharing import Visibility, roles_of
from chejian.core.exports import Format


class SharingForm(forms.Form):
    """Name and visibility; roles and stations are the person's own."""

    name = forms.CharField(label=_("Name"), max_length=60)
    visibility = forms.ChoiceField(
        label=_("Who may use it"), choices=Visibility.choices, initial=Visibility.PRIVATE
    )
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.none(), required=False,
        empty_label=_("Choose a role"),
    )
    station = forms.ModelChoiceField(
        label=_("Station"), queryset=Station.objects.none(), required=False,
        empty_label=_("Choose a station"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, station = self.fields["role"], self.fields["station"]
        assert isinstance(role, forms.ModelChoiceField)
        assert isinstance(station, forms.ModelChoiceField)
        role.queryset = Role.objects.filter(code__in=roles_of(user)).order_by("pk")
        station.queryset = Station.objects.filter(pk__in=user.access.station_ids).order_by("pk")

    def clean(self) -> dict[str, Any]:
        """Sharing with a role needs the role, with a station the station."""
        given = super().clean() or {}
        kind = given.get("visibility")
        if kind in (Visibility.ROLE, Visibility.STATION) and not given.get(kind):
            self.add_error(kind, _("Please choose one."))
        return given


class TemplateForm(SharingForm):
    """An export template; its columns are read beside the form."""

    form = forms.ChoiceField(
        label=_("Format"), choices=[(Format.XLSX, "Excel"), (Format.CSV, "CSV")]
    )

    @classmethod
    def of(cls, template: ExportTemplate | None, data: Any, user: User) -> "TemplateForm":
        if template is None:
            return cls(data, user=user, initial={"form": Format.XLSX})
        initial = {
            "name": template.name, "form": template.form, "visibility": template.visibility,
            "role": template.role_id, "station": template.station_id,
        }
        return cls(data, user=user, initial=initial)
