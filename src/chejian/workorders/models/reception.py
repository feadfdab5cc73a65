"""The walk-around of the car with marks, photos and the customer's signature."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.models import StoredFile
from chejian.workorders.models.lines import JobLine
from chejian.workorders.models.order import WorkOrder


class Walkaround(models.Model):
    """环检单: the car as it came in. Settled once signed, or waived with a reason."""

    order = models.OneToOneField(WorkOrder, models.PROTECT, related_name="walkaround")
    body = models.CharField(max_length=8, default="sedan")
    belongings = models.CharField(_("valuables and belongings"), max_length=300, blank=True)
    interior = models.CharField(_("interior"), max_length=200, blank=True)
    warning_lamps = models.CharField(_("warning lamps"), max_length=200, blank=True)
    tyres = models.CharField(_("tyres"), max_length=200, blank=True)
    spare_and_tools = models.BooleanField(_("spare wheel and tools present"), default=True)
    documents = models.CharField(_("documents"), max_length=100, blank=True)
    test_drive_agreed = models.BooleanField(_("test drive agreed"), default=True)
    wash = models.BooleanField(_("wash the car"), default=False)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    signed_name = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True)
    waived_reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()


class WalkaroundMark(models.Model):
    """A mark on a panel of the drawing: relative place on that panel, kind, note."""

    class Kind(models.TextChoices):
        SCRATCH = "scratch", _("Scratch")
        DENT = "dent", _("Dent")
        BROKEN = "broken", _("Broken")
        RUST = "rust", _("Rust")

    walkaround = models.ForeignKey(Walkaround, models.CASCADE, related_name="marks")
    panel = models.CharField(max_length=30)
    x = models.DecimalField(max_digits=5, decimal_places=4)
    y = models.DecimalField(max_digits=5, decimal_places=4)
    kind = models.CharField(max_length=8, choices=Kind)
    note = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(x__gte=0) & Q(x__lte=1) & Q(y__gte=0) & Q(y__lte=1), name="mark_place"
            )
        ]


class OrderPhoto(models.Model):
    """A photo or video of the order, at a stage of the work, perhaps of a mark, concern or job."""

    class Stage(models.TextChoices):
        RECEPTION = "reception", _("Reception")
        REPAIR = "repair", _("Repair")
        INSPECTION = "inspection", _("Inspection")
        DELIVERY = "delivery", _("Delivery")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    poster = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage)
    caption = models.CharField(max_length=80, blank=True)
    job = models.ForeignKey(JobLine, models.PROTECT, null=True, related_name="photos")
    mark = models.ForeignKey(WalkaroundMark, models.SET_NULL, null=True, related_name="photos")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
