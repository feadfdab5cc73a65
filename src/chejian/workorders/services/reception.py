"""The car comes in: opening an order, its head, what the customer says."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import RepairType
from chejian.core import search
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.rows import insert
from chejian.core.text import search_tokens, tidy
from chejian.core.verbs import hold, verb
from chejian.parties.models import Party
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import record_odometer
from chejian.workorders.errors import BadValue
from chejian.workorders.lifecycle import ORDERS
from chejian.workorders.models import Concern, WorkOrder
from chejian.workorders.rights import require
from chejian.workorders.services.common import check_version, lock_order, require_status
from chejian.workorders.states import OPEN_FOR_PRICES, OPEN_FOR_WORK

NUMBER = "WO"
HEAD_FIELDS = frozenset({
    "repair_type", "repair_class", "priority", "contact_name", "contact_phone", "adviser",
    "promised_at", "fuel_percent", "charge_percent", "old_parts", "remarks",
})


@dataclass(frozen=True)
class Said:
    """One concern: the symptom, when it happens, how often (A06)."""

    text: str
    when: str = ""
    how_often: str = ""


@verb
@replayable(WorkOrder)
def open_order(
    *,
    station_id: int,
    vehicle: Vehicle,
    customer: Party,
    repair_type: RepairType,
    by: User,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
    concerns: Iterable[Said | str] = (),
    odometer: int | None = None,
    promised_at: datetime | None = None,
    priority: int = WorkOrder.Priority.NORMAL,
    old_parts: str = WorkOrder.OldParts.LEAVE,
    fuel_percent: int | None = None,
    charge_percent: int | None = None,
    comeback_of: WorkOrder | None = None,
    key: uuid.UUID | None = None,
) -> WorkOrder:
    """Open a draft. A reading below the last is a warning in the chain, never a refusal.

    Customer, plate, price level and labour class are copied as they are today. ``comeback_of`` is
    the delivered order of the same car whose guarantee covers the fault. Raises NotPermitted,
    BadValue.
    """
    require(by, station_id, P.OPEN_ORDER)
    _check_percent(fuel_percent, "fuel_percent")
    _check_percent(charge_percent, "charge_percent")
    if comeback_of is not None and comeback_of.vehicle_id != vehicle.pk:
        raise BadValue(_("A comeback belongs to the same car."), field="comeback_of")
    order = WorkOrder(
        station_id=station_id, vehicle=vehicle, plate=vehicle.plate, plate_kind=vehicle.plate_kind,
        customer=customer, contact_name=contact_name or customer.name,
        contact_phone=contact_phone or customer.phone, adviser=by, repair_type=repair_type,
        repair_class=repair_type.repair_class, labour_class=vehicle.labour_class,
        price_level=customer.price_level, priority=priority, old_parts=old_parts,
        fuel_percent=fuel_percent, charge_percent=charge_percent, odometer_in=odometer,
        opened_at=at, promised_at=promised_at, comeback_of=comeback_of,
    )
    order.number = draw_number(
        kind=NUMBER, station_id=station_id, station_code=by.access.stations[station_id].code,
        on=timezone.localdate(at),
    )
    insert(order)
    hold(order)  # nobody else can see it yet
    WorkOrder._meta.get_field("walkaround").set_cached_value(order, None)
    _write_concerns(order, concerns)
    warning = _read_odometer(order, odometer, by, at)
    index(order)
    emit("order.opened", order, station_id=station_id, by=by, at=at, number=order.number,
         odometer=odometer, warning=warning,
         comeback_of=comeback_of.number if comeback_of else None)
    return order


def _check_percent(value: int | None, field: str) -> None:
    if value is not None and not 0 <= value <= 100:
        raise BadValue(_("Enter a percentage from 0 to 100."), field=field, value=value)


def _read_odometer(
    order: WorkOrder, reading: int | None, by: User, at: datetime
) -> str:
    if reading is None:
        return ""
    event = record_odometer(
        vehicle=order.vehicle, reading=reading, source="reception",
        read_on=timezone.localdate(at), by=by, at=at, label=order.number,
    )
    return event.warning


def _write_concerns(order: WorkOrder, concerns: Iterable[Said | str]) -> None:
    said = [Said(item) if isinstance(item, str) else item for item in concerns]
    insert(*(
        Concern(order=order, text=tidy(item.text), when=tidy(item.when),
                how_often=tidy(item.how_often), position=position)
        for position, item in enumerate(said) if item.text.strip()
    ))


def index(*orders: WorkOrder) -> None:
    """Make orders findable in one statement: number, plate, VIN, names, phones."""
    search.index(*map(findable, orders))


def findable(order: WorkOrder) -> search.Findable:
    """The order's entry."""
    vehicle, customer = order.vehicle, order.customer
    return search.Findable(
        kind="order", subject_id=order.pk, station_id=order.station_id, title=order.number,
        subtitle=" · ".join(filter(None, [order.plate, vehicle.car_name, customer.name])),
        tokens=search_tokens(
            names=[customer.name, order.contact_name],
            codes=[order.number, order.plate, vehicle.vin, customer.phone, order.contact_phone],
        ),
        touched_at=order.opened_at, data={"plate": order.plate, "kind": order.plate_kind},
    )


@verb
def receive(*, order: WorkOrder, by: User, at: datetime) -> WorkOrder:
    """接车: the draft becomes an order. Raises NotPermitted, Refused (customer, car unknown)."""
    lock_order(order)
    ORDERS.transition(order, "receive", by=by, at=at, facts={"received_at": at})
    emit("order.received", order, station_id=order.station_id, by=by, at=at)
    return order


@verb
def update_head(
    *, order: WorkOrder, version: int | None, by: User, at: datetime, **fields: Any
) -> WorkOrder:
    """Change the head: repair type and class, priority, contact, promise, fuel, old parts, remarks.

    Raises NotPermitted, WrongStatus, Conflict, BadValue; TypeError for a field not of the head.
    """
    unknown = set(fields) - HEAD_FIELDS
    if unknown:
        raise TypeError(f"not fields of the head: {sorted(unknown)}")
    lock_order(order)
    require(by, order.station_id, P.OPEN_ORDER, P.EDIT_ORDER, P.DISPATCH)
    require_status(order, OPEN_FOR_PRICES)
    check_version(order, version, fields)
    for name in ("fuel_percent", "charge_percent"):
        _check_percent(fields.get(name), name)
    changed = [name for name, value in fields.items() if getattr(order, name) != value]
    if not changed:
        return order
    promised = order.promised_at
    for name in changed:
        setattr(order, name, fields[name])
    order.version += 1
    order.save(update_fields=[*changed, "version"])
    if {"contact_name", "contact_phone"} & set(changed):
        index(order)
    facts: dict[str, Any] = {"fields": changed}
    if "promised_at" in changed:
        facts |= {"promised": _iso(order.promised_at), "promised_before": _iso(promised)}
    emit("order.updated", order, station_id=order.station_id, by=by, at=at, **facts)
    return order


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _lock_for_concern(order: WorkOrder, by: User) -> None:
    lock_order(order)
    require(by, order.station_id, P.OPEN_ORDER, P.EDIT_ORDER)
    require_status(order, OPEN_FOR_WORK)


def _said(text: str) -> str:
    if not tidy(text):
        raise BadValue(_("Enter what the customer says."), field="text")
    return tidy(text)


@verb
def add_concern(
    *, order: WorkOrder, text: str, by: User, at: datetime, when: str = "", how_often: str = ""
) -> Concern:
    """Write down what the customer says. Raises NotPermitted, WrongStatus, BadValue."""
    _lock_for_concern(order, by)
    last = order.concerns.aggregate(last=Max("position"))["last"]
    concern = Concern.objects.create(
        order=order, text=_said(text), when=tidy(when), how_often=tidy(how_often),
        position=0 if last is None else last + 1,
    )
    emit("concern.added", order, station_id=order.station_id, by=by, at=at, text=concern.text)
    return concern


@verb
def update_concern(
    *,
    concern: Concern,
    by: User,
    at: datetime,
    text: str | None = None,
    when: str | None = None,
    how_often: str | None = None,
    diagnosis: str | None = None,
) -> Concern:
    """Change a concern, or add what was found. Technicians of the order may add the finding.

    Raises NotPermitted, WrongStatus, BadValue.
    """
    order = lock_order(concern.order)
    words_only = text is None and when is None and how_often is None
    finders: Sequence[P] = (P.WORK, P.WORK_ANY, P.LEAD_TEAM, P.INSPECT) if words_only else ()
    require(by, order.station_id, P.OPEN_ORDER, P.EDIT_ORDER, *finders)
    require_status(order, OPEN_FOR_WORK)
    values = {"text": None if text is None else _said(text), "when": when,
              "how_often": how_often, "diagnosis": diagnosis}
    for name, value in values.items():
        if value is not None:
            setattr(concern, name, tidy(value))
    concern.save(update_fields=[name for name, value in values.items() if value is not None])
    emit("concern.updated", order, station_id=order.station_id, by=by, at=at,
         text=concern.text, diagnosis=concern.diagnosis)
    return concern


@verb
def remove_concern(*, concern: Concern, by: User, at: datetime) -> WorkOrder:
    """Strike a concern; the timeline keeps its words. Raises NotPermitted, WrongStatus."""
    order = concern.order
    _lock_for_concern(order, by)
    emit("concern.removed", order, station_id=order.station_id, by=by, at=at, text=concern.text)
    concern.delete()
    return order
