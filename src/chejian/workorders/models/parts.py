"""Requests, issues and returns of parts: each issue points down at its stock move."""

import uuid

from django.db import models
from django.db.models import Q

from chejian.accounts.models import User
from chejian.core import fields, states
from chejian.inventory.models import StockMove, StockReservation, Warehouse
from chejian.workorders.models.lines import PartLine


class PartsRequest(models.Model):
    """领料申请: pieces of one line asked of the store, reserved as far as there are any."""

    line = models.ForeignKey(PartLine, models.PROTECT, related_name="requests")
    reservation = models.OneToOneField(StockReservation, models.PROTECT, related_name="+")
    quantity = fields.quantity()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    fulfilled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="request_positive")
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=Q(fulfilled_at__isnull=True, cancelled_at__isnull=True),
                name="open_requests",
            )
        ]


class PartIssue(models.Model):
    """领料: pieces that left the store for a line, at the cost the move took."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    line = models.ForeignKey(PartLine, models.PROTECT, related_name="issues")
    request = models.ForeignKey(PartsRequest, models.PROTECT, null=True, related_name="issues")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    move = models.OneToOneField(StockMove, models.PROTECT, related_name="+")
    quantity = fields.quantity()
    cost = fields.money()
    receiver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("workorders_partissue")
        indexes = [models.Index(fields=["warehouse", "issued_at"], name="issues_of_day")]


class PartReturn(models.Model):
    """退料: pieces given back from an issue, at that issue's own cost."""

    issue = models.ForeignKey(PartIssue, models.PROTECT, related_name="returns")
    move = models.OneToOneField(StockMove, models.PROTECT, related_name="+")
    quantity = fields.quantity()
    cost = fields.money()
    reason = models.CharField(max_length=100, blank=True)
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("workorders_partreturn")
