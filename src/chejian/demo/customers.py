"""The demo's customers and their cars, all invented."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from chejian.demo.catalogue import CARS
from chejian.demo.names import COMPANIES, mobile, person, serial
from chejian.parties.models import Party
from chejian.parties.services.bulk import PartyRecord, import_parties
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services.bulk import VehicleRecord, import_vehicles
from chejian.vehicles.vin import check_digit

TIERS = ("", "", "", "银卡", "金卡", "钻石")
COLOURS = ("白", "黑", "灰", "银", "红", "蓝")
VIN_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
YEAR_SIGNS = "HJKLMNPRS"
INSURERS = ("人保财险", "平安产险", "太平洋产险", "国寿财险")


def build(dice: random.Random, at: datetime, count: int = 240) -> list[Vehicle]:
    """Persons with a car or two, companies with a small fleet, insurers, makers, a supplier."""
    partners()
    return people(dice, at, count)


def people(dice: random.Random, at: datetime, count: int) -> list[Vehicle]:
    """Customers with their cars."""
    records = [_person_record(dice) for _ in range(count)]
    records += [_company_record(dice, name) for name in COMPANIES]
    parties = import_parties(records, by=None, at=at)
    wanted = []
    for party in parties:
        cars = dice.randint(2, 5) if party.kind == "company" else 1 + (dice.random() < 0.2)
        wanted += [_car(dice, party, at) for _ in range(cars)]
    return import_vehicles(wanted, by=None, at=at)


def _person_record(dice: random.Random) -> PartyRecord:
    return PartyRecord(
        name=person(dice), phone=mobile(dice), member_tier=dice.choice(TIERS),
        remarks=dice.choice(("", "", "", "只用原厂机油", "旧件要带走", "报销要发票")),
    )


def _company_record(dice: random.Random, name: str) -> PartyRecord:
    return PartyRecord(
        name=f"深圳市{name}有限公司", phone=mobile(dice), company=True, credit_limit=Decimal(20000),
        contacts=tuple((person(dice), mobile(dice)) for _ in range(2)),
    )


def partners() -> None:
    """Insurers, makers, suppliers."""
    for name in INSURERS:
        Party.objects.create(name=name, kind="company", is_customer=False, is_insurer=True)
    for make in sorted({car[0] for car in CARS}):
        Party.objects.create(name=make, kind="company", is_customer=False, is_maker=True)
    for name in ("南粤汽配", "鹏通滤清", "恒运轮胎"):
        Party.objects.create(name=name, kind="company", is_customer=False, is_supplier=True)


def _car(dice: random.Random, party: Party, at: datetime) -> VehicleRecord:
    make, series, model, body, powertrain, wmi = dice.choice(CARS)
    green = powertrain in ("bev", "phev", "erev")
    head = dice.choice(("粤B", "粤B", "粤B", "粤A", "湘A", "赣B"))
    plate = f"{head}D{serial(dice, 5, 0)}" if green else head + serial(dice, 5, 2)
    today = timezone.localdate(at)
    registered = today - timedelta(days=dice.randint(200, 2600))
    return VehicleRecord(
        plate=plate, vin=_vin(dice, wmi, registered), owner_id=party.pk,
        odometer=dice.randint(3, 180) * 731,
        odometer_on=today - timedelta(days=dice.randint(30, 300)),
        values={
            "make": make, "series": series, "model": model, "body": body,
            "powertrain": powertrain, "colour": dice.choice(COLOURS),
            "engine_no": f"{dice.choice('ABCDEF')}{dice.randrange(10**6):06d}",
            "registered_on": registered, "insurer_name": dice.choice(INSURERS),
            "insurance_until": today + timedelta(days=dice.randint(-20, 340)),
            "labour_class": "NEV" if green else dice.choice(("QITA", "B", "C")),
        },
    )


def _vin(dice: random.Random, wmi: str, registered: date) -> str:
    year = "HJKLMNPRST"[max(0, min(9, registered.year - 2017))]
    body = "".join(dice.choice(VIN_SIGNS) for _ in range(5))
    tail = f"{dice.choice('ABCDEFGH')}{dice.randrange(10**6):06d}"
    raw = f"{wmi}{body}0{year}{tail}"
    return f"{raw[:8]}{check_digit(raw)}{raw[9:]}"
