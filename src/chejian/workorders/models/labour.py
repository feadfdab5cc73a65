"""Who works on a job, with which share, and the clock."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q

from chejian.accounts.models import Team, User
from chejian.core import fields
from chejian.workorders.models.lines import JobLine


class Assignment(models.Model):
    """A technician on a job; the shares of a job sum to one (the last takes the rest)."""

    job = models.ForeignKey(JobLine, models.PROTECT, related_name="assignments")
    technician = models.ForeignKey(User, models.PROTECT, related_name="job_assignments")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    share = fields.rate(default=Decimal(1))
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "technician"], name="one_assignment_per_job"),
            models.CheckConstraint(condition=Q(share__gt=0) & Q(share__lte=1), name="share_part"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sum_one",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("total", "numeric")],
                func=(
                    "SELECT sum(share) INTO total FROM workorders_assignment "
                    "WHERE job_id = COALESCE(NEW.job_id, OLD.job_id); "
                    "IF total IS NOT NULL AND total <> 1 THEN RAISE EXCEPTION "
                    "'shares of a job sum to %', total USING ERRCODE='check_violation', "
                    "CONSTRAINT='assignment_shares_sum_to_one'; END IF; RETURN NULL;"
                ),
            )
        ]


class TimeEntry(models.Model):
    """Clocked time of one technician on one job. He has one open clock at most."""

    job = models.ForeignKey(JobLine, models.PROTECT, related_name="time_entries")
    technician = models.ForeignKey(User, models.PROTECT, related_name="time_entries")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=80, blank=True)
    rework = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["technician"], condition=Q(ended_at__isnull=True), name="one_open_clock"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="clock_runs_forward",
            ),
        ]
