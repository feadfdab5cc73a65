"""Inspection: results never change; a failure opens a rework round."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import StationOwned, StationQuerySet, User
from chejian.catalog.models import RepairClass
from chejian.core import states
from chejian.workorders.models import JobLine, WorkOrder


class InspectionTemplate(models.Model):
    """What is measured at the final inspection, with its standard (C01)."""

    name = models.CharField(_("item"), max_length=60, unique=True)
    standard = models.CharField(_("standard"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    at_work = models.BooleanField(_("measured by the technician too"), default=False)
    repair_classes = models.ManyToManyField(
        RepairClass, verbose_name=_("repair classes"), blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Inspection(StationOwned):
    """One inspection of an order in one round."""

    class Verdict(models.TextChoices):
        PASSED = "passed", pgettext_lazy("inspection", "Passed")
        FAILED = "failed", pgettext_lazy("inspection", "Failed")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="inspections")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=300, blank=True)
    road_test_km = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    self_inspection = models.BooleanField(default=False)
    inspector = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("quality_inspection")
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="one_inspection_per_round")
        ]


class InspectionItem(models.Model):
    """One measured item."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="items")
    name = models.CharField(max_length=60)
    standard = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    measured = models.CharField(max_length=40, blank=True)
    passed = models.BooleanField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        triggers = states.append_only("quality_inspectionitem")


class Reading(models.Model):
    """A value that a technician measured at his job, before the final inspection."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="readings")
    job = models.ForeignKey(JobLine, models.PROTECT, related_name="readings")
    name = models.CharField(max_length=60)
    standard = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    measured = models.CharField(max_length=40)
    passed = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = states.append_only("quality_reading")

    def __str__(self) -> str:
        return f"{self.name} {self.measured} {self.unit}".strip()


class Certificate(StationOwned):
    """竣工出厂合格证 (T2): numbered, for classes that need one.

    An order that was reopened and passed again gets a new one; the newest is in force.
    """

    number = models.CharField(max_length=24, unique=True)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="certificates")
    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="certificate")
    issued_on = models.DateField()

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("quality_certificate")
