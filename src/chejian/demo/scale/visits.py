"""The kinds of visits that are poured: what is done, in which season, and what goes differently."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from chejian.accounts.services import decide
from chejian.billing.models import Receivable
from chejian.billing.services.collection import Tender, collect_receivable, take_deposit
from chejian.billing.services.credit import put_on_account
from chejian.billing.services.reversal import reverse_settlement
from chejian.billing.services.settlement import settle
from chejian.catalog.models import LabourOperation
from chejian.demo.catalogue import CONCERNS
from chejian.demo.scale.mould import KM
from chejian.demo.stories import Story
from chejian.workorders import services as work
from chejian.workorders.models import JobLine, PartIssue, PartLine, WorkOrder

READING = KM + 100  # of a car made for reading, at reception
EVEN = (1.0,) * 12
SUMMER = (0.3, 0.3, 0.5, 0.9, 1.6, 2.4, 2.8, 2.6, 1.6, 0.7, 0.3, 0.3)
WINTER = (2.4, 1.8, 1.0, 0.6, 0.4, 0.3, 0.3, 0.4, 0.6, 1.2, 2.2, 2.6)
WET = (0.6, 0.7, 1.2, 1.5, 1.8, 1.6, 1.2, 1.1, 1.0, 0.7, 0.6, 0.6)


@dataclass(frozen=True)
class Visit:
    """A kind of visit: common jobs and single operations; ``twists`` is what goes differently."""

    weight: float
    jobs: tuple[str, ...]
    operations: tuple[str, ...] = ()
    electric: bool = False
    company: bool = False
    season: tuple[float, ...] = EVEN
    twists: tuple[str, ...] = ()


VISITS = (
    Visit(16, ("保养 A 级",)),
    Visit(9, ("保养 B 级",)),
    Visit(9, ("电动车保养",), electric=True),
    Visit(7, ("保养 A 级", "换前制动片"), twists=("declined",)),
    Visit(6, ("空调除味",), ("KT01",), season=SUMMER),
    Visit(6, ("换蓄电池",), season=WINTER),
    Visit(6, ("换轮胎一对", "四轮定位"), season=WINTER, twists=("deposit",)),
    Visit(5, ("换轮胎一对",), electric=True, season=WET, twists=("discount",)),
    Visit(4, ("单面喷漆",), ("BJ01",), twists=("insurer",)),
    Visit(4, ("空调除味",), ("DQ03",), electric=True, season=SUMMER),
    Visit(4, ("换后制动片",), ("ZD05",), twists=("rework",)),
    Visit(3, ("保养 B 级", "换火花塞"), twists=("approval",)),
    Visit(3, ("保养 A 级", "换后制动片"), company=True, twists=("account",)),
    Visit(3, ("换后制动片", "四轮定位"), ("DP03",), season=WET, twists=("returned",)),
    Visit(2, ("电动车保养",), ("DQ06",), electric=True, twists=("maker",)),
    Visit(2, ("换前制动片", "四轮定位"), twists=("hold",)),
    Visit(1, ("保养 A 级",), ("MR03",), twists=("reversed",)),
    Visit(1, ("四轮定位",), twists=("void",)),
    Visit(2, ("单面喷漆", "保养 A 级"), ("PQ01",), twists=("split",)),
    Visit(2, ("换火花塞",), ("FD05", "BY09"), company=True, twists=("account", "discount")),
    Visit(2, ("电动车保养", "换轮胎一对", "空调除味"), electric=True, season=SUMMER),
    Visit(2, ("保养 B 级", "换前制动片", "换后制动片"), ("ZD05",), twists=("deposit", "discount")),
)


class ScaleStory(Story):
    """A visit of the scale: the same steps, with a reading that can be told from other numbers."""

    def open(self) -> WorkOrder:
        dice = self.dice
        self.order = work.open_order(
            station_id=self.group.stations[self.code].pk, vehicle=self.car, customer=self.owner,
            repair_type=self.words.kinds[dice.choice((0, 0, 1))], by=self.adviser, at=self.now,
            concerns=[work.Said(*dice.choice(CONCERNS))], odometer=READING,
            promised_at=self.now + timedelta(hours=dice.choice((3, 5, 8))),
            fuel_percent=dice.choice((25, 50, 75)), old_parts=dice.choice(("take", "leave")),
        )
        return self.order

    def plan(self, *names: str) -> None:
        for name in names:
            template = next(one for one in self.words.templates if one.name == name)
            work.apply_template(order=self.order, template=template, by=self.adviser,
                                at=self.later(3))

    def add(self, *codes: str) -> None:
        for operation in LabourOperation.objects.filter(code__in=codes).order_by("code"):
            work.add_job(order=self.order, operation=operation, by=self.adviser, at=self.later(2))

    def jobs(self, *statuses: str) -> list[JobLine]:
        return list(JobLine.objects.filter(order=self.order, status__in=statuses).order_by("id"))

    def bill(self) -> None:
        settle(order=self.order, by=self.who("cashier"), at=self.later(10))
        self.order.refresh_from_db()


def take(story: ScaleStory, visit: Visit) -> None:
    """One visit from the counter to the day on which it is closed."""
    story.open()
    story.walk_around()
    story.plan(*visit.jobs)
    story.add(*visit.operations)
    story.receive()
    if "void" in visit.twists:
        work.void(order=story.order, reason="客户改期", by=story.who("station_manager"),
                  at=story.later(20))
        return
    for twist in visit.twists:
        BEFORE_WORK.get(twist, _nothing)(story)
    story.approve()
    story.dispatch()
    story.issue_parts()
    for twist in visit.twists:
        AT_WORK.get(twist, _nothing)(story)
    story.do_jobs()
    story.finish()
    if "rework" in visit.twists:
        story.inspect(passed=False, reason="路试仍有轻微抖动，复紧并重做动平衡")
        story.do_jobs()
        story.finish()
    story.inspect(passed=True)
    _bill(story, visit)
    _leave(story)


def _bill(story: ScaleStory, visit: Visit) -> None:
    for twist in visit.twists:
        BEFORE_BILL.get(twist, _nothing)(story)
    story.bill()
    if "reversed" in visit.twists:
        reverse_settlement(order=story.order, reason="付款方选错", at=story.later(10),
                           by=story.who("station_manager"))
        story.order.refresh_from_db()
        story.bill()
    if "account" in visit.twists:
        put_on_account(order=story.order, by=story.who("cashier"), at=story.later(5))
        story.order.refresh_from_db()
    else:
        story.pay()


def _leave(story: ScaleStory) -> None:
    story.deliver()
    left = story.now
    story.now = left + timedelta(days=2)  # companies, makers and insurers pay by transfer
    for receivable in Receivable.objects.filter(settlement__order=story.order, cancelled=False):
        if receivable.open_amount:
            collect_receivable(
                receivable=receivable, by=story.who("cashier"), at=story.now,
                tenders=[Tender("transfer", receivable.open_amount)],
            )
    story.now = left + timedelta(days=story.group.stations[story.code].follow_up_days, hours=1)
    work.close(order=story.order, at=story.now)


# --- what goes differently ------------------------------------------------------------------
def _nothing(_story: ScaleStory) -> None:
    """As usual."""


def _decline(story: ScaleStory) -> None:
    """The last job is not wanted now."""
    asked = story.jobs("proposed")[-1]
    work.authorise(order=story.order, answers={asked.pk: False}, channel="phone",
                   given_by=story.order.contact_name, by=story.adviser, at=story.later(10))


def _pays(payer: str, share: str) -> Callable[[ScaleStory], None]:
    def divide(story: ScaleStory) -> None:
        shares = {payer: Decimal(share)}
        if shares[payer] < 1:
            shares["customer"] = 1 - shares[payer]
        for job in story.jobs("proposed"):
            lines: list[JobLine | PartLine] = [job, *PartLine.objects.filter(job=job)]
            for line in lines:
                work.split_line(line=line, shares=shares, by=story.adviser, at=story.later(2))

    return divide


def _deposit(story: ScaleStory) -> None:
    take_deposit(order=story.order, by=story.who("cashier"), at=story.later(5),
                 tenders=[Tender("wechat", Decimal(200))])


def _give_back(story: ScaleStory) -> None:
    """The wrong box: back to the shelf, and out again."""
    issue = PartIssue.objects.filter(line__order=story.order).order_by("id")[0]
    keeper = story.who("storekeeper")
    work.return_part(issue=issue, quantity=issue.quantity, reason="型号不符", by=keeper,
                     at=story.later(5))
    work.issue_part(line=issue.line, warehouse=issue.warehouse, quantity=issue.quantity,
                    by=keeper, at=story.later(5))


def _hold(story: ScaleStory) -> None:
    boss, job = story.who("workshop_controller"), story.jobs("assigned")[0]
    worker = story.start(job)
    work.pause_job(job=job, technician=worker, reason="等客户答复", by=worker, at=story.later(15))
    work.hold(order=story.order, reason="customer", note="", by=boss, at=story.later(5))
    work.resume(order=story.order, by=boss, at=story.later(40))
    job.refresh_from_db()
    work.start_job(job=job, technician=worker, by=worker, at=story.later(5))
    work.finish_job(job=job, by=worker, at=story.later(40))


def _discount(story: ScaleStory) -> None:
    base = story.order.customer_total
    work.set_discounts(order=story.order, order_discount=(base * 3 / 100).quantize(Decimal(1)),
                       round_off=Decimal("0.50"), by=story.who("cashier"), at=story.later(3))


def _approved_discount(story: ScaleStory) -> None:
    amount = (story.order.customer_total * 12 / 100).quantize(Decimal(1))
    asked = work.ask_discount(order=story.order, amount=amount, reason="老客户", at=story.later(3),
                              by=story.adviser)
    decide(request=asked, approve=True, by=story.who("station_manager"), at=story.later(5))
    work.set_discounts(order=story.order, order_discount=amount, round_off=Decimal(0),
                       by=story.adviser, at=story.later(3))


BEFORE_WORK = {"declined": _decline, "deposit": _deposit, "insurer": _pays("insurer", "1"),
               "maker": _pays("maker", "1"), "split": _pays("insurer", "0.7")}
AT_WORK = {"returned": _give_back, "hold": _hold}
BEFORE_BILL = {"discount": _discount, "approval": _approved_discount}
