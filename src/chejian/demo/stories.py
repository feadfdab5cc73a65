"""Orders of the demo, taken through the real verbs to every state."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F

from chejian.accounts.models import User
from chejian.billing.models import Method, Receivable
from chejian.billing.services.collection import Tender, collect, take_deposit
from chejian.billing.services.settlement import settle
from chejian.catalog.models import JobTemplate, LabourOperation, RepairType
from chejian.core.errors import DomainError
from chejian.demo.catalogue import CONCERNS
from chejian.demo.people import Group
from chejian.inventory.models import StockLevel
from chejian.quality.services import Measured, inspect
from chejian.vehicles.models import Vehicle
from chejian.workorders import services as work
from chejian.workorders.models import JobLine, PartLine, WorkOrder

CHECKS = (
    ("制动距离（50 km/h）", "≤ 19 m", "m", "15.2"),
    ("机油液位", "上下刻线之间", "", "上刻线"),
    ("轮胎螺栓扭矩", "120 ± 10 N·m", "N·m", "120"),
    ("故障码", "无", "", "无"),
)

#: how far an order of the first station goes, and how many of them. Those that leave a clock
#: running come last: a technician works on one job at a time.
FIRST = (
    ("delivered", 14), ("void", 2), ("draft", 2), ("received", 3), ("approved", 3),
    ("waiting_parts", 2), ("waiting_customer", 1), ("inspecting", 3), ("rework", 1),
    ("completed", 4), ("settled", 2), ("paid", 2), ("additional", 2), ("working", 4),
)
OTHER = (
    ("delivered", 3), ("received", 1), ("approved", 1), ("inspecting", 1), ("completed", 2),
    ("settled", 1), ("working", 2),
)


class Words:
    """What every order chooses from, read once."""

    def __init__(self) -> None:
        self.kinds = list(RepairType.objects.filter(active=True))
        self.templates = list(JobTemplate.objects.filter(active=True))


class Story:
    """One visit of one car: each step is one verb of the right person at a likely time."""

    def __init__(self, group: Group, code: str, car: Vehicle, start: datetime,
                 dice: random.Random, words: Words) -> None:
        self.group, self.code, self.car, self.now, self.dice = group, code, car, start, dice
        self.words = words
        assert car.owner is not None  # the demo makes no car without one
        self.owner = car.owner
        self.adviser = dice.choice(group.people[code, "service_adviser"])
        self.technicians = group.people[code, "technician"]

    def later(self, minutes: int) -> datetime:
        self.now += timedelta(minutes=self.dice.randint(max(minutes // 2, 1), minutes))
        return self.now

    def who(self, role: str) -> User:
        return self.group.who(self.code, role)

    def open(self) -> WorkOrder:
        said = self.dice.sample(CONCERNS, self.dice.choice((1, 1, 2)))
        kind = self.dice.choice(self.words.kinds[:2])
        reading = (self.car.odometer or 1000) + self.dice.randint(200, 4000)
        self.order = work.open_order(
            station_id=self.group.stations[self.code].pk, vehicle=self.car,
            customer=self.owner, repair_type=kind, by=self.adviser, at=self.now,
            concerns=[work.Said(*row) for row in said], odometer=reading,
            promised_at=self.now + timedelta(hours=self.dice.choice((3, 5, 8, 26))),
            priority=self.dice.choice((1, 2, 3, 3, 3, 4)),
            fuel_percent=self.dice.choice((25, 50, 75)),
            old_parts=self.dice.choice(("take", "leave")),
        )
        self.car.odometer = reading
        return self.order

    def walk_around(self) -> None:
        marks = [
            work.Mark("bonnet", Decimal("0.42"), Decimal("0.55"), "scratch", "约 8 cm"),
            work.Mark("rear_bumper", Decimal("0.61"), Decimal("0.40"), "dent", "漆面完好"),
        ][: self.dice.randint(0, 2)]
        work.record_walkaround(
            order=self.order, by=self.adviser, at=self.later(4), marks=marks,
            belongings=self.dice.choice(("", "行车记录仪", "儿童座椅")),
        )
        work.waive_walkaround(
            order=self.order, reason="客户赶时间，电话确认", by=self.adviser, at=self.later(3)
        )

    def plan(self, *names: str) -> None:
        every = self.words.templates
        wanted = [one for one in every if one.name in names] or self.dice.sample(every, 2)
        for template in wanted:
            work.apply_template(order=self.order, template=template, by=self.adviser,
                                at=self.later(3))

    def receive(self) -> None:
        self.order = work.receive(order=self.order, by=self.adviser, at=self.later(4))

    def approve(self) -> None:
        asked = list(JobLine.objects.filter(order=self.order, status="proposed"))
        work.authorise(
            order=self.order, answers={job.pk: True for job in asked},
            given_by=self.order.contact_name, by=self.adviser, at=self.later(15),
            channel=self.dice.choice(("in_person", "phone", "wechat")),
        )

    def dispatch(self) -> None:
        boss = self.who("workshop_controller")
        for job in JobLine.objects.filter(order=self.order, status="authorised"):
            people = self.dice.sample(self.technicians, self.dice.choice((1, 1, 1, 2)))
            work.assign(jobs=[job], technicians=people, by=boss, at=self.later(5))

    def issue_parts(self) -> bool:
        """Request and issue what there is; True when nothing is missing."""
        keeper, whole = self.who("storekeeper"), True
        lines = PartLine.objects.filter(order=self.order, part__isnull=False, issued=0,
                                        job__status="assigned")
        for line in lines.select_related("part"):
            level = (
                StockLevel.objects.filter(
                    part=line.part, warehouse__station__code=self.code,
                    quantity__gte=F("reserved") + line.quantity,
                ).select_related("warehouse").first()
            )
            house = level.warehouse if level else self.group.warehouses[self.code][0]
            work.request_parts(line=line, quantity=line.quantity, warehouse=house,
                               by=self.adviser, at=self.later(2))
            if level is None:
                whole = False
                continue
            work.issue_part(line=line, warehouse=house, quantity=line.quantity, by=keeper,
                            at=self.later(6))
        return whole

    def worker_of(self, job: JobLine) -> User:
        """The first whom the job was given to; the group's own object knows what he may do."""
        first = job.assignments.values_list("technician_id", flat=True)[0]
        return next(person for person in self.technicians if person.pk == first)

    def start(self, job: JobLine) -> User:
        worker = self.worker_of(job)
        work.start_job(job=job, technician=worker, by=worker, at=self.later(8))
        return worker

    def do_jobs(self) -> None:
        for job in JobLine.objects.filter(order=self.order, status="assigned"):
            worker = self.start(job)
            self.later(50)
            work.finish_job(job=job, by=worker, at=self.now)

    def finish(self) -> None:
        self.order = work.finish(order=self.order, by=self.who("workshop_controller"),
                                 at=self.later(5))

    def inspect(self, *, passed: bool, reason: str = "") -> None:
        items = [
            Measured(name, passed or index > 0, value, standard, unit)
            for index, (name, standard, unit, value) in enumerate(CHECKS)
        ]
        inspect(order=self.order, verdict="passed" if passed else "failed", items=items,
                reason=reason, road_test_km=Decimal("3.5"), by=self.who("inspector"),
                at=self.later(12))
        self.order.refresh_from_db()

    def pay(self) -> None:
        owed = Receivable.objects.filter(settlement__order=self.order, payer="customer",
                                         cancelled=False).first()
        open_amount = owed.open_amount if owed else Decimal(0)
        if open_amount <= 0:
            return
        first = (open_amount / 2).quantize(Decimal(1)) if open_amount > 600 else open_amount
        methods = self.dice.sample(list(Method.values), 2)
        tenders = [Tender(methods[0], first)]
        if open_amount - first > 0:
            tenders.append(Tender(methods[1], open_amount - first))
        collect(order=self.order, tenders=tenders, by=self.who("cashier"), at=self.later(6))
        self.order.refresh_from_db()

    def deliver(self) -> None:
        work.deliver(
            order=self.order, odometer_out=(self.order.odometer_in or 0) + 3,
            collected_by=self.order.contact_name, papers=["settlement", "invoice"],
            old_parts_given=self.order.old_parts == "take", by=self.adviser, at=self.later(20),
        )


def tell(story: Story, end: str) -> WorkOrder:
    """Take one order as far as ``end``."""
    order = story.open()
    if end == "draft":
        return order
    story.walk_around()
    story.plan(*(("换前制动片",) if end == "waiting_parts" else ()))
    story.receive()
    if end == "received":
        return order
    if end == "void":
        work.void(order=story.order, reason="客户改期", by=story.who("station_manager"),
                  at=story.later(20))
        return order
    story.approve()
    if end == "approved":
        return order
    story.dispatch()
    whole = story.issue_parts()
    _work(story, end, whole)
    return story.order


def _work(story: Story, end: str, whole: bool) -> None:
    if end in ("working", "additional", "waiting_parts", "waiting_customer"):
        _in_repair(story, end)
        return
    if not whole:
        for line in PartLine.objects.filter(order=story.order, issued=0, part__isnull=False):
            for request in line.requests.filter(fulfilled_at=None, cancelled_at=None):
                work.cancel_request(request=request, by=story.adviser, at=story.later(2))
            work.cancel_part(line=line, by=story.adviser, at=story.later(2))
    story.do_jobs()
    story.finish()
    if end == "inspecting":
        return
    if end == "rework":
        story.inspect(passed=False, reason="路试仍有轻微抖动，复紧并重做动平衡")
        return
    story.inspect(passed=True)
    if end == "completed":
        return
    settle(order=story.order, by=story.who("cashier"), at=story.later(10))
    story.order.refresh_from_db()
    if end == "settled":
        return
    story.pay()
    if end == "delivered":
        story.deliver()


def _in_repair(story: Story, end: str) -> None:
    jobs = list(JobLine.objects.filter(order=story.order, status="assigned"))
    worker = None
    for job in jobs:
        candidate = story.worker_of(job)
        if not candidate.time_entries.filter(ended_at=None).exists():
            worker = story.start(job)
            break
    if worker is None:
        return
    if end == "additional":
        operation = LabourOperation.objects.get(code="DP03")
        work.add_job(order=story.order, operation=operation, found_by=worker, by=story.adviser,
                     at=story.later(20))
    elif end in ("waiting_parts", "waiting_customer"):
        work.pause_job(job=job, technician=worker, reason="等件" if end == "waiting_parts"
                       else "等客户答复", by=worker, at=story.later(15))
        work.hold(order=story.order, reason="parts" if end == "waiting_parts" else "customer",
                  note="", by=story.who("workshop_controller"), at=story.later(5))
    elif story.dice.random() < 0.4:
        take_deposit(order=story.order, by=story.who("cashier"), at=story.later(5),
                     tenders=[Tender("wechat", Decimal(200))])


def build(
    group: Group, cars: Sequence[Vehicle], dice: random.Random, now: datetime,
    tell_progress: Callable[[str], None] = lambda _text: None,
) -> int:
    """All orders. Delivered ones lie in the last three months, the rest in the last hours."""
    waiting = list(cars)
    dice.shuffle(waiting)
    words = Words()
    made = 0
    for code in group.stations:
        for end, count in FIRST if code == "NS" else OTHER:
            for _turn in range(count):
                if end == "delivered":
                    start = now - timedelta(days=dice.randint(1, 88), hours=dice.randint(0, 6))
                else:
                    start = now - timedelta(minutes=dice.randint(60, 420))
                story = Story(group, code, waiting.pop(), start, dice, words)
                try:
                    tell(story, end)
                except DomainError as error:
                    raise RuntimeError(f"demo order to {end} at {code}: {error}") from error
                made += 1
        tell_progress(f"{code}: {made}")
    return made
