"""Exports that the worker makes, and saved templates of columns (模板化导出)."""

import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.sharing import Shareable, SharedQuerySet, check_shared
from chejian.core.exports import Format


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    def visible_to(self, user: Any) -> Self:
        """Only his own: the file holds what he may see, which another may not."""
        return self.filter(owner=user)


class ExportJob(models.Model):
    """One long export: what was asked, how far it is, and until when the file is kept.

    ``query`` is the address query of the list; the worker reads it again as the owner, so that
    nothing gets into the file that he would not see. ``place`` is the file's name on the disk.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", pgettext_lazy("export", "Failed")
        EXPIRED = "expired", _("Expired")

    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    station = models.ForeignKey("accounts.Station", models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    form = models.CharField(max_length=4, choices=[(one.value, one.value) for one in Format])
    query = models.TextField(blank=True)
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    place = models.UUIDField(default=uuid.uuid4, unique=True)
    error = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="exports_of_person"),
            models.Index(
                fields=["expires_at"], condition=models.Q(status="done"), name="exports_to_expire"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def busy(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


class ExportTemplate(Shareable):
    """Columns of a list in a person's own order, under his own headings.

    ``columns`` is a list of ``{"key": …, "label": …}``; an empty label keeps ours.
    """

    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(max_length=60)
    form = models.CharField(
        _("format"), max_length=4, default=Format.XLSX.value,
        choices=[(Format.XLSX.value, "Excel"), (Format.CSV.value, "CSV")],
    )
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    objects = SharedQuerySet["ExportTemplate"].as_manager()

    class Meta:
        constraints = [check_shared("export_template_shared")]
        indexes = [models.Index(fields=["source", "owner"], name="export_templates_of_list")]

    def __str__(self) -> str:
        return self.name
