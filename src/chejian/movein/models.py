"""Bringing a shop in: import runs, what was found in their rows, and remembered columns."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station, StationOwned, User
from chejian.accounts.permissions import P
from chejian.core import states
from chejian.core.models import StoredFile
from chejian.movein.columns import FileKind
from chejian.movein.findings import SEVERITY_LABELS
from chejian.movein.values import Severity


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> Self:
        """Runs hold whole customer files: only where the person may import."""
        return self.filter(station_id__in=user.access.stations_with(P.IMPORT_DATA))


class ImportRun(StationOwned):
    """One file on its way in: recognised, its columns matched, checked, then imported at once.

    ``choices`` is what a person decided about doubtful stock. ``ceilings`` are the highest ids of
    the tables that may point to what the run made, as of its end: a higher one came after it.
    ``touches`` says what held on to it when it was to be taken back.
    """

    class Status(models.TextChoices):
        RECOGNISED = "recognised", _("Read, to be checked")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=FileKind, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECOGNISED)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    sheets = models.JSONField(default=list)
    ignored_sheets = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    choices: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
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
    batch = models.ForeignKey("ImportBatch", models.PROTECT, null=True, related_name="runs")
    ceilings: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    touches: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-id"], name="imports_of_station")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def busy(self) -> bool:
        at_work = {self.Status.CHECKING, self.Status.IMPORTING, self.Status.UNDOING}
        return self.status in at_work


class ImportRecord(models.Model):
    """What a run did to one row: made it, filled it in, or brought it back. By it a run is undone.

    ``before`` holds the fields as they were, ``version`` the row's version after the run: a higher
    one says that somebody changed it since.
    """

    class Action(models.TextChoices):
        MADE = "made", _("Made")
        FILLED = "filled", _("Filled in")
        REVIVED = "revived", _("Brought back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="records")
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    action = models.CharField(max_length=10, choices=Action, default=Action.MADE)
    version = models.PositiveIntegerField(null=True)
    before: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["run", "model"], name="records_of_run"),
            models.Index(fields=["model", "object_id"], name="records_of_object"),
        ]


class StationBatchQuerySet[M: StationOwned](models.QuerySet[M]):
    """Rows about imports of a station."""

    def visible_to(self, user: User) -> Self:
        return self.filter(station_id__in=user.access.stations_with(P.IMPORT_DATA))


class ImportBatch(StationOwned):
    """Several files taken together: tried as often as wanted, then imported, in the right order.

    ``controls`` are the old system's totals as a person typed them; they come before those of a
    file. ``totals`` and ``proofs`` are what the last trial or the import found in the books.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Not tried yet")
        TRYING = "trying", _("Being tried")
        TRIED = "tried", _("Tried")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)
    controls: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    totals: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    proofs: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    touches: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    trials = models.PositiveIntegerField(default=0)
    seconds = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(null=True)

    objects = StationBatchQuerySet["ImportBatch"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-id"], name="batches_of_station")]

    @property
    def busy(self) -> bool:
        return self.status in {self.Status.TRYING, self.Status.IMPORTING, self.Status.UNDOING}


class ReconciliationSheet(StationOwned):
    """The old system's totals beside ours as somebody signed them off. Frozen from then on."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="sheets")
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_name = models.CharField(_("name"), max_length=60)
    signed_at = models.DateTimeField()

    objects = StationBatchQuerySet["ReconciliationSheet"].as_manager()

    class Meta:
        triggers = states.append_only("movein_reconciliationsheet")


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def visible_to(self, user: User) -> Self:
        """Archives of the stations where the person may move out; those of all need it at all."""
        allowed = user.access.stations_with(P.MOVE_OUT)
        every = not Station.objects.filter(active=True).exclude(pk__in=allowed).exists()
        of_stations = models.Q(station_id__in=allowed)
        return self.filter(of_stations | models.Q(station__isnull=True) if every else of_stations)


class Archive(models.Model):
    """Everything of a station, or of all, as an open archive: asked for, made by the worker."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        DELETED = "deleted", _("Deleted")

    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    with_files = models.BooleanField(_("with photos and papers"), default=True)
    in_clear = models.BooleanField(_("with identity numbers"), default=False)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    stage = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-id"], name="archives_of_station")]

    @property
    def busy(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.WRITING}


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
