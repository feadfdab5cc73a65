"""Job lines and part lines: what is done, what is used, at which price, and who pays."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.catalog.models import LabourOperation, Part
from chejian.core import fields, states
from chejian.core.lifecycle import StatusChangeBase
from chejian.workorders.models.order import WorkOrder
from chejian.workorders.states import JOB

type OptionalPrice = models.DecimalField[Decimal | None, Decimal | None]


class Payer(models.TextChoices):
    """Who pays a line (X01). ``card`` waits for membership."""

    CUSTOMER = "customer", _("Customer")
    MAKER = "maker", _("Maker")
    INSURER = "insurer", _("Insurer")
    INTERNAL = "internal", _("Internal")
    GOODWILL = "goodwill", _("Goodwill")


@pghistory.track()
class JobLine(models.Model):
    """A job on the order: flat hours at a rate, or a fixed price.

    ``amount`` = round(hours x rate, 2) or the fixed price; ``payable`` = amount - discount.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("job", "To approve")
        AUTHORISED = "authorised", pgettext_lazy("job", "Approved")
        DECLINED = "declined", pgettext_lazy("job", "Declined")
        ASSIGNED = "assigned", pgettext_lazy("job", "Dispatched")
        WORKING = "working", pgettext_lazy("job", "Working")
        PAUSED = "paused", pgettext_lazy("job", "Paused")
        DONE = "done", pgettext_lazy("job", "Done")
        INSPECTED = "inspected", pgettext_lazy("job", "Inspected")
        CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="jobs")
    position = models.PositiveSmallIntegerField(default=0)
    operation = models.ForeignKey(LabourOperation, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    additional = models.BooleanField(default=False)
    found_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    flat_hours = fields.quantity(default=Decimal(0))
    rate = fields.unit_price(default=Decimal(0))
    fixed_price: OptionalPrice = fields.unit_price(null=True)  # type: ignore[assignment]
    list_rate = fields.unit_price(default=Decimal(0))
    list_fixed_price: OptionalPrice = fields.unit_price(null=True)  # type: ignore[assignment]
    overridden_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    amount = fields.money(default=Decimal(0))
    discount = fields.money(default=Decimal(0))
    payer = models.CharField(max_length=10, choices=Payer, default=Payer.CUSTOMER)
    tax_rate = fields.rate(default=Decimal("0.13"))
    comeback_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="comebacks")
    rework = models.BooleanField(default=False)
    pause_reason = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        triggers = [*states.status_triggers(JOB)]
        indexes = [
            models.Index(
                fields=["order"], condition=Q(status__in=["assigned", "working", "paused"]),
                name="jobs_at_hand",
            ),
            models.Index(
                fields=["finished_at"], condition=Q(finished_at__isnull=False),
                name="jobs_by_finish",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(flat_hours__gte=0) & Q(rate__gte=0) & Q(amount__gte=0)
                & Q(discount__gte=0) & Q(discount__lte=F("amount")),
                name="job_figures",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def station_id(self) -> int:
        return self.order.station_id

    @property
    def payable(self) -> Decimal:
        return self.amount - self.discount


class JobStatusChange(StatusChangeBase):
    """Who moved the job, from where to where, and why."""

    job = models.ForeignKey(JobLine, models.PROTECT, related_name="changes")

    class Meta:
        triggers = states.append_only("workorders_jobstatuschange")


@pghistory.track()
class PartLine(models.Model):
    """A part on a job: wanted, issued, billed. ``issued`` and ``cost`` are checked copies."""

    job = models.ForeignKey(JobLine, models.PROTECT, related_name="parts")
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="part_lines")
    position = models.PositiveSmallIntegerField(default=0)
    part = models.ForeignKey(Part, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)
    number = models.CharField(max_length=40, blank=True)
    brand = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=16, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    customer_supplied = models.BooleanField(default=False)
    quantity = fields.quantity(default=Decimal(1))
    unit_price = fields.unit_price(default=Decimal(0))
    list_price = fields.unit_price(default=Decimal(0))
    overridden_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    amount = fields.money(default=Decimal(0))
    discount = fields.money(default=Decimal(0))
    payer = models.CharField(max_length=10, choices=Payer, default=Payer.CUSTOMER)
    tax_rate = fields.rate(default=Decimal("0.13"))
    issued = fields.quantity(default=Decimal(0))
    cost = fields.money(default=Decimal(0))
    cancelled = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0) & Q(unit_price__gte=0) & Q(amount__gte=0)
                & Q(discount__gte=0) & Q(discount__lte=F("amount")) & Q(issued__gte=0)
                & Q(cost__gte=0),
                name="part_line_figures",
            ),
            models.CheckConstraint(
                condition=Q(part__isnull=False) | Q(customer_supplied=True),
                name="part_or_customer_supplied",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def payable(self) -> Decimal:
        return self.amount - self.discount


class LineShare(models.Model):
    """A split of one line among payers, by rate. The rates of a line sum to one.

    Lines without rows are paid whole by their ``payer``. The last share takes the rest in fen.
    """

    job = models.ForeignKey(JobLine, models.CASCADE, null=True, related_name="shares")
    part_line = models.ForeignKey(PartLine, models.CASCADE, null=True, related_name="shares")
    payer = models.CharField(max_length=10, choices=Payer)
    rate = fields.rate()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(job__isnull=False, part_line__isnull=True)
                | Q(job__isnull=True, part_line__isnull=False),
                name="share_of_one_line",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0) & Q(rate__lte=1), name="share_rate"),
            models.UniqueConstraint(fields=["job", "payer"], name="one_share_of_job"),
            models.UniqueConstraint(fields=["part_line", "payer"], name="one_share_of_part"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sum_one",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("total", "numeric"), ("jid", "bigint"), ("pid", "bigint")],
                func=(
                    "jid := COALESCE(NEW.job_id, OLD.job_id); "
                    "pid := COALESCE(NEW.part_line_id, OLD.part_line_id); "
                    "SELECT sum(rate) INTO total FROM workorders_lineshare "
                    "WHERE job_id = jid OR part_line_id = pid; "
                    "IF total IS NOT NULL AND total <> 1 THEN RAISE EXCEPTION "
                    "'shares of a line sum to %', total USING ERRCODE='check_violation', "
                    "CONSTRAINT='shares_sum_to_one'; END IF; RETURN NULL;"
                ),
            )
        ]
