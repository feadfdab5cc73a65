"""What a shop sells: parts, labour, rates, repair types and classes, common jobs."""

from decimal import Decimal
from typing import Self

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import fields
from chejian.core.models import StoredFile


class CatalogQuerySet[M: models.Model](models.QuerySet[M]):
    """The catalogue is the organisation's: whoever may look anywhere sees it all."""

    def visible_to(self, user: User) -> Self:
        return self if user.can("catalog.view") else self.none()


class TaxRate(models.Model):
    """A VAT rate (增值税法 art. 10-13): 13 % parts and repair, 6 % wash and beauty."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=40)
    rate = fields.rate(verbose_name=_("rate"))

    def __str__(self) -> str:
        return self.name


class PriceLevelName(models.Model):
    """The shop's own name for one of the five price levels (D07)."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Part(models.Model):
    """A spare part. Selling prices include VAT; stock is costed without."""

    class Origin(models.TextChoices):
        GENUINE = "genuine", _("Genuine (OE)")
        EQUIVALENT = "equivalent", _("Equivalent")
        REMANUFACTURED = "remanufactured", _("Remanufactured")
        SALVAGED = "salvaged", _("Salvaged")

    number = models.CharField(_("part number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=240, blank=True, db_index=True)
    spec = models.CharField(_("specification"), max_length=80, blank=True)
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    origin = models.CharField(_("origin grade"), max_length=16, choices=Origin, blank=True)
    unit = models.CharField(_("unit"), max_length=10, default="件")
    fitment = models.CharField(_("fits"), max_length=200, blank=True)
    barcode = models.CharField(_("barcode"), max_length=40, blank=True, db_index=True)
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, verbose_name=_("tax rate"))
    retail_price = fields.unit_price(verbose_name=_("retail price"), default=Decimal(0))
    member_price = fields.unit_price(verbose_name=_("member price"), null=True, blank=True)
    contract_price = fields.unit_price(verbose_name=_("contract price"), null=True, blank=True)
    wholesale_price = fields.unit_price(verbose_name=_("wholesale price"), null=True, blank=True)
    claim_price = fields.unit_price(verbose_name=_("claim price"), null=True, blank=True)
    safety_stock = fields.quantity(verbose_name=_("safety stock"), default=Decimal(0))
    active = models.BooleanField(_("active"), default=True)
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retail_price__gte=0) & models.Q(safety_stock__gte=0),
                name="part_figures_not_negative",
            )
        ]
        indexes = [models.Index(fields=["name_key", "id"], name="part_by_name")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class PartNumber(models.Model):
    """Another number the part answers to: the maker's (OE) or an interchangeable part's."""

    class Kind(models.TextChoices):
        OE = "oe", _("OE number")
        INTERCHANGE = "interchange", _("Interchange")

    part = models.ForeignKey(Part, models.CASCADE, related_name="numbers")
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField(max_length=40, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "kind", "number"], name="one_part_number")
        ]


class PartPicture(models.Model):
    part = models.ForeignKey(Part, models.CASCADE, related_name="pictures")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    caption = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class LabourClass(models.Model):
    """A class of vehicles with a labour rate of its own; QITA is the default (B10)."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=40)
    rate = fields.unit_price(verbose_name=_("labour rate per hour"))

    def __str__(self) -> str:
        return self.name


class RepairClass(models.Model):
    """Statutory repair class with its guarantee (机动车维修管理规定; domain.md 3.1)."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=40)
    guarantee_km = models.PositiveIntegerField(_("guarantee (km)"))
    guarantee_days = models.PositiveIntegerField(_("guarantee (days)"))
    needs_certificate = models.BooleanField(_("completion certificate"), default=False)
    self_inspection_allowed = models.BooleanField(_("self-inspection possible"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class RepairType(models.Model):
    """What kind of visit it is, defined by the shop (A10): 普通 保养 事故 三包 首保 返修 …"""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=20)
    payer = models.CharField(_("usual payer"), max_length=10, default="customer")
    repair_class = models.ForeignKey(
        RepairClass, models.PROTECT, null=True, blank=True, verbose_name=_("usual repair class")
    )
    active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class LabourOperation(models.Model):
    """A job with flat hours at the class's rate, or a fixed price."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=240, blank=True, db_index=True)
    flat_hours = fields.quantity(verbose_name=_("flat-rate hours"), default=Decimal(0))
    fixed_price = fields.unit_price(verbose_name=_("fixed price"), null=True, blank=True)
    skill = models.CharField(_("skill"), max_length=20, blank=True)
    tax_rate = models.ForeignKey(TaxRate, models.PROTECT, verbose_name=_("tax rate"))
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = CatalogQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class JobTemplate(models.Model):
    """A common job with its usual operations and parts, put on an order with one touch."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    name_key = models.CharField(max_length=240, blank=True)
    active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class JobTemplateJob(models.Model):
    template = models.ForeignKey(JobTemplate, models.CASCADE, related_name="jobs")
    operation = models.ForeignKey(LabourOperation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class JobTemplatePart(models.Model):
    job = models.ForeignKey(JobTemplateJob, models.CASCADE, related_name="parts")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    quantity = fields.quantity(default=Decimal(1))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
