"""What the catalogue holds before the shop adds its own: rates, classes, types, price levels."""

from decimal import Decimal

from django.db import transaction

from chejian.catalog.models import LabourClass, PriceLevelName, RepairClass, RepairType, TaxRate

TAX_RATES: tuple[tuple[str, str, str], ...] = (
    ("13", "13%", "0.13"),
    ("6", "6%", "0.06"),
    ("3", "3%（简易计税）", "0.03"),
    ("1", "1%（小规模减按）", "0.01"),
    ("0", "0%", "0"),
)
"""增值税法 art. 10-13; 1 % instead of 3 % for small-scale taxpayers until the end of 2027."""

PRICE_LEVELS: tuple[tuple[str, str], ...] = (
    ("retail", "零售价"),
    ("member", "会员价"),
    ("contract", "协议价"),
    ("wholesale", "同行批发价"),
    ("claim", "索赔价"),
)

LABOUR_CLASSES: tuple[tuple[str, str, str], ...] = (
    ("QITA", "其他车型", "120"),
    ("A", "微型及小型车", "100"),
    ("B", "紧凑及中型车", "120"),
    ("C", "中大型车与SUV", "150"),
    ("D", "豪华车", "200"),
    ("NEV", "新能源车", "160"),
)

REPAIR_CLASSES: tuple[tuple[str, str, int, int, bool, bool], ...] = (
    ("minor", "小修", 2000, 10, False, True),
    ("special", "专项修理", 2000, 10, False, True),
    ("first", "一级维护", 2000, 10, False, True),
    ("second", "二级维护", 5000, 30, True, False),
    ("assembly", "总成修理", 20000, 100, True, False),
    ("vehicle", "整车修理", 20000, 100, True, False),
)
"""Code, name, guarantee in km and days, certificate needed, self-inspection possible.

Guarantee minimum for cars and dangerous-goods vehicles, whichever comes first, from the exit date
(机动车维修管理规定); certificate for 二级维护, 总成修理, 整车修理 (道路运输条例 art. 44).
"""

REPAIR_TYPES: tuple[tuple[str, str, str, str], ...] = (
    ("general", "普通", "customer", "minor"),
    ("maintenance", "保养", "customer", "first"),
    ("accident", "事故", "insurer", "special"),
    ("sanbao", "三包", "maker", "minor"),
    ("first_service", "首保", "maker", "first"),
    ("comeback", "返修", "internal", "minor"),
    ("internal", "内修", "internal", "minor"),
    ("wash", "洗美", "customer", "minor"),
)


@transaction.atomic
def ensure_defaults() -> None:
    """Create what is missing. What the shop has changed stays as it is."""
    TaxRate.objects.bulk_create(
        [TaxRate(code=code, name=name, rate=Decimal(rate)) for code, name, rate in TAX_RATES],
        ignore_conflicts=True,
    )
    PriceLevelName.objects.bulk_create(
        [
            PriceLevelName(code=code, name=name, position=position)
            for position, (code, name) in enumerate(PRICE_LEVELS)
        ],
        ignore_conflicts=True,
    )
    LabourClass.objects.bulk_create(
        [LabourClass(code=code, name=name, rate=Decimal(rate))
         for code, name, rate in LABOUR_CLASSES],
        ignore_conflicts=True,
    )
    _ensure_repair()


def _ensure_repair() -> None:
    RepairClass.objects.bulk_create(
        [
            RepairClass(
                code=code, name=name, guarantee_km=km, guarantee_days=days,
                needs_certificate=certificate, self_inspection_allowed=self_inspection,
                position=position,
            )
            for position, (code, name, km, days, certificate, self_inspection) in enumerate(
                REPAIR_CLASSES
            )
        ],
        ignore_conflicts=True,
    )
    classes = {row.code: row for row in RepairClass.objects.all()}
    RepairType.objects.bulk_create(
        [
            RepairType(
                code=code, name=name, payer=payer, repair_class=classes.get(usual),
                position=position,
            )
            for position, (code, name, payer, usual) in enumerate(REPAIR_TYPES)
        ],
        ignore_conflicts=True,
    )
