"""Work orders for tests: every step by its real verb, every person with his real role."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.catalog.models import LabourOperation, Part, RepairType
from chejian.inventory.models import Warehouse
from chejian.vehicles.models import Vehicle
from chejian.workorders import services
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from tests.factories import accounts, catalog, inventory, parties, vehicles


def repair_type(code: str = "general") -> RepairType:
    catalog.tax_rate()
    return RepairType.objects.get(code=code)


@dataclass
class Shop:
    """A station with one person of every role that touches an order."""

    station: Station = field(default_factory=accounts.make_station)
    people: dict[str, User] = field(default_factory=dict)

    def person(self, role: str) -> User:
        if role not in self.people:
            self.people[role] = accounts.make_user(role, self.station)
        return self.people[role]

    @property
    def adviser(self) -> User:
        return self.person("service_adviser")

    @property
    def controller(self) -> User:
        return self.person("workshop_controller")

    @property
    def technician(self) -> User:
        return self.person("technician")

    @property
    def inspector(self) -> User:
        return self.person("inspector")

    @property
    def storekeeper(self) -> User:
        return self.person("storekeeper")

    @property
    def cashier(self) -> User:
        return self.person("cashier")

    @property
    def manager(self) -> User:
        return self.person("station_manager")

    @property
    def warehouse(self) -> Warehouse:
        return inventory.make_warehouse(self.station)

    def stocked(self, quantity: int | str = 10, **fields: Any) -> Part:
        part = catalog.make_part(**fields)
        inventory.stock(part, self.warehouse, quantity, by=self.storekeeper)
        return part


def make_order(
    shop: Shop | None = None,
    *,
    vehicle: Vehicle | None = None,
    at: datetime | None = None,
    type_code: str = "general",
    **fields: Any,
) -> WorkOrder:
    """A draft by the adviser."""
    shop = shop or Shop()
    vehicle = vehicle or vehicles.make_vehicle()
    customer = fields.pop("customer", None) or parties.make_party()
    return services.open_order(
        station_id=shop.station.pk, vehicle=vehicle, customer=customer,
        repair_type=repair_type(type_code), by=shop.adviser, at=at or timezone.now(), **fields,
    )


def add_job(
    order: WorkOrder, shop: Shop, *, operation: LabourOperation | None = None, **fields: Any
) -> JobLine:
    """One job of 1.2 h (144.00 at the usual rate)."""
    return services.add_job(
        order=order, operation=operation or catalog.make_operation(), by=shop.adviser,
        at=timezone.now(), **fields,
    )


def add_part(
    job: JobLine, shop: Shop, part: Part | None = None, quantity: int | str = 1, **fields: Any
) -> PartLine:
    return services.add_part(
        job=job, part=part or shop.stocked(), quantity=Decimal(quantity), by=shop.adviser,
        at=timezone.now(), **fields,
    )


def authorise(order: WorkOrder, shop: Shop, approved: bool = True) -> None:
    """The customer answers everything that is proposed."""
    answers = {job.pk: approved for job in order.jobs.filter(status="proposed")}
    services.authorise(
        order=order, answers=answers, given_by="王建华", channel="in_person", by=shop.adviser,
        at=timezone.now(),
    )


def brought_to(  # noqa: C901 - one step per status
    status: str, shop: Shop | None = None, *, jobs: int = 1, part: Part | None = None,
    **fields: Any,
) -> WorkOrder:
    """An order that came to ``status`` by its verbs, with ``jobs`` jobs and one issued part."""
    shop = shop or Shop()
    order = make_order(shop, **fields)
    now = timezone.now()
    made = [add_job(order, shop) for _ in range(jobs)]
    line = add_part(made[0], shop, part) if part else None
    if status == "draft":
        return order
    services.receive(order=order, by=shop.adviser, at=now)
    authorise(order, shop)
    services.waive_walkaround(order=order, reason="夜间投钥匙", by=shop.adviser, at=now)
    if status == "received":
        return order
    services.assign(jobs=made, technicians=[shop.technician], by=shop.controller, at=now)
    services.start_job(job=made[0], technician=shop.technician, by=shop.technician, at=now)
    if line is not None:
        services.issue_part(line=line, warehouse=shop.warehouse, quantity=line.quantity,
                            by=shop.storekeeper, at=now)
    order.refresh_from_db()
    if status == "in_progress":
        return order
    if status == "on_hold":
        services.hold(order=order, reason="customer", note="", by=shop.controller, at=now)
        return order
    for job in made:
        if job.pk != made[0].pk:
            services.start_job(job=job, technician=shop.technician, by=shop.technician, at=now)
        services.finish_job(job=job, by=shop.technician, at=now)
    services.finish(order=order, by=shop.technician, at=now)
    if status == "pending_inspection":
        return order
    services.record_inspection(order=order, passed=True, reason="", self_inspection=False,
                               by=shop.inspector, at=now)
    if status == "completed":
        return order
    services.mark_settled(order=order, by=shop.cashier, at=now)
    if status == "settled":
        return order
    services.set_cleared(order=order, cleared=True, by=shop.cashier, at=now)
    services.deliver(order=order, odometer_out=50_000, collected_by="王建华", by=shop.adviser,
                     at=now)
    order.refresh_from_db()
    return order
