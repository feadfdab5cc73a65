"""Cars: plates over time, VIN, owners and drivers, and the odometer as a chain of events."""

from typing import Self

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import states
from chejian.parties.models import Party, Tag


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def visible_to(self, user: User) -> Self:
        """Cars are the organisation's; a technician reaches his only through his orders."""
        return self if user.can("customers.view") else self.none()

    def live(self) -> Self:
        return self.filter(merged_into__isnull=True)


@pghistory.track()
class Vehicle(models.Model):
    """A car. The present plate and odometer are kept here too, as checked copies of the chains."""

    class Powertrain(models.TextChoices):
        ICE = "ice", _("Petrol or diesel")
        HEV = "hev", _("Hybrid")
        PHEV = "phev", _("Plug-in hybrid")
        EREV = "erev", _("Range-extended electric")
        BEV = "bev", _("Battery electric")
        FCEV = "fcev", _("Fuel cell")

    class Body(models.TextChoices):
        SEDAN = "sedan", _("Sedan")
        SUV = "suv", _("SUV")
        VAN = "van", _("Van")
        PICKUP = "pickup", _("Pick-up")

    plate = models.CharField(_("plate"), max_length=20, blank=True, db_index=True)
    plate_kind = models.CharField(_("plate class"), max_length=4, blank=True)
    plate_colour = models.CharField(_("plate colour"), max_length=12, blank=True)
    vin = models.CharField(_("VIN"), max_length=20, blank=True, db_index=True)
    vin_warning = models.CharField(max_length=60, blank=True)
    engine_no = models.CharField(_("engine number"), max_length=40, blank=True)
    make = models.CharField(_("make"), max_length=40, blank=True)
    series = models.CharField(_("series"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    model_year = models.PositiveSmallIntegerField(_("model year"), null=True, blank=True)
    colour = models.CharField(_("colour"), max_length=20, blank=True)
    powertrain = models.CharField(_("powertrain"), max_length=5, choices=Powertrain, blank=True)
    body = models.CharField(_("body"), max_length=8, choices=Body, default=Body.SEDAN)
    labour_class = models.CharField(_("labour class"), max_length=10, default="QITA")
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    insurer_name = models.CharField(_("insurer"), max_length=40, blank=True)
    insurance_until = models.DateField(_("insured until"), null=True, blank=True)
    inspection_until = models.DateField(_("inspection due"), null=True, blank=True)
    odometer = models.PositiveIntegerField(_("odometer (km)"), null=True, blank=True)
    total_km = models.PositiveIntegerField(_("cumulative kilometres"), null=True, blank=True)
    last_visit_on = models.DateField(_("last visit"), null=True, blank=True)
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)
    owner = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="owned_vehicles"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = VehicleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vin"],
                condition=~models.Q(vin="") & models.Q(merged_into__isnull=True),
                name="one_car_per_vin",
                violation_error_message=_("Another car has this VIN."),
            ),
            models.UniqueConstraint(
                fields=["plate"],
                condition=~models.Q(plate="") & models.Q(merged_into__isnull=True),
                name="one_car_per_plate",
                violation_error_message=_("Another car carries this plate."),
            ),
        ]
        indexes = [
            models.Index(fields=["plate", "id"], name="vehicle_by_plate"),
            models.Index(fields=["created_at", "id"], name="vehicle_by_age"),
            models.Index(
                fields=["engine_no"], condition=~models.Q(engine_no=""), name="vehicle_by_engine"
            ),
        ]

    def __str__(self) -> str:
        return self.plate or self.vin or str(self.pk)

    @property
    def car_name(self) -> str:
        """Make and series, as people say it: 比亚迪 宋PLUS DM-i."""
        return " ".join(part for part in (self.make, self.series) if part)


@pghistory.track()
class VehicleParty(models.Model):
    """Who owned, drove or brought the car, from when until when."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        DRIVER = "driver", _("Driver")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="people")
    party = models.ForeignKey(Party, models.PROTECT, related_name="vehicle_roles")
    role = models.CharField(max_length=8, choices=Role)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"],
                condition=models.Q(role="owner", until_date__isnull=True),
                name="one_present_owner",
            )
        ]


@pghistory.track()
class PlateChange(models.Model):
    """A plate the car carried, from when until when."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="plates")
    plate = models.CharField(max_length=20, db_index=True)
    plate_kind = models.CharField(max_length=4, blank=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class OdometerEvent(models.Model):
    """A link of the odometer chain (X03). Never changed: a typo is mended by a later event.

    total_km = reading + carried; at a meter change carried += old reading - new start
    (domain.md 4: 38,900 then 120 gives 39,020 after a change at 38,900 to 0).
    """

    class Kind(models.TextChoices):
        READING = "reading", _("Reading")
        CORRECTION = "correction", _("Correction")
        METER_CHANGE = "meter_change", _("Meter change")

    class Source(models.TextChoices):
        RECEPTION = "reception", _("Reception")
        DELIVERY = "delivery", _("Delivery")
        IMPORT = "import", _("Import")
        CUSTOMER = "customer", _("Customer")
        STAFF = "staff", _("Staff")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="odometer_events")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.READING)
    source = models.CharField(max_length=10, choices=Source)
    reading = models.PositiveIntegerField()
    carried = models.IntegerField(default=0)
    total_km = models.PositiveIntegerField()
    old_reading = models.PositiveIntegerField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    warning = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=40, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    read_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    import_run = models.BigIntegerField(null=True, editable=False)

    class Meta:
        triggers = states.append_only("vehicles_odometerevent", undo=True)
        indexes = [
            models.Index(fields=["vehicle", "-id"], name="odometer_chain"),
            models.Index(
                fields=["import_run"], condition=models.Q(import_run__isnull=False),
                name="odometer_of_import",
            ),
        ]


class VehicleMerge(models.Model):
    """One merge of two records of the same car; ``record`` is for taking it back."""

    kept = models.ForeignKey(Vehicle, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Vehicle, models.PROTECT, related_name="absorbed_in")
    moved = models.JSONField(default=dict)
    record = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("vehicles_vehiclemerge")


class VehicleUnmerge(models.Model):
    """A merge that was taken back."""

    merge = models.OneToOneField(VehicleMerge, models.PROTECT, related_name="undone")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("vehicles_vehicleunmerge")


class VehicleTag(models.Model):
    """A tag put to a car; the words are those of the customers' tags."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="vehicles")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vehicle", "tag"], name="one_tag_per_vehicle")
        ]
        indexes = [models.Index(fields=["tag", "vehicle"], name="vehicles_by_tag")]
