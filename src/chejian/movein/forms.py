"""What is typed on the pages of the move-in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chejian.movein.columns import FileKind
from chejian.movein.reading import MAX_BYTES

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
