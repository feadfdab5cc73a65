"""The cars and customers at scale: each follows from its number, so none is kept in memory."""

import random
from datetime import date, timedelta

from chejian.core.formats import masked_phone
from chejian.core.text import pinyin_key
from chejian.demo.catalogue import CARS
from chejian.demo.customers import COLOURS, INSURERS, TIERS, VIN_SIGNS
from chejian.demo.names import COMPANIES, mobile, person
from chejian.vehicles.vin import check_digit

ELECTRIC = ("bev", "phev", "erev")
HEADS = ("粤B", "粤B", "粤A", "粤S")  # one car in two is of the first town
GREEN_HEADS = ("粤BD", "粤BF", "粤AD", "粤SD")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
TOWNS = ("深圳市", "广州市", "东莞市")
STEP, SHIFT = 7919, 31_847  # prime: neighbours get plates far apart
FUEL_CARS = [car for car in CARS if car[4] not in ELECTRIC]
GREEN_CARS = [car for car in CARS if car[4] in ELECTRIC]


class Owner:
    """A customer: what his visits say of him, and what is written when he is met."""

    def __init__(self, dice: random.Random, *, company: bool) -> None:
        self._dice, self._company = dice, company
        if company:
            sign = dice.choice("华盛隆泰宏达新远信诚")
            self.name = f"{dice.choice(TOWNS)}{sign}{dice.choice(COMPANIES)}有限公司"
        else:
            self.name = person(dice)
        self.phone = mobile(dice)

    @property
    def texts(self) -> dict[str, str]:
        return {"name": self.name, "phone": self.phone, "masked": masked_phone(self.phone)}

    def columns(self) -> dict[str, str]:
        """Every column; to be asked once, as the rest is drawn now."""
        dice, company = self._dice, self._company
        return {
            "name": self.name, "name_key": pinyin_key(self.name), "phone": self.phone,
            "kind": "company" if company else "person",
            "credit_limit": "50000.00" if company else "0.00",
            "member_tier": "" if company else dice.choice(TIERS),
            "remarks": dice.choice(("", "", "", "", "只用原厂机油", "旧件要带走", "报销要发票")),
            "secret_id": _uuid(dice),
        }


def owner(seed: int, number: int, *, company: bool) -> Owner:
    """The customer of that number."""
    return Owner(random.Random(f"{seed}/owner/{number}"), company=company)


def car(seed: int, number: int, *, electric: bool, today: date) -> dict[str, str]:
    """The columns of the car of that number."""
    dice = random.Random(f"{seed}/car/{number}")
    make, series, model, body, powertrain, wmi = dice.choice(
        GREEN_CARS if electric else FUEL_CARS
    )
    registered = today - timedelta(days=dice.randint(1150, 3600))
    return {
        "plate": _plate(number, electric=electric), "plate_kind": "52" if electric else "02",
        "plate_colour": "green" if electric else "blue", "vin": _vin(dice, wmi, number, registered),
        "engine_no": f"{dice.choice('ABCDEF')}{number:07d}",
        "make": make, "series": series, "model": model, "body": body, "powertrain": powertrain,
        "model_year": str(registered.year), "colour": dice.choice(COLOURS),
        "labour_class": "NEV" if electric else "QITA",
        "registered_on": registered.isoformat(), "insurer_name": dice.choice(INSURERS),
        "insurance_until": (today + timedelta(days=dice.randint(-60, 340))).isoformat(),
    }


def first_reading(seed: int, number: int) -> int:
    """What the meter shows before the first visit."""
    return random.Random(f"{seed}/km/{number}").randint(3000, 90000)


def _plate(number: int, *, electric: bool) -> str:
    """A plate that no other number gives: a letter and four digits, or five digits when green."""
    place, turn = number % len(HEADS), number // len(HEADS)
    if electric:
        return f"{GREEN_HEADS[place]}{(turn * STEP + SHIFT) % 100_000:05d}"
    letters = LETTERS[place::2] if place < 2 else LETTERS
    block, digits = divmod((turn * STEP + SHIFT) % (len(letters) * 10_000), 10_000)
    return f"{HEADS[place]}{letters[block]}{digits:04d}"


def _vin(dice: random.Random, wmi: str, number: int, registered: date) -> str:
    year = "ABCDEFGHJKLMNPRST"[max(0, min(16, registered.year - 2010))]
    body = "".join(dice.choice(VIN_SIGNS) for _ in range(5))
    raw = f"{wmi}{body}0{year}{LETTERS[number // 1_000_000]}{number % 1_000_000:06d}"
    return f"{raw[:8]}{check_digit(raw)}{raw[9:]}"


def _uuid(dice: random.Random) -> str:
    text = f"{dice.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
