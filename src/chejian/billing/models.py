"""Settlement by payer, receivables, collection, deposits, refunds. Frozen papers, never edited."""

import uuid
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import StationOwned, StationQuerySet, User
from chejian.books.models import JournalEntry
from chejian.core import fields, states
from chejian.parties.models import Party
from chejian.workorders.models import WorkOrder


class Settlement(StationOwned):
    """结算单 of one payer: a frozen copy of his shares. A reversal is a document of its own.

    payable = gross - line_discount - order_discount - round_off, and net + tax = payable.
    A reversal carries the same figures with a minus.
    """

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("Settlement")
        REVERSAL = "reversal", _("Reversal")

    number = models.CharField(max_length=24, unique=True)
    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SETTLEMENT)
    round = models.PositiveSmallIntegerField(default=1)
    payer = models.CharField(max_length=10)
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    head = models.JSONField(default=dict)
    gross = fields.money()
    line_discount = fields.money(default=Decimal(0))
    order_discount = fields.money(default=Decimal(0))
    round_off = fields.money(default=Decimal(0))
    payable = fields.money()
    net = fields.money()
    tax = fields.money()
    cost = fields.money(default=Decimal(0))
    reason = models.CharField(max_length=200, blank=True)
    settled_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("billing_settlement")
        indexes = [
            models.Index(fields=["order", "id"], name="settlements_of_order"),
            models.Index(fields=["station", "-id"], name="settlements_of_station"),
            models.Index(fields=["station", "settled_on"], name="settlements_of_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payable=F("gross") - F("line_discount") - F("order_discount")
                            - F("round_off")),
                name="payable_adds_up",
            ),
            models.CheckConstraint(condition=Q(payable=F("net") + F("tax")), name="tax_adds_up"),
        ]

    def __str__(self) -> str:
        return self.number


class SettlementLine(models.Model):
    """A frozen line of a settlement."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8)  # labour or part
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=40, blank=True)
    brand = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=16, blank=True)
    customer_supplied = models.BooleanField(default=False)
    quantity = fields.quantity()
    unit = models.CharField(max_length=10, blank=True)
    unit_price = fields.unit_price()
    gross = fields.money()
    line_discount = fields.money(default=Decimal(0))
    order_discount = fields.money(default=Decimal(0))
    round_off = fields.money(default=Decimal(0))
    payable = fields.money()
    tax_rate = fields.rate()
    share = fields.rate(default=Decimal(1))
    source_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        triggers = states.append_only("billing_settlementline")


class OpeningBalance(StationOwned):
    """期初余额单: what stood between a customer and the shop when it began with us.

    ``stored_value`` is paid money that he may still use (a liability), ``debt`` what he still owes.
    ``gift_value`` was given, not paid: it is kept here and in no account (docs/postings.md).
    A reversal carries the same figures with a minus.
    """

    number = models.CharField(max_length=24, unique=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="opening_balances")
    stored_value = fields.money(verbose_name=_("stored value"), default=Decimal(0))
    gift_value = fields.money(verbose_name=_("gift balance"), default=Decimal(0))
    debt = fields.money(verbose_name=_("debt"), default=Decimal(0))
    as_of = models.DateField(_("as of"))
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    import_run = models.BigIntegerField(null=True, editable=False)

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("billing_openingbalance")
        constraints = [
            models.CheckConstraint(
                condition=~Q(stored_value=0) | ~Q(gift_value=0) | ~Q(debt=0),
                name="opening_not_empty",
            )
        ]
        indexes = [
            models.Index(fields=["party"], name="openings_of_party"),
            models.Index(fields=["station", "-id"], name="openings_of_station"),
            models.Index(
                fields=["import_run"], condition=Q(import_run__isnull=False),
                name="openings_of_import",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        """Neither a reversal nor reversed."""
        return self.reverses_id is None and not hasattr(self, "reversal")


class Receivable(StationOwned):
    """What a payer owes: a checked cache of its allocations.

    It comes from one settlement, or from the opening balance of a customer who owed before us.
    """

    settlement = models.OneToOneField(
        Settlement, models.PROTECT, null=True, related_name="receivable"
    )
    opening = models.OneToOneField(
        OpeningBalance, models.PROTECT, null=True, related_name="receivable"
    )
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="receivables")
    payer = models.CharField(max_length=10)
    amount = fields.money()
    allocated = fields.money(default=Decimal(0))
    cancelled = models.BooleanField(default=False)
    on_account = models.BooleanField(default=False)
    due_on = models.DateField()

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(allocated__gte=0) & Q(allocated__lte=F("amount")),
                name="allocated_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(settlement__isnull=False, opening__isnull=True)
                | Q(settlement__isnull=True, opening__isnull=False),
                name="receivable_of_one_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["station", "due_on"],
                condition=Q(cancelled=False) & ~Q(amount=F("allocated")),
                name="open_receivables",
            ),
            models.Index(
                fields=["station", "-id"],
                condition=Q(cancelled=False) & ~Q(amount=F("allocated")),
                name="open_receivables_newest",
            ),
            models.Index(fields=["station", "-id"], name="receivables_of_station"),
        ]

    @property
    def open_amount(self) -> Decimal:
        return Decimal(0) if self.cancelled else self.amount - self.allocated

    @property
    def label(self) -> str:
        """The number of the document that it comes from."""
        return str(self.settlement or self.opening)

    @property
    def since(self) -> date:
        """Since when it is owed."""
        if self.settlement is not None:
            return self.settlement.settled_on
        assert self.opening is not None  # receivable_of_one_document
        return self.opening.as_of


class Payment(StationOwned):
    """收款单: money taken, by several methods at once. What is not allocated is the party's credit.

    A deposit is a payment for an order that has no settlement yet.
    """

    class Kind(models.TextChoices):
        COLLECTION = "collection", _("Collection")
        DEPOSIT = "deposit", _("Deposit")

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    party = models.ForeignKey(Party, models.PROTECT, related_name="payments")
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="payments")
    amount = fields.money()
    allocated = fields.money(default=Decimal(0))
    refunded = fields.money(default=Decimal(0))
    paid_on = models.DateField()
    at = models.DateTimeField()
    cashier = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(allocated__gte=0) & Q(refunded__gte=0)
                & Q(amount__gte=F("allocated") + F("refunded")),
                name="payment_not_overspent",
            )
        ]
        indexes = [
            models.Index(fields=["station", "-id"], name="payments_of_station"),
            models.Index(fields=["party", "-id"], name="payments_of_party"),
            models.Index(fields=["station", "paid_on"], name="payments_of_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def free(self) -> Decimal:
        return self.amount - self.allocated - self.refunded


class Method(models.TextChoices):
    CASH = "cash", _("Cash")
    WECHAT = "wechat", _("WeChat Pay")
    ALIPAY = "alipay", _("Alipay")
    BANK_CARD = "bank_card", _("Bank card")
    TRANSFER = "transfer", _("Bank transfer")


class PaymentPart(models.Model):
    """One method of a payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="parts")
    method = models.CharField(max_length=10, choices=Method)
    amount = fields.money()
    reference = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = states.append_only("billing_paymentpart")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="part_positive")]


class Allocation(models.Model):
    """Money of a payment put against a receivable; a negative row takes it off again."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="allocations")
    amount = fields.money()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    class Meta:
        triggers = states.append_only("billing_allocation")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero")
        ]


class Refund(StationOwned):
    """退款单: money given back out of a payment's free amount."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.CharField(max_length=24, unique=True)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    method = models.CharField(max_length=10, choices=Method)
    amount = fields.money()
    reason = models.CharField(max_length=200)
    refunded_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("billing_refund")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]
