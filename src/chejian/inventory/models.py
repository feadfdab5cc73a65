"""Stock: an append-only ledger that carries value, and the checked cache above it."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import StationOwned, StationQuerySet, User
from chejian.books.models import JournalEntry
from chejian.catalog.models import Part
from chejian.core import fields, states
from chejian.parties.models import Party


class InWarehouse[M: models.Model](models.QuerySet[M]):
    """Rows that belong to a station by their warehouse."""

    def visible_to(self, user: User) -> Self:
        return self.filter(warehouse__station_id__in=user.access.station_ids)


class Warehouse(StationOwned):
    code = models.CharField(_("code"), max_length=8)
    name = models.CharField(_("name"), max_length=40)
    active = models.BooleanField(_("active"), default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "code"], name="one_warehouse_code"),
            models.UniqueConstraint(fields=["station", "name"], name="one_warehouse_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Bin(models.Model):
    """A place on a shelf: A-03-2. The empty code is the warehouse floor."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="bins")
    code = models.CharField(_("bin"), max_length=20, blank=True)

    objects = InWarehouse.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="one_bin_code")]

    def __str__(self) -> str:
        return self.code


class StockLevel(models.Model):
    """Checked cache per part and warehouse: quantity, reserved and value. Never negative."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="levels")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="levels")
    quantity = fields.quantity(default=Decimal(0))
    reserved = fields.quantity(default=Decimal(0))
    value = fields.money(default=Decimal(0))
    last_bin = models.ForeignKey(Bin, models.PROTECT, null=True, related_name="+")

    objects = InWarehouse.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "warehouse"], name="one_level"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0) & Q(reserved__gte=0) & Q(value__gte=0),
                name="stock_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("quantity")), name="reserved_within_quantity"
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0) | Q(value=0), name="no_value_without_quantity"
            ),
        ]

    @property
    def available(self) -> Decimal:
        return self.quantity - self.reserved


class BinLevel(models.Model):
    """Quantity per bin: where the pieces of a level lie."""

    level = models.ForeignKey(StockLevel, models.PROTECT, related_name="bins")
    bin = models.ForeignKey(Bin, models.PROTECT, related_name="levels")
    quantity = fields.quantity(default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "bin"], name="one_bin_level"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="bin_never_negative"),
        ]


class StockMove(StationOwned):
    """A line of the ledger: signed quantity and signed value. Truth order is the id.

    ``label`` names the document above (``WO-NS-26-000123``); the row points to nothing above.
    A return names the issue it takes back, at that issue's own cost.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", pgettext_lazy("stock", "Opening")
        RECEIPT = "receipt", pgettext_lazy("stock", "Receipt")
        ISSUE = "issue", _("Issue to order")
        RETURN = "return", _("Return from order")
        COUNT = "count", _("Stocktake")
        SCRAP = "scrap", _("Scrap")

    part = models.ForeignKey(Part, models.PROTECT, related_name="moves")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="moves")
    bin = models.ForeignKey(Bin, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = fields.quantity()
    value = fields.money()
    label = models.CharField(max_length=60, blank=True)
    returns = models.ForeignKey("self", models.PROTECT, null=True, related_name="returned_by")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")
    occurred_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("inventory_stockmove")
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="move_not_zero"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, value__gte=0) | Q(quantity__lt=0, value__lte=0),
                name="value_follows_quantity",
            ),
        ]
        indexes = [
            models.Index(fields=["part", "warehouse", "-id"], name="moves_of_level"),
            models.Index(fields=["station", "-id"], name="moves_of_station"),
            models.Index(fields=["station", "part", "occurred_on"],
                         include=["kind", "quantity", "value"], name="moves_by_part_and_day"),
        ]


class StockReservation(StationOwned):
    """Pieces promised to a document: ``quantity`` wanted, ``held`` set aside, the rest is short."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="reservations")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="reservations")
    quantity = fields.quantity()
    held = fields.quantity(default=Decimal(0))
    used = fields.quantity(default=Decimal(0))
    released_at = models.DateTimeField(null=True)
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(held__gte=0) & Q(used__gte=0),
                name="reservation_figures",
            ),
            models.CheckConstraint(
                condition=Q(held__lte=F("quantity") - F("used")), name="held_within_wanted"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(held=0), name="released_holds_nothing"
            ),
        ]
        indexes = [
            models.Index(
                fields=["part", "warehouse", "id"],
                condition=Q(released_at__isnull=True),
                name="open_reservations",
            )
        ]


class StockReceipt(StationOwned):
    """A simple receipt or the opening of a part's stock: the document behind its moves."""

    class Kind(models.TextChoices):
        OPENING = "opening", pgettext_lazy("stock", "Opening")
        RECEIPT = "receipt", pgettext_lazy("stock", "Receipt")

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    supplier_note = models.CharField(max_length=60, blank=True)
    total_net = fields.money(default=Decimal(0))
    total_tax = fields.money(default=Decimal(0))
    occurred_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.PROTECT, null=True, related_name="+")

    objects = StationQuerySet.as_manager()

    class Meta:
        triggers = states.append_only("inventory_stockreceipt")

    def __str__(self) -> str:
        return self.number


class StockReceiptLine(models.Model):
    receipt = models.ForeignKey(StockReceipt, models.PROTECT, related_name="lines")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    bin = models.ForeignKey(Bin, models.PROTECT, null=True, related_name="+")
    quantity = fields.quantity()
    unit_cost = fields.unit_price()
    net = fields.money()
    tax_rate = fields.rate(default=Decimal("0.13"))
    move = models.OneToOneField(StockMove, models.PROTECT, related_name="receipt_line")

    class Meta:
        triggers = states.append_only("inventory_stockreceiptline")
