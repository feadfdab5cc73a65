"""Cars: plates, people, and the odometer as a chain."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from chejian.api.fields import (
    Change,
    Day,
    In,
    Keyset,
    Kilometres,
    Line,
    Out,
    PlateClass,
    Reason,
    RowId,
    Text,
    Words,
    Yes,
)
from chejian.api.schemas.tags import TagPut

Powertrain = Literal["", "ice", "hev", "phev", "erev", "bev", "fcev"]
Body = Literal["sedan", "suv", "van", "pickup"]


class VehicleQuery(Keyset):
    q: Line = ""
    owner_id: int | None = Field(None, ge=1, le=2**63 - 1)
    tag_id: int | None = Field(None, ge=1, le=2**63 - 1)


class VehicleRow(Out):
    id: int
    plate: str
    plate_kind: str
    vin: str
    make: str
    series: str
    model: str
    model_year: int | None
    powertrain: str
    odometer: int | None
    owner_id: int | None
    owner_name: str | None
    last_visit_on: date | None
    version: int
    created_at: datetime


class PersonAtCar(Out):
    id: int
    customer_id: int
    name: str
    role: str
    from_date: date
    until_date: date | None


class PlateAtCar(Out):
    plate: str
    plate_kind: str
    from_date: date
    until_date: date | None


class VehicleOut(VehicleRow):
    """One car. ``vin_warning`` says what looks wrong about its VIN."""

    plate_colour: str
    vin_warning: str
    engine_no: str
    colour: str
    body: str
    labour_class: str
    registered_on: date | None
    insurer_name: str
    insurance_until: date | None
    inspection_until: date | None
    total_km: int | None
    remarks: str
    merged_into_id: int | None
    plates: list[PlateAtCar]
    people: list[PersonAtCar]
    tags: list[TagPut]


class VehiclePage(Out):
    items: list[VehicleRow]
    next: str | None


class VehicleFields(In):
    vin: Text = Field("", max_length=30)
    engine_no: Text = Field("", max_length=40)
    make: Text = Field("", max_length=40)
    series: Text = Field("", max_length=60)
    model: Text = Field("", max_length=80)
    model_year: int | None = Field(None, strict=True, ge=1900, le=2199)
    colour: Text = Field("", max_length=20)
    powertrain: Powertrain = ""
    body: Body = "sedan"
    labour_class: Text = Field("QITA", min_length=1, max_length=10)
    registered_on: Day | None = None
    insurer_name: Text = Field("", max_length=40)
    insurance_until: Day | None = None
    inspection_until: Day | None = None
    remarks: Words = ""


class NewVehicle(VehicleFields):
    """A plate or a VIN is needed. ``take_over`` moves the plate from the car that carries it."""

    plate: Text = Field("", max_length=40)
    plate_kind: PlateClass = ""
    owner_id: RowId | None = None
    take_over: Yes = False


class VehiclePatch(Change, VehicleFields):
    pass


class NewPlate(In):
    """``correction``: the present one was a typing error."""

    plate: Text = Field(max_length=40)
    kind: PlateClass = ""
    since: Day | None = None
    take_over: Yes = False
    correction: Yes = False


class NewOwner(In):
    """null: the car was sold, nobody knows to whom."""

    customer_id: RowId | None
    since: Day | None = None


class NewDriver(In):
    customer_id: RowId
    since: Day | None = None


class ReadingOut(Out):
    """A link of the chain. ``warning`` says what does not fit: it is kept all the same."""

    id: int
    kind: str
    source: str
    reading: int
    total_km: int
    old_reading: int | None
    corrects_id: int | None
    warning: str
    label: str
    remark: str
    read_on: date
    at: datetime


class ReadingPage(Out):
    items: list[ReadingOut]
    next: str | None


class NewReading(In):
    reading: Kilometres
    read_on: Day | None = None
    source: Literal["customer", "staff"] = "staff"


class NewMeter(In):
    old_reading: Kilometres
    new_start: Kilometres = 0
    read_on: Day | None = None
    remark: Text = Field("", max_length=200)


class ReadingCorrection(In):
    corrects_id: RowId
    reading: Kilometres
    old_reading: Kilometres | None = None
    remark: Reason


class VehicleMerge(In):
    absorb_id: RowId
    take: list[Literal[
        "plate", "owner", "vin", "engine_no", "make", "series", "model", "model_year", "colour",
        "powertrain", "body", "labour_class", "registered_on", "insurer_name",
        "insurance_until", "inspection_until", "remarks",
    ]] = Field(default_factory=list, max_length=20)
    reason: Text = Field("", max_length=200)
