"""Bringing a shop in: import runs, what was found in their rows, and remembered columns."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import StationOwned, User
from chejian.accounts.permissions import P
from chejian.core.models import StoredFile
from chejian.movein.columns import FileKind
from chejian.movein.findings import SEVERITY_LABELS
from chejian.movein.values import Severity


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> Self:
        """Runs hold whole customer files: only where the person may import."""
        return self.filter(station_id__in=user.access.stations_with(P.IMPORT_DATA))


class ImportRun(StationOwned):
    """One file on its way in: recognised, its columns matched, checked, then imported at once."""

    class Status(models.TextChoices):
        RECOGNISED = "recognised", _("Read, to be checked")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")
        FAILED = "failed", _("Failed")

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=FileKind, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECOGNISED)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    sheets = models.JSONField(default=list)
    ignored_sheets = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict)
    controls = models.JSONField(default=dict)
    reconciliation = models.JSONField(default=list)
    seconds = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-id"], name="imports_of_station")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def busy(self) -> bool:
        return self.status in {self.Status.CHECKING, self.Status.IMPORTING}


class ImportProgress(models.Model):
    """How far a run is. A table of its own, written from a second connection.

    The import is one transaction: what it writes is seen by nobody until it ends.
    """

    run = models.OneToOneField(ImportRun, models.CASCADE, related_name="progress")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=20, blank=True)


class ImportProblem(models.Model):
    """Something found in one cell of one row, with the mend taken or offered."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=60, blank=True)
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    severity = models.CharField(
        max_length=8, choices=[(value.value, SEVERITY_LABELS[value]) for value in Severity]
    )
    raw = models.CharField(max_length=120, blank=True)
    mend = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "severity", "row"], name="problems_of_run")]


class ColumnMemory(models.Model):
    """How the columns of a file with this header were matched by hand."""

    signature = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=FileKind)
    columns: "models.JSONField[dict[str, Any], dict[str, str]]" = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signature", "kind"], name="one_column_memory")
        ]
