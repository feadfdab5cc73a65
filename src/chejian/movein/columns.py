"""Which column of a strange file means what: our fields, their many names, and the matching."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.core.text import squeeze


class FileKind(TextChoices):
    """What an old system's file is about."""

    CARS = "cars", _("Customers and cars")
    PARTS = "parts", _("Parts and stock")
    HISTORY_HEADS = "history", _("Order history")
    HISTORY_LINES = "history_lines", _("Lines of order history")
    CONTROLS = "controls", _("Control totals")


@dataclass(frozen=True)
class Field:
    """A target of a column."""

    key: str
    label: Promise
    names: tuple[str, ...]
    required: bool = False


def _field(
    key: str, label: Promise, names: str, *, required: bool = False
) -> Field:
    return Field(key, label, tuple(names.split()), required)


CAR_FIELDS = (
    _field(
        "customer_number",
        _("Customer number"),
        "客户编号 客户编码 客户代码 客户号 会员编号 "
        "会员号 车主编号 customerno customernumber customerid",
    ),
    _field(
        "customer_name",
        _("Customer name"),
        "客户名称 客户姓名 车主 车主姓名 车主名称 姓名 "
        "单位名称 客户 托修方 owner customer customername name",
        required=True,
    ),
    _field("contact_name", _("Contact"), "联系人 送修人 驾驶员 司机 联系人姓名 contact driver"),
    _field(
        "phone",
        _("Phone"),
        "手机 手机号 手机号码 联系电话 电话 电话号码 移动电话 "
        "联系方式 车主电话 车主手机 客户电话 mobile phone tel",
    ),
    _field(
        "customer_kind",
        _("Kind of customer"),
        "客户类型 客户类别 客户性质 车主性质 类型 customertype",
    ),
    _field(
        "identity",
        _("Identity card or tax number"),
        "身份证/税号 身份证号 身份证号码 身份证 证件号码 "
        "证件号 税号 统一社会信用代码 taxid idnumber",
    ),
    _field("address", _("Address"), "地址 联系地址 住址 客户地址 address"),
    _field(
        "plate",
        _("Plate"),
        "车牌号 车牌 车牌号码 牌照号 牌照 牌照号码 号牌号码 车号 plate plateno licenseplate",
    ),
    _field(
        "vin", _("VIN"), "车架号 vin vin码 vin号 车辆识别代号 车辆识别代码 识别码 底盘号 车架号码"
    ),
    _field("engine_no", _("Engine number"), "发动机号 发动机号码 发动机编号 engineno engine"),
    _field("make", _("Make"), "品牌 厂牌 车辆品牌 汽车品牌 make brand"),
    _field("series", _("Series"), "车系 车辆系列 系列 series"),
    _field("model", _("Model"), "车型 车辆型号 车型名称 款型 型号 model"),
    _field("colour", _("Colour"), "颜色 车身颜色 车辆颜色 color colour"),
    _field(
        "registered_on",
        _("Registered on"),
        "登记日期 注册日期 上牌日期 初登日期 初次登记日期 注册登记日期 购车日期 registered",
    ),
    _field(
        "odometer",
        _("Odometer (km)"),
        "最近里程 里程 里程数 行驶里程 进厂里程 公里数 当前里程 最后里程 odometer mileage km",
    ),
    _field(
        "last_visit_on",
        _("Last visit"),
        "最近进厂 最近来店 最近进厂日期 最后进厂日期 "
        "上次进厂 末次来店 最后来店日期 最后消费日期 lastvisit",
    ),
    _field("insurer_name", _("Insurer"), "保险公司 承保公司 投保公司 insurer"),
    _field(
        "insurance_until",
        _("Insured until"),
        "保险到期 保险到期日 保险到期日期 交强险到期 "
        "交强险到期日 商业险到期 保险止期 insuranceuntil",
    ),
    _field(
        "inspection_until",
        _("Inspection due"),
        "年检到期 年检到期日 年检到期日期 年审到期 "
        "年审到期日 年检日期 审车到期 验车到期 inspectionuntil",
    ),
    _field("member_tier", _("Member tier"), "会员等级 会员级别 客户等级 客户级别 等级 membertier"),
    _field("credit_limit", _("Credit limit"), "挂账额度 信用额度 授信额度 赊账额度 creditlimit"),
    _field(
        "stored_value",
        _("Stored value"),
        "储值余额 卡余额 储值卡余额 本金余额 余额",
    ),
    _field("gift_value", _("Gift balance"), "赠送余额 赠金余额 赠金 赠送金额"),
    _field("debt", _("Debt"), "欠款 欠款金额 欠款合计 应收余额 未收金额 挂账金额"),
    _field("remarks", _("Remarks"), "备注 说明 备注信息 remark remarks note"),
)
PART_FIELDS = (
    _field(
        "number",
        _("Part number"),
        "配件编码 配件编号 配件代码 配件号 零件号 零件编号 件号 "
        "商品编码 物料编码 编码 编号 partno partnumber sku",
        required=True,
    ),
    _field(
        "name",
        _("Part name"),
        "配件名称 零件名称 商品名称 物料名称 品名 名称 partname name",
        required=True,
    ),
    _field("spec", _("Specification"), "规格型号 规格 型号 配件规格 spec"),
    _field("fitment", _("Fits"), "适用车型 适用 适用范围 车型 fitment"),
    _field("brand", _("Brand"), "品牌/产地 品牌 产地 厂家 生产厂家 配件品牌 brand"),
    _field("origin", _("Origin grade"), "配件性质 品质 配件类型 配件来源 origin"),
    _field("unit", _("Unit"), "单位 计量单位 库存单位 unit"),
    _field(
        "cost",
        _("Unit cost without VAT"),
        "成本价 成本 成本单价 平均成本 进价 进货价 采购价 库存单价 入库价 cost unitcost",
    ),
    _field("retail_price", _("Retail price"), "零售价 销售价 售价 销售单价 标准售价 retail price"),
    _field("member_price", _("Member price"), "会员价 会员售价"),
    _field("contract_price", _("Contract price"), "协议价 合同价 大客户价"),
    _field("wholesale_price", _("Wholesale price"), "批发价 同行价 同行批发价"),
    _field("claim_price", _("Claim price"), "索赔价 三包价 厂家索赔价"),
    _field("safety_stock", _("Safety stock"), "安全库存 最低库存 库存下限 安全库存量"),
    _field("warehouse", _("Warehouse"), "仓库 仓库名称 库房 所在仓库 warehouse"),
    _field("bin", _("Bin"), "货位 仓位 库位 货架 货架号 存放位置 bin location"),
    _field(
        "quantity",
        _("Quantity on hand"),
        "库存数量 数量 库存 库存量 现存量 结存数量 当前库存 实际库存 quantity qty onhand",
    ),
    _field("value", _("Stock value"), "库存金额 金额 结存金额 库存成本 成本金额 stockvalue amount"),
    _field("interchange", _("Interchange numbers"), "通用件号 替换件号 互换号 通用号 替代件号"),
    _field("oe_number", _("OE number"), "oe号 oe码 原厂编号 原厂编码 原厂件号 图号 oenumber"),
    _field("barcode", _("Barcode"), "条码 条形码 barcode"),
    _field("remarks", _("Remarks"), "备注 说明 remark remarks note"),
)
HISTORY_HEAD_FIELDS = (
    _field(
        "order_number",
        _("Order number"),
        "单号 工单号 工单编号 工单号码 委托书号 委托书编号 维修单号 维修工单号 结算单号 单据号 "
        "单据编号 接车单号 施工单号 orderno ordernumber rono",
        required=True,
    ),
    _field(
        "opened_on",
        _("In on"),
        "进厂日期 进厂时间 接车日期 接车时间 开单日期 开单时间 来店日期 到店日期 维修日期 "
        "工单日期 送修日期 openedon datein",
        required=True,
    ),
    _field(
        "settled_on",
        _("Settled on"),
        "结算日期 结算时间 出厂日期 出厂时间 收款日期 交车日期 完工日期 竣工日期 dateout",
    ),
    _field(
        "plate",
        _("Plate"),
        "车牌号 车牌 车牌号码 牌照号 牌照 牌照号码 号牌号码 车号 plate plateno licenseplate",
    ),
    _field("vin", _("VIN"), "车架号 vin vin码 vin号 车辆识别代号 车辆识别代码 车架号码 底盘号"),
    _field(
        "customer_number",
        _("Customer number"),
        "客户编号 客户编码 客户代码 客户号 会员编号 会员号 车主编号 customerno customerid",
    ),
    _field(
        "odometer",
        _("Odometer (km)"),
        "里程 进厂里程 里程数 行驶里程 公里数 进厂公里数 当前里程 odometer mileage km",
    ),
    _field("repair_type", _("Repair type"), "维修类型 维修类别 工单类型 业务类型 服务类型"),
    _field(
        "adviser",
        _("Service adviser"),
        "服务顾问 接车员 接待员 接待人 接待顾问 业务员 开单人 接车人 adviser advisor",
    ),
    _field("concern", _("Concern"), "故障描述 客户描述 维修原因 客户陈述 报修内容 故障现象"),
    _field("labour", _("Labour"), "工时费 工时金额 人工费 工时费合计 工时合计 项目金额 labour"),
    _field(
        "material",
        _("Material"),
        "材料费 配件费 材料金额 配件金额 材料费合计 配件费合计 材料合计 parts material",
    ),
    _field(
        "other", _("Other charges"), "其它费 其他费 其它费用 其他费用 其它金额 其他金额 附加费 杂费"
    ),
    _field(
        "discount",
        _("Discount"),
        "优惠 优惠金额 折扣金额 折扣 减免 减免金额 优惠合计 抹零 discount",
    ),
    _field(
        "due",
        _("Due"),
        "应收 应收金额 应收合计 应收款 应付金额 结算金额 总金额 金额合计 due total",
    ),
    _field("received", _("Received"), "实收 实收金额 实收合计 实收款 已收 已收金额 received paid"),
    _field(
        "payment", _("Payment method"), "付款方式 结算方式 收款方式 支付方式 付款类型 payment"
    ),
)
HISTORY_LINE_FIELDS = (
    _field(
        "order_number",
        _("Order number"),
        "单号 工单号 工单编号 工单号码 委托书号 委托书编号 维修单号 维修工单号 结算单号 单据号 "
        "单据编号 接车单号 施工单号 orderno ordernumber rono",
        required=True,
    ),
    _field("line_kind", _("Kind of line"), "类别 类型 项目类别 项目类型 明细类别 费用类别 kind"),
    _field(
        "code", _("Code"), "编码 项目编码 项目代码 配件编码 配件编号 零件号 商品编码 代码 code"
    ),
    _field(
        "name",
        _("Name"),
        "名称 项目名称 配件名称 项目 工时名称 维修项目 商品名称 项目或配件 name description",
        required=True,
    ),
    _field("quantity", _("Quantity"), "数量 工时 工时数量 工时数 数量/工时 quantity qty hours"),
    _field("price", _("Unit price"), "单价 工时单价 销售单价 销售价 price unitprice"),
    _field("amount", _("Amount"), "金额 小计 金额小计 行金额 合计金额 amount"),
    _field(
        "technicians",
        _("Technicians"),
        "施工人 施工人员 技师 维修工 维修人员 派工 派工人员 主修人 主修 修理工 technician",
    ),
)
CONTROL_FIELDS = (
    _field("metric", _("Figure"), "项目 指标 统计项 名称", required=True),
    _field(
        "value",
        _("Old system's figure"),
        "旧系统数 数值 合计 旧系统 控制数 数量 金额",
        required=True,
    ),
)
FIELDS: dict[str, tuple[Field, ...]] = {
    FileKind.CARS: CAR_FIELDS,
    FileKind.PARTS: PART_FIELDS,
    FileKind.HISTORY_HEADS: HISTORY_HEAD_FIELDS,
    FileKind.HISTORY_LINES: HISTORY_LINE_FIELDS,
    FileKind.CONTROLS: CONTROL_FIELDS,
}
SURE = 95
LIKELY = 60
_NOTES = re.compile(r"[（(\[【].*?[)）\]】]")
_SIGNS = re.compile(r"[^0-9a-z\u3400-\u9fff/]")


@dataclass(frozen=True)
class Match:
    """A column put to a field: ``confidence`` 100 is one of our names, below 95 a guess."""

    column: int
    field: str
    confidence: int

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE


@lru_cache(maxsize=4096)
def header_key(title: str) -> str:
    """A title without marks, notes in brackets and case: ``车架号(VIN)*`` is ``车架号``."""
    folded = squeeze(title).lower()
    return _SIGNS.sub("", _NOTES.sub("", folded) or folded)


def signature(titles: Sequence[str]) -> str:
    """By which a header is recognised again, so that a matching by hand is remembered."""
    joined = "\x1f".join(header_key(title) for title in titles).rstrip("\x1f")
    return hashlib.sha256(joined.encode()).hexdigest()[:40]


@lru_cache(maxsize=16)
def known_names(kind: str) -> dict[str, str]:
    """Every name of every field of a kind, as ``header_key`` writes it."""
    return {header_key(name): field.key for field in FIELDS[kind] for name in field.names}


def likeness(title: str, field: Field) -> int:
    """100 for one of the field's names; less for a name inside the title or common pairs."""
    key = header_key(title)
    return max((_likeness(key, header_key(name)) for name in field.names), default=0) if key else 0


def _likeness(key: str, name: str) -> int:
    if key == name:
        return 100
    if len(name) > 1 and (name in key or key in name) and len(key) > 1:
        return 60 + 30 * min(len(key), len(name)) // max(len(key), len(name))
    ours, theirs = _pairs(name), _pairs(key)
    if not ours or not theirs:
        return 0
    return 160 * len(ours & theirs) // (len(ours) + len(theirs))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def match(titles: Sequence[str], kind: str) -> list[Match]:
    """Put each column to at most one field and each field to at most one column, best first."""
    candidates = [
        Match(column, field.key, likeness(title, field))
        for column, title in enumerate(titles)
        for field in FIELDS[kind]
    ]
    candidates = [found for found in candidates if found.confidence >= LIKELY]
    candidates.sort(key=lambda found: (-found.confidence, found.column))
    chosen: list[Match] = []
    for found in candidates:
        taken = any(found.column == one.column or found.field == one.field for one in chosen)
        if not taken:
            chosen.append(found)
    return sorted(chosen, key=lambda found: found.column)


def apply_memory(titles: Sequence[str], kind: str, memory: Mapping[str, str]) -> list[Match]:
    """The matching a person made for this header before; keys are columns, values fields."""
    known = {field.key for field in FIELDS[kind]}
    return [
        Match(int(column), field, 100)
        for column, field in sorted(memory.items(), key=lambda item: int(item[0]))
        if field in known and int(column) < len(titles)
    ]


def missing_required(matches: Sequence[Match], kind: str) -> list[Field]:
    have = {found.field for found in matches}
    return [field for field in FIELDS[kind] if field.required and field.key not in have]


def field_label(kind: str, key: str) -> Promise | str:
    return next((field.label for field in FIELDS.get(kind, ()) if field.key == key), key)
