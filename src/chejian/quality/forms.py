"""The inspection form: the verdict, and one row per item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chejian.core.side_by_side import SideBySide
from chejian.quality.models import Inspection, InspectionTemplate, Reading
from chejian.quality.services import Measured


class InspectionForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Inspection.Verdict.choices,
                                widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why it failed"), max_length=300, required=False,
                             widget=forms.Textarea(attrs={"rows": 2}))
    road_test_km = forms.DecimalField(label=_("Road test (km)"), min_value=0, max_digits=6,
                                      decimal_places=1, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class ItemRow:
    """One item as it stands in the form: ``state`` is ok, bad, or empty for not looked at."""

    template: InspectionTemplate
    measured: str
    state: str
    reading: Reading | None = None


def item_rows(
    items: Iterable[InspectionTemplate], data: Mapping[str, Any],
    readings: Mapping[str, Reading] | None = None,
) -> list[ItemRow]:
    """The shop's items with what was typed so far, and what the technician measured before."""
    known = readings or {}
    return [
        ItemRow(item, str(data.get(f"measured_{item.pk}", "")),
                str(data.get(f"item_{item.pk}", "")), known.get(item.name))
        for item in items
    ]


def measured_items(rows: Sequence[ItemRow]) -> list[Measured]:
    """Those that were looked at."""
    return [
        Measured(row.template.name, row.state == "ok", row.measured, row.template.standard,
                 row.template.unit)
        for row in rows if row.state in ("ok", "bad")
    ]


class ItemForm(SideBySide):
    """One item of the shop's list."""

    class Meta:
        model = InspectionTemplate
        fields = ("name", "standard", "unit", "at_work", "repair_classes", "position", "active")
        widgets = {"repair_classes": forms.CheckboxSelectMultiple}
        help_texts = {
            "standard": _("Stands beside the measured value, such as ≥ 1.6"),
            "repair_classes": _("None ticked: for every class"),
        }

    def validate_unique(self) -> None:
        """The verb checks the name."""
