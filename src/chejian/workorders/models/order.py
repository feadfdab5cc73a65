"""The order itself: who, which car, when, and the facts that other apps have written on it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Self

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import StationOwned, User
from chejian.accounts.permissions import P
from chejian.catalog.models import RepairClass, RepairType
from chejian.core import fields, states
from chejian.core.lifecycle import StatusChangeBase
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.workorders.states import WORK_ORDER


def reach_of(user: User) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Stations where he sees all orders, and those where he sees his own only."""
    whole = user.access.stations_with(P.VIEW_ORDERS)
    own = [pk for pk in user.access.stations_with(P.VIEW_OWN_ORDERS) if pk not in whole]
    return tuple(whole), tuple(own)


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, user: User) -> Self:
        """All orders of the stations where he may see all; his own where he sees only those."""
        return self.within(user.pk, *reach_of(user))

    def within(self, user_id: int, whole: Collection[int], own: Collection[int]) -> Self:
        """All orders of the stations ``whole``, his own of the stations ``own``."""
        if not own:
            return self.filter(station_id__in=whole)
        mine = self.model._base_manager.filter(jobs__assignments__technician=user_id).values("pk")
        return self.filter(
            models.Q(station_id__in=whole) | models.Q(station_id__in=own, pk__in=mine)
        )


#: sums of the lines, whose own history is kept
TOTALS = ["labour_total", "parts_total", "discount_total", "total", "customer_total",
          "proposed_total"]


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=TOTALS))
)
class WorkOrder(StationOwned):
    """委托修理单. ``status`` is written by the transition alone.

    The totals are checked copies of its lines: labour and parts of approved jobs, all deductions
    (discounts of lines and order, 抹零), their difference, the customer's part of it; beside them
    what still waits for approval. ``cleared`` and ``deposit_held`` are facts that billing writes;
    ``walkaround_settled`` is true once signed or waived; ``discount_approved`` says that the
    present deductions were within the limit of whoever gave them. The history has no row for a
    change of the totals alone.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("work order", "Draft")
        RECEIVED = "received", pgettext_lazy("work order", "Received")
        IN_PROGRESS = "in_progress", pgettext_lazy("work order", "In repair")
        ON_HOLD = "on_hold", pgettext_lazy("work order", "On hold")
        PENDING_INSPECTION = "pending_inspection", pgettext_lazy("work order", "To inspect")
        COMPLETED = "completed", pgettext_lazy("work order", "Completed")
        SETTLED = "settled", pgettext_lazy("work order", "Settled")
        DELIVERED = "delivered", pgettext_lazy("work order", "Delivered")
        CLOSED = "closed", pgettext_lazy("work order", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("work order", "Void")

    class Priority(models.IntegerChoices):
        SAFETY = 1, _("Safety")
        URGENT = 2, _("Urgent")
        NORMAL = 3, _("Normal")
        COSMETIC = 4, _("Cosmetic")

    class OldParts(models.TextChoices):
        TAKE = "take", _("Customer takes them")
        LEAVE = "leave", _("Left with the shop")
        NONE = "none", _("None")

    class HoldReason(models.TextChoices):
        PARTS = "parts", _("Waiting for parts")
        CUSTOMER = "customer", _("Waiting for the customer")
        OUTSOURCED = "outsourced", _("Outsourced work")
        OTHER = "other", _("Other")

    number = models.CharField(max_length=24, unique=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    repair_type = models.ForeignKey(RepairType, models.PROTECT, related_name="+")
    repair_class = models.ForeignKey(RepairClass, models.PROTECT, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="work_orders")
    plate = models.CharField(max_length=20, blank=True)
    plate_kind = models.CharField(max_length=4, blank=True)
    customer = models.ForeignKey(Party, models.PROTECT, related_name="work_orders")
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    adviser = models.ForeignKey(User, models.PROTECT, related_name="+")
    labour_class = models.CharField(max_length=10, default="QITA")
    price_level = models.CharField(max_length=10, default="retail")
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    odometer_in = models.PositiveIntegerField(null=True)
    odometer_out = models.PositiveIntegerField(null=True)
    fuel_percent = models.PositiveSmallIntegerField(null=True)
    charge_percent = models.PositiveSmallIntegerField(null=True)
    old_parts = models.CharField(max_length=6, choices=OldParts, default=OldParts.LEAVE)
    hold_reason = models.CharField(max_length=12, choices=HoldReason, blank=True)
    rework_round = models.PositiveSmallIntegerField(default=0)
    inspection_passed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    self_inspected = models.BooleanField(default=False)
    walkaround_settled = models.BooleanField(default=False)
    cleared = models.BooleanField(default=False)
    deposit_held = fields.money(default=Decimal(0))
    comeback_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="comebacks")
    order_discount = fields.money(default=Decimal(0))
    round_off = fields.money(default=Decimal(0))
    discount_approved = models.BooleanField(default=False)
    labour_total = fields.money(default=Decimal(0))
    parts_total = fields.money(default=Decimal(0))
    discount_total = fields.money(default=Decimal(0))
    total = fields.money(default=Decimal(0))
    customer_total = fields.money(default=Decimal(0))
    proposed_total = fields.money(default=Decimal(0))
    remarks = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        triggers = [*states.status_triggers(WORK_ORDER)]
        indexes = [
            models.Index(fields=["station", "-id"], name="orders_of_station"),
            models.Index(fields=["station", "status", "-id"], name="orders_by_status"),
            models.Index(fields=["station", "plate", "id"], name="orders_by_plate"),
            models.Index(fields=["station", "opened_at", "id"], name="orders_by_opening"),
            models.Index(fields=["station", "total", "id"], name="orders_by_total"),
            models.Index(fields=["station", "priority", "id"], name="orders_by_priority"),
            models.Index(
                fields=["station", "delivered_at"],
                condition=models.Q(delivered_at__isnull=False), name="orders_by_delivery",
            ),
            models.Index(
                fields=["station", "settled_at"],
                condition=models.Q(settled_at__isnull=False, cleared=False),
                name="orders_to_collect",
            ),
            models.Index(fields=["vehicle", "-id"], name="orders_of_vehicle"),
            models.Index(fields=["customer", "-id"], name="orders_of_customer"),
            models.Index(
                fields=["station", "promised_at"],
                condition=~models.Q(status__in=["delivered", "closed", "cancelled"]),
                name="open_orders_by_promise",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(order_discount__gte=0)
                & models.Q(round_off__gte=0)
                & models.Q(deposit_held__gte=0),
                name="order_deductions_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    total=models.F("labour_total") + models.F("parts_total")
                    - models.F("discount_total")
                ),
                name="order_total_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StatusChange(StatusChangeBase):
    """Who moved the order, from where to where, and why."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="changes")

    class Meta:
        triggers = states.append_only("workorders_statuschange")


class Concern(models.Model):
    """What the customer says: the symptom, when, how often (A06), and what was found."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="concerns")
    text = models.CharField(_("what the customer says"), max_length=300)
    when = models.CharField(_("when it happens"), max_length=80, blank=True)
    how_often = models.CharField(_("how often"), max_length=40, blank=True)
    diagnosis = models.CharField(_("finding"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class HoldPeriod(models.Model):
    """Time on hold is kept, with its reason."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=12, choices=WorkOrder.HoldReason)
    note = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(ended_at__isnull=True), name="one_open_hold"
            )
        ]
