"""The chart of accounts, numbered after 小企业会计准则 (财会〔2011〕17号); names may be edited.

Debit is positive, credit negative, on every account alike. What posts where is told on one page,
``docs/postings.md``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an account is. Its normal side: debit for assets, cost and expense."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    COST = "cost"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True)
class ChartAccount:
    code: str
    name: str
    kind: Kind


CASH: Final = "1001"
BANK: Final = "1002"
WECHAT_CLEARING: Final = "101201"
ALIPAY_CLEARING: Final = "101202"
CARD_CLEARING: Final = "101203"
RECEIVABLE_CUSTOMER: Final = "112201"
RECEIVABLE_MAKER: Final = "112202"
RECEIVABLE_INSURER: Final = "112203"
STOCK: Final = "1405"
STOCK_DIFFERENCES: Final = "1901"
GOODS_NOT_INVOICED: Final = "220201"
PAYABLE: Final = "220202"
CUSTOMER_DEPOSITS: Final = "220301"
STORED_VALUE: Final = "220302"
OUTPUT_VAT: Final = "222101"
OPENING_BALANCE: Final = "3199"
WORK_IN_PROGRESS: Final = "4001"
REVENUE_LABOUR: Final = "500101"
REVENUE_PARTS: Final = "500102"
REVENUE_OTHER: Final = "500103"
COST_OF_SALES: Final = "5401"
GOODWILL_EXPENSE: Final = "560101"
INTERNAL_EXPENSE: Final = "560201"

CHART: Final[tuple[ChartAccount, ...]] = (
    ChartAccount(CASH, "库存现金", Kind.ASSET),
    ChartAccount(BANK, "银行存款", Kind.ASSET),
    ChartAccount(WECHAT_CLEARING, "其他货币资金—微信", Kind.ASSET),
    ChartAccount(ALIPAY_CLEARING, "其他货币资金—支付宝", Kind.ASSET),
    ChartAccount(CARD_CLEARING, "其他货币资金—银行卡刷卡", Kind.ASSET),
    ChartAccount(RECEIVABLE_CUSTOMER, "应收账款—客户", Kind.ASSET),
    ChartAccount(RECEIVABLE_MAKER, "应收账款—厂家", Kind.ASSET),
    ChartAccount(RECEIVABLE_INSURER, "应收账款—保险公司", Kind.ASSET),
    ChartAccount(STOCK, "库存商品—配件", Kind.ASSET),
    ChartAccount(STOCK_DIFFERENCES, "待处理财产损溢", Kind.ASSET),
    ChartAccount(GOODS_NOT_INVOICED, "应付账款—货到票未到", Kind.LIABILITY),
    ChartAccount(PAYABLE, "应付账款—供应商", Kind.LIABILITY),
    ChartAccount(CUSTOMER_DEPOSITS, "预收账款—客户定金与余款", Kind.LIABILITY),
    ChartAccount(STORED_VALUE, "预收账款—客户储值", Kind.LIABILITY),
    ChartAccount(OUTPUT_VAT, "应交税费—增值税销项税额", Kind.LIABILITY),
    ChartAccount(OPENING_BALANCE, "开账余额", Kind.EQUITY),
    ChartAccount(WORK_IN_PROGRESS, "生产成本—在修工单", Kind.COST),
    ChartAccount(REVENUE_LABOUR, "主营业务收入—维修工时", Kind.INCOME),
    ChartAccount(REVENUE_PARTS, "主营业务收入—配件", Kind.INCOME),
    ChartAccount(REVENUE_OTHER, "主营业务收入—其他", Kind.INCOME),
    ChartAccount(COST_OF_SALES, "主营业务成本", Kind.EXPENSE),
    ChartAccount(GOODWILL_EXPENSE, "销售费用—善意维修", Kind.EXPENSE),
    ChartAccount(INTERNAL_EXPENSE, "管理费用—内部维修", Kind.EXPENSE),
)
