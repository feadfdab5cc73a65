"""Double-entry books: entries whose postings sum to zero, by the database's own check."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import StationOwned, StationQuerySet, User
from chejian.core import fields, states
from chejian.parties.models import Party

SUM_ZERO = """
SELECT sum(amount) INTO total FROM books_posting WHERE entry_id = NEW.entry_id;
IF total <> 0 THEN
    RAISE EXCEPTION 'entry % does not balance: %', NEW.entry_id, total
    USING ERRCODE='check_violation', CONSTRAINT='books_sum_zero';
END IF;
RETURN NULL;
"""


OPEN_PERIOD = """
IF EXISTS (SELECT 1 FROM books_periodclose WHERE station_id = NEW.station_id
    AND month >= date_trunc('month', NEW.occurred_on)) THEN
    RAISE EXCEPTION 'the month of % is closed', NEW.occurred_on
    USING ERRCODE='check_violation', CONSTRAINT='books_period_open';
END IF;
RETURN NEW;
"""


class Account(models.Model):
    """An account of the chart, numbered after 小企业会计准则; the name is the shop's own."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        COST = "cost", _("Cost")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalEntry(StationOwned):
    """One event in the books, with the number of the document behind it. Append-only."""

    kind = models.CharField(max_length=30)
    label = models.CharField(max_length=60)
    occurred_on = models.DateField()
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = [
            *states.append_only("books_journalentry"),
            pgtrigger.Trigger(
                name="open_period",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OPEN_PERIOD,
            ),
        ]
        indexes = [models.Index(fields=["station", "-occurred_on", "-id"], name="entries_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class Posting(models.Model):
    """An amount on one account: debit positive, credit negative. Append-only."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings")
    amount = fields.money()
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    memo = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="posting_not_zero")
        ]
        triggers = [
            *states.append_only("books_posting"),
            pgtrigger.Trigger(
                name="sum_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("total", "numeric")],
                func=SUM_ZERO,
            ),
        ]
        indexes = [models.Index(fields=["account", "party"], name="postings_by_party")]


class PeriodClose(StationOwned):
    """A closed month: nothing may be posted into it any more."""

    month = models.DateField(_("month"))
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "month"], name="one_close_per_month")
        ]


class LedgerSum(StationOwned):
    """What postings moved on an account on a day, and in a month: a copy beside the ledger.

    It holds every entry up to the mark (``LedgerMark``), whatever day the entry is of, and none
    after it; a reader adds the few postings after the mark in the same statement. Days and months
    both, so that years are read as months and only the month of a limit day by day.
    ``books.summing`` alone writes here; ``chejian check`` adds the ledger up again.
    """

    class Grain(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    grain = models.CharField(max_length=5, choices=Grain)
    starts_on = models.DateField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    debit = models.DecimalField(max_digits=18, decimal_places=2)
    credit = models.DecimalField(max_digits=18, decimal_places=2)

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "grain", "starts_on", "account"], name="one_sum_per_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.grain} {self.starts_on} {self.account_id}"


class LedgerMark(models.Model):
    """Up to which entry the sums go: one row. What was committed never goes back."""

    upto = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.upto)
