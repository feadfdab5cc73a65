"""The demo's catalogue and stock."""

import random
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.catalog.models import LabourOperation, Part, TaxRate
from chejian.catalog.services import ensure_defaults
from chejian.catalog.services.bulk import PartRecord, import_parts
from chejian.catalog.services.labour import (
    TemplateJob,
    TemplatePart,
    create_operation,
    save_template,
)
from chejian.demo.catalogue import BRANDS, CARS, OPERATIONS, PARTS, TEMPLATES
from chejian.demo.people import Group
from chejian.inventory.services import ReceiptLine, receive

LEVELS = {"member_price": "0.95", "contract_price": "0.90", "wholesale_price": "0.80",
          "claim_price": "0.70"}
WASH = "MR"


def build(group: Group, dice: random.Random, at: datetime) -> list[Part]:
    """Parts with five prices, labour, common jobs, and opening stock in every warehouse."""
    ensure_defaults()
    parts = _parts(dice, at)
    _labour(at)
    _templates(parts, at)
    for code in group.stations:
        _stock(group, code, parts, dice, at)
    return parts


def _parts(dice: random.Random, at: datetime) -> list[Part]:
    records, costs = [], []
    for index, (name, spec, unit, cost, retail, kind) in enumerate(PARTS):
        for turn, (brand, origin) in enumerate(BRANDS[kind], start=1):
            factor = Decimal("1.15") if origin == "genuine" else Decimal(1)
            price = (Decimal(retail) * factor).quantize(Decimal(1))
            make, series = CARS[dice.randrange(len(CARS))][:2]
            values = {
                "spec": spec, "brand": brand, "origin": origin, "unit": unit,
                "fitment": "通用" if kind in ("oil", "paint", "tyre") else f"{make} {series}",
                "retail_price": price, "safety_stock": Decimal(dice.choice((0, 2, 4, 6))),
                **{level: (price * Decimal(share)).quantize(Decimal("0.01"))
                   for level, share in LEVELS.items()},
            }
            number = f"{kind[:2].upper()}-{index:03d}{origin[0].upper()}{turn}"
            records.append(
                PartRecord(number=number, name=name, values=values,
                           oe_numbers=(f"{dice.randrange(10**7):07d}-{kind[:2].upper()}",))
            )
            costs.append(Decimal(cost))
    parts = import_parts(records, by=None, at=at)
    for part, net_cost in zip(parts, costs, strict=True):
        part.demo_cost = net_cost  # type: ignore[attr-defined]
    return parts


def _labour(at: datetime) -> None:
    rates = {rate.rate: rate for rate in TaxRate.objects.all()}
    for code, name, hours, fixed, skill in OPERATIONS:
        rate = rates[Decimal("0.0600") if code.startswith(WASH) else Decimal("0.1300")]
        create_operation(
            code=code, name=name, by=None, at=at, flat_hours=Decimal(hours), skill=skill,
            tax_rate=rate, fixed_price=Decimal(fixed) if fixed else None,
        )


def _templates(parts: list[Part], at: datetime) -> None:
    operations = {operation.code: operation for operation in LabourOperation.objects.all()}
    found: dict[tuple[str, str], Part] = {}
    for part in parts:
        found.setdefault((part.name, part.spec), part)
    for position, (name, jobs) in enumerate(TEMPLATES):
        save_template(
            name=name, position=position, by=None, at=at,
            jobs=[
                TemplateJob(
                    operations[code],
                    [TemplatePart(found[part, spec], Decimal(n)) for part, spec, n in wants],
                )
                for code, wants in jobs
            ],
        )


def is_oil(part: Part) -> bool:
    """Whether it stands in the oil store."""
    return part.unit in ("桶", "瓶")


def cost_of(part: Part) -> Decimal:
    """What ``build`` says the part costs without VAT."""
    cost: Decimal = part.demo_cost  # type: ignore[attr-defined]
    return cost


def _stock(
    group: Group, code: str, parts: list[Part], dice: random.Random, at: datetime
) -> None:
    keeper: User = group.who(code, "storekeeper")
    main, oils = group.warehouses[code]
    for warehouse, wanted in ((main, False), (oils, True)):
        lines = []
        for index, part in enumerate(parts):
            if is_oil(part) is not wanted or (code != "NS" and index % 3 == 0):
                continue
            count = dice.randint(6, 30) if wanted else dice.choice((0, 1, 2, 4, 6, 8, 12))
            if count:
                shelf = f"{'YAB'[not wanted]}-{index % 12 + 1:02d}-{index % 4 + 1}"
                lines.append(
                    ReceiptLine(part, Decimal(count), cost_of(part), bin_code=shelf)
                )
        receive(warehouse=warehouse, lines=lines, kind="opening", by=keeper, at=at)
