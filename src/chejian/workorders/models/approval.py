"""The customer's approval: who, how, how much, per job, on a frozen copy of what was shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import fields, states
from chejian.core.models import StoredFile
from chejian.workorders.models.lines import JobLine
from chejian.workorders.models.order import WorkOrder


class Authorisation(models.Model):
    """One answer of the customer. Append-only; an edit of an approved job revokes it.

    ``hash`` is taken over the snapshot and the hash of the order's previous answer (X02), so that
    an answer cannot be changed or left out later without being seen.
    """

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        PHONE = "phone", _("Phone")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", _("Text message")
        SIGNATURE = "signature", _("Signature")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="authorisations")
    channel = models.CharField(max_length=12, choices=Channel)
    given_by = models.CharField(max_length=60)
    amount = fields.money()
    note = models.CharField(max_length=200, blank=True)
    signature = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    snapshot = models.JSONField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        triggers = states.append_only("workorders_authorisation")


class AuthorisedJob(models.Model):
    """The answer for one job."""

    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="answers")
    job = models.ForeignKey(JobLine, models.PROTECT, related_name="answers")
    approved = models.BooleanField()
    amount = fields.money()

    class Meta:
        triggers = states.append_only("workorders_authorisedjob")
