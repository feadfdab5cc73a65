"""Orders of the time before us, as the old system kept them: history, never live documents.

They are brought in by the move-in and only read from then on: no status, no verbs, in no figure of
today's business. They go again only when the import that brought them is undone.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import StationOwned, User
from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.core import fields, states
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle

MONEY_SEERS = (
    P.EDIT_ORDER, P.SETTLE, P.COLLECT, P.OVERRIDE_PRICE, P.SEE_COST, P.VIEW_BOOKS,
)
"""Who sees prices and sums of a past order at its station."""


class PastOrderQuerySet(models.QuerySet["PastOrder"]):
    def visible_to(self, user: User) -> Self:
        """Of the stations where the person may see all orders."""
        return self.filter(station_id__in=user.access.stations_with(P.VIEW_ORDERS))


class PastPerson(StationOwned):
    """Somebody whom the old system names: one of our staff where the name is the same, or not."""

    name = models.CharField(_("name"), max_length=40)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    import_run = models.BigIntegerField(editable=False)

    class Meta:
        triggers = states.append_only("workorders_pastperson", undo=True, links=("user_id",))
        constraints = [
            models.UniqueConstraint(fields=["station", "name"], name="one_past_person_per_name")
        ]
        indexes = [models.Index(fields=["import_run"], name="past_people_of_import")]

    def __str__(self) -> str:
        return self.name


class PastOrder(StationOwned):
    """The head of an order of the old system.

    ``plate``, ``repair_type`` and ``payment`` are its own words. ``odometer`` is the reading that
    we took, empty where it was doubtful; ``odometer_stated`` is what the file says. ``adds_up``:
    its parts come to what was due. ``row`` is the row of the file.
    """

    number = models.CharField(_("number"), max_length=40)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="past_orders")
    customer = models.ForeignKey(Party, models.PROTECT, null=True, related_name="past_orders")
    plate = models.CharField(_("plate"), max_length=20, blank=True)
    opened_on = models.DateField(_("in on"))
    settled_on = models.DateField(_("settled on"), null=True)
    odometer = models.PositiveIntegerField(_("odometer (km)"), null=True)
    odometer_stated = models.PositiveIntegerField(null=True)
    repair_type = models.CharField(_("repair type"), max_length=40, blank=True)
    adviser = models.ForeignKey(PastPerson, models.PROTECT, null=True, related_name="+")
    concern = models.CharField(_("concern"), max_length=300, blank=True)
    labour = fields.money(verbose_name=_("labour"))
    material = fields.money(verbose_name=_("material"))
    other = fields.money(verbose_name=_("other charges"))
    discount = fields.money(verbose_name=_("discount"))
    due = fields.money(verbose_name=_("due"))
    received = fields.money(verbose_name=_("received"))
    payment = models.CharField(_("payment method"), max_length=60, blank=True)
    methods = ArrayField(models.CharField(max_length=12), default=list)
    adds_up = models.BooleanField(default=True)
    row = models.PositiveIntegerField()
    import_run = models.BigIntegerField(editable=False)

    objects = PastOrderQuerySet.as_manager()

    class Meta:
        triggers = states.append_only(
            "workorders_pastorder", undo=True, links=("vehicle_id", "customer_id", "odometer")
        )
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="one_past_order_per_number")
        ]
        indexes = [
            models.Index(fields=["vehicle", "-opened_on", "-id"], name="past_orders_of_vehicle"),
            models.Index(fields=["customer", "-opened_on", "-id"], name="past_orders_of_customer"),
            models.Index(fields=["station", "-opened_on", "-id"], name="past_orders_by_day"),
            models.Index(fields=["import_run"], name="past_orders_of_import"),
        ]

    def __str__(self) -> str:
        return self.number


class PastLine(models.Model):
    """A labour or material line of an order of the old system."""

    class Kind(models.TextChoices):
        LABOUR = "labour", pgettext_lazy("kind of line", "Labour")
        PART = "part", pgettext_lazy("kind of line", "Part")
        OTHER = "other", pgettext_lazy("kind of line", "Other")

    order = models.ForeignKey(PastOrder, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=Kind)
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=80)
    part = models.ForeignKey(Part, models.PROTECT, null=True, related_name="past_lines")
    quantity = fields.quantity()
    unit_price = fields.unit_price()
    amount = fields.money()
    position = models.PositiveIntegerField(default=0)
    import_run = models.BigIntegerField(editable=False)

    class Meta:
        ordering = ["position", "id"]
        triggers = states.append_only("workorders_pastline", undo=True, links=("part_id",))
        indexes = [
            models.Index(fields=["part"], condition=models.Q(part__isnull=False),
                         name="past_lines_of_part"),
            models.Index(fields=["import_run"], name="past_lines_of_import"),
        ]


class PastWork(models.Model):
    """Who worked on a line. Several may share it; the old system does not say in what parts."""

    line = models.ForeignKey(PastLine, models.PROTECT, related_name="work")
    person = models.ForeignKey(PastPerson, models.PROTECT, related_name="work")
    import_run = models.BigIntegerField(editable=False)

    class Meta:
        triggers = states.append_only("workorders_pastwork", undo=True)
        constraints = [
            models.UniqueConstraint(fields=["line", "person"], name="one_past_work_per_person")
        ]
        indexes = [models.Index(fields=["import_run"], name="past_work_of_import")]
