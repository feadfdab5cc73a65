"""What the demo's first station brought along from its old system: orders, balances, debts."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from chejian.billing.services.opening import OpeningRecord, open_balances
from chejian.demo.people import Group
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import PastOrder
from chejian.workorders.services.past import (
    PastLineRecord,
    PastOrderRecord,
    import_past_lines,
    import_past_orders,
)

STATION = "NS"
RUN = 1  # stands for the import that brought them
CARS, VISITS, HOLDERS, DEBTORS = 40, 3, 6, 3
VISIT = (
    ("保养", "到期保养", "小保养", "机油滤清器", 150, 45),
    ("一般维修", "刹车异响", "更换前刹车片", "前刹车片", 120, 386),
    ("一般维修", "空调不制冷", "空调系统检查", "空调滤芯", 80, 68),
    ("洗美", "到期保养", "清洗节气门", "节气门清洗剂", 60, 55),
)
PAID = ("现金", "微信", "支付宝", "刷卡", "微信+现金", "储值卡")


def build(group: Group, cars: Sequence[Vehicle], now: datetime) -> int:
    """Orders of two years before the demo began; who had money on a card, who owed some."""
    dice = random.Random(20)  # its own, so that the rest of the demo stays as it is
    chosen = [car for car in cars if car.owner_id is not None][:CARS]
    heads = [
        _head(dice, car, now, turn) for car in chosen for turn in range(dice.randint(1, VISITS))
    ]
    station = group.stations[STATION]
    import_past_orders(station=station, records=heads, import_run=RUN)
    ids = dict(PastOrder.objects.filter(station=station).values_list("number", "pk"))
    lines = [line for head in heads for line in _lines(dice, head, ids[head.number])]
    import_past_lines(station=station, records=lines, import_run=RUN)
    _balances(group, chosen, now)
    return len(heads)


def _head(dice: random.Random, car: Vehicle, now: datetime, turn: int) -> PastOrderRecord:
    day = timezone.localdate(now) - timedelta(days=120 + 200 * turn + dice.randrange(150))
    kind, concern, _job, _part, labour, material = dice.choice(VISIT)
    due = Decimal(labour + material)
    number = f"WX{day:%y%m%d}{car.pk:04d}-{turn}"
    return PastOrderRecord(
        number=number, opened_on=day, settled_on=day, row=car.pk * VISITS + turn,
        vehicle_id=car.pk, customer_id=car.owner_id, plate=car.plate, repair_type=kind,
        adviser="吴晓燕", concern=concern, labour=Decimal(labour), material=Decimal(material),
        due=due, received=due, payment=dice.choice(PAID),
    )


def _lines(dice: random.Random, head: PastOrderRecord, order_id: int) -> list[PastLineRecord]:
    visit = next(one for one in VISIT if one[4] == head.labour)
    people = dice.choice((("陈志强",), ("林海",), ("陈志强", "林海")))
    return [
        PastLineRecord(order_id, "labour", visit[2], unit_price=head.labour, amount=head.labour,
                       position=1, people=people),
        PastLineRecord(order_id, "part", visit[3], code="G9787583", unit_price=head.material,
                       amount=head.material, position=2, people=people),
    ]


def _balances(group: Group, cars: Sequence[Vehicle], now: datetime) -> None:
    owners = list({car.owner_id: car.owner for car in cars if car.owner}.values())
    records = [
        OpeningRecord(
            owner, Decimal(1000 + 250 * place), Decimal(200),
            Decimal(380 * place) if place < DEBTORS else Decimal(0), "旧系统余额",
        )
        for place, owner in enumerate(owners[:HOLDERS])
    ]
    open_balances(
        station=group.stations[STATION], records=records, as_of=timezone.localdate(now),
        by=group.who(STATION, "station_manager"), at=now,
    )
