"""What leaves with the car: the delivery, the guarantee, the papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import StationOwned, StationQuerySet, User
from chejian.catalog.models import RepairClass
from chejian.core import states
from chejian.core.models import StoredFile
from chejian.vehicles.models import Vehicle
from chejian.workorders.models.lines import JobLine
from chejian.workorders.models.order import WorkOrder


class Delivery(models.Model):
    """交车: exit reading, papers and old parts handed over, who collected the car."""

    order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="delivery")
    odometer_out = models.PositiveIntegerField()
    papers = models.JSONField(default=list)
    old_parts_given = models.BooleanField(default=False)
    collected_by = models.CharField(max_length=60)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("workorders_delivery")


class Guarantee(StationOwned):
    """Repair guarantee of one job: kilometres or days from the exit, whichever ends first."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="guarantees")
    job = models.OneToOneField(JobLine, models.PROTECT, related_name="guarantee")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="guarantees")
    repair_class = models.ForeignKey(RepairClass, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    from_date = models.DateField()
    until_date = models.DateField()
    from_total_km = models.PositiveIntegerField()
    until_total_km = models.PositiveIntegerField()

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("workorders_guarantee")
        indexes = [models.Index(fields=["vehicle", "until_date"], name="guarantees_of_vehicle")]


class OrderPaper(models.Model):
    """A paper of the order: asked for in the request, made by the worker, kept as a file."""

    class Kind(models.TextChoices):
        REPAIR_ORDER = "repair_order", _("Repair order")
        WALKAROUND = "walkaround", _("Walk-around sheet")
        SETTLEMENT = "settlement", _("Settlement list")
        CERTIFICATE = "certificate", _("Completion certificate")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=14, choices=Kind)
    subject_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    error = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
