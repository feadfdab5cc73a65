"""What is typed on the pages of the move-in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.movein.choices import USUAL_RATE, Negative, NoCost, StockChoices
from chejian.movein.columns import FileKind
from chejian.movein.reading import MAX_BYTES
from chejian.movein.reconcile import METRICS, MONEY

MOST_FILES = 10
SUFFIXES = ".csv,.txt,.tsv,.xlsx,.xls,.xlsm,.ods"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is cleaned like a single one."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data or [None]
        return [super(FilesField, self).clean(one, initial) for one in given]


class UploadForm(forms.Form):
    """Files of the old system; nothing is imported by sending them."""

    uploads = FilesField(label=_("Files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].widget.attrs.update({"accept": SUFFIXES, "multiple": True})

    def clean_uploads(self) -> "list[UploadedFile[Any]]":
        files: list[UploadedFile[Any]] = self.cleaned_data["uploads"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most ten files at once."))
        if any((file.size or 0) > MAX_BYTES for file in files):
            raise forms.ValidationError(_("A file is larger than 50 MB."))
        return files


class ControlsForm(forms.Form):
    """The old system's totals, typed; what is left empty is not compared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for metric, label in METRICS.items():
            places = 2 if metric in MONEY else 0
            self.fields[metric] = forms.DecimalField(
                label=str(label), required=False, max_digits=14, decimal_places=places
            )

    def controls(self) -> dict[str, Decimal]:
        return {
            metric: figure for metric, figure in self.cleaned_data.items() if figure is not None
        }


class SignatureForm(forms.Form):
    """Who vouches for the reconciliation sheet."""

    name = forms.CharField(label=_("Signed by"), max_length=60)
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )


class ChoicesForm(forms.Form):
    """What is to be done about doubtful stock. Counted quantities come as ``q-<row>-<sheet>``."""

    negative = forms.ChoiceField(label=_("Stock below zero"), choices=Negative.choices)
    no_cost = forms.ChoiceField(label=_("Stock without a cost"), choices=NoCost.choices)
    rate = forms.DecimalField(
        label=_("Share of the retail price in percent"), min_value=1, max_value=100,
        decimal_places=2, required=False,
    )

    def chosen(self, data: Mapping[str, str]) -> StockChoices:
        """Raises ValidationError for a count that is no quantity."""
        given = self.cleaned_data
        rate = given["rate"]
        return StockChoices(
            given["negative"], given["no_cost"], rate / 100 if rate else USUAL_RATE,
            _counted(data),
        )


def _counted(data: Mapping[str, str]) -> dict[tuple[str, int], Decimal]:
    found: dict[tuple[str, int], Decimal] = {}
    for name, text in data.items():
        if not name.startswith("q-") or not text.strip():
            continue
        _q, row, sheet = name.split("-", 2)
        figure = forms.DecimalField(min_value=0, max_digits=12, decimal_places=3).clean(text)
        if row.isdecimal() and figure is not None:
            found[sheet, int(row)] = figure
    return found


class ArchiveForm(forms.Form):
    """What goes into an archive. All stations, and numbers in clear, only for whom they may."""

    scope = forms.ChoiceField(label=_("What"))
    with_files = forms.BooleanField(label=_("with photos and papers"), required=False, initial=True)
    in_clear = forms.BooleanField(
        label=_("with identity, bank and tax numbers in clear"), required=False
    )

    def __init__(self, *args: Any, user: User, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._station = station
        scopes = [("station", str(_("Everything of %(station)s") % {"station": station.name}))]
        others = Station.objects.filter(active=True).exclude(pk=station.pk)
        ids = list(others.values_list("pk", flat=True))
        if ids and all(user.can_at(P.MOVE_OUT, pk) for pk in ids):
            scopes.append(("all", str(_("Everything of all stations"))))
        field: Any = self.fields["scope"]
        field.choices = scopes
        if not user.can_at(P.SEE_IDENTITY, station.pk):
            del self.fields["in_clear"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given.setdefault("in_clear", False)
        return given

    def asked(self) -> Station | None:
        """None stands for all stations."""
        return self._station if self.cleaned_data["scope"] == "station" else None


class ColumnsForm(forms.Form):
    """What the file is about, where its header stands, and which column means what.

    Columns come as ``c-<sheet>-<column>``.
    """

    kind = forms.ChoiceField(
        label=_("What the file is about"),
        choices=[(kind.value, kind.label) for kind in FileKind if kind is not FileKind.CONTROLS],
    )
    header_row = forms.IntegerField(
        label=_("Row of the header"), required=False, min_value=1, max_value=200
    )

    def chosen(self, data: Mapping[str, str]) -> dict[int, dict[str, str]]:
        """By sheet: column number to field, without those not taken."""
        found: dict[int, dict[str, str]] = {}
        for name, field in data.items():
            parts = name.split("-")
            numbers = len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal()
            if numbers and parts[0] == "c":
                found.setdefault(int(parts[1]), {})
                if field:
                    found[int(parts[1])][str(int(parts[2]))] = field
        return found
