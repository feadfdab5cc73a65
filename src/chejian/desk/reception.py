"""接车 in one act: car and customer found or made, order opened, walk-around kept."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chejian.accounts.models import User
from chejian.catalog.models import JobTemplate, RepairType
from chejian.core.models import StoredFile
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.parties.models import Party
from chejian.parties.services import create_party
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import register_vehicle
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder


@dataclass
class Intake:
    """What was typed at the counter. A plate and a phone number are enough."""

    plate: str
    repair_type: RepairType
    vehicle: Vehicle | None = None
    customer: Party | None = None
    vin: str = ""
    car: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    odometer: int | None = None
    fuel_percent: int | None = None
    charge_percent: int | None = None
    promised_at: datetime | None = None
    priority: int = WorkOrder.Priority.NORMAL
    old_parts: str = WorkOrder.OldParts.LEAVE
    concerns: list[work.Said] = field(default_factory=list)
    templates: list[JobTemplate] = field(default_factory=list)
    marks: list[work.Mark] = field(default_factory=list)
    sheet: dict[str, Any] = field(default_factory=dict)
    signature: StoredFile | None = None
    waived_reason: str = ""
    comeback_of: WorkOrder | None = None
    finish: bool = True


@verb
@replayable(WorkOrder)
def take_in(
    *, intake: Intake, station_id: int, by: User, at: datetime, key: uuid.UUID | None = None
) -> WorkOrder:
    """Open the order with everything that was said and seen; received unless only a draft.

    All or nothing: an error in any part leaves no half-made customer or car behind. Raises what
    the verbs it is made of raise.
    """
    customer = intake.customer or _customer(intake, by, at)
    vehicle = intake.vehicle or register_vehicle(
        plate=intake.plate, vin=intake.vin, owner=customer, by=by, at=at, **intake.car
    )
    order = work.open_order(
        station_id=station_id, vehicle=vehicle, customer=customer,
        repair_type=intake.repair_type, by=by, at=at,
        contact_name=intake.contact_name, contact_phone=intake.contact_phone,
        concerns=intake.concerns, odometer=intake.odometer, promised_at=intake.promised_at,
        priority=intake.priority, old_parts=intake.old_parts, fuel_percent=intake.fuel_percent,
        charge_percent=intake.charge_percent, comeback_of=intake.comeback_of,
    )
    work.keep_walkaround(
        order=order, by=by, at=at, marks=intake.marks, fields=intake.sheet,
        signature=intake.signature, signed_name=intake.contact_name or customer.name,
        waived_reason=intake.waived_reason,
    )
    for template in intake.templates:
        work.apply_template(order=order, template=template, by=by, at=at)
    if intake.finish:
        order = work.receive(order=order, by=by, at=at)
    return order


def _customer(intake: Intake, by: User, at: datetime) -> Party:
    """The car's owner, else whoever has this phone and name, else a new one."""
    if intake.vehicle is not None and intake.vehicle.owner is not None and not intake.name:
        return intake.vehicle.owner
    if intake.phone:
        known = Party.objects.live().filter(phone=intake.phone, is_customer=True)
        if intake.name:
            known = known.filter(name=intake.name)
        found = known.order_by("id").first()
        if found is not None:
            return found
    return create_party(name=intake.name, phone=intake.phone, by=by, at=at)


def earliest_promise(now: datetime) -> datetime:
    """What is offered as promised time: this afternoon, else tomorrow noon."""
    local = timezone.localtime(now)
    evening = local.replace(hour=17, minute=30, second=0, microsecond=0)
    if local.hour < 15:
        return evening
    return evening.replace(hour=12, minute=0) + timedelta(days=1)
