"""Cells that only order history has: ways of payment, people who share a line, kinds of lines."""

import re

from chejian.core.text import squeeze, tidy
from chejian.movein.values import (
    NOTHING,
    Finding,
    Reading,
    Severity,
    Value,
    is_nothing,
    parse_number,
)

METHODS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stored_value", ("储值", "会员卡", "充值", "预存", "卡扣")),
    ("wechat", ("微信", "wechat", "weixin")),
    ("alipay", ("支付宝", "alipay")),
    ("bank_card", ("刷卡", "银行卡", "信用卡", "pos", "银联")),
    ("transfer", ("转账", "汇款", "对公", "银行")),
    ("on_account", ("挂账", "记账", "赊", "欠款", "月结", "未付")),
    ("insurer", ("保险", "直赔")),
    ("voucher", ("券", "抵用", "积分", "团购")),
    ("cash", ("现金", "cash")),
)
"""What an old system calls its ways of payment; the first that fits."""
_APART = re.compile(r"[+＋、,，/;；&＆|\s]+|和|与")
_PEOPLE_APART = re.compile(r"[+＋、,，/;；&＆|]+|\s{2,}")
NAME_LIMIT = 40
LABOUR_WORDS = ("工时", "人工", "工项", "项目", "维修", "服务", "labour", "labor")
PART_WORDS = ("材料", "配件", "零件", "备件", "物料", "商品", "辅料", "油品", "part", "material")


def read_payment(raw: str, field: str, reading: Reading) -> Value[tuple[str, ...]]:
    """微信+现金 is two ways of payment; an unknown word is kept as text only."""
    if is_nothing(raw):
        return Value(())
    words = [word for word in _APART.split(tidy(raw)) if word]
    found = [_method(word) for word in words]
    known = tuple(dict.fromkeys(method for method in found if method))
    if all(found):
        return Value(known)
    return Value(known, (Finding(field, "payment.unknown", Severity.WARNING, raw),))


def _method(word: str) -> str:
    text = squeeze(word).lower()
    return next((code for code, names in METHODS if any(name in text for name in names)), "")


def read_people(raw: str, field: str, reading: Reading) -> Value[tuple[str, ...]]:
    """陈志强,林海 are two people who share the line; both are kept."""
    names = [squeeze(name)[:NAME_LIMIT] for name in _PEOPLE_APART.split(tidy(raw))]
    return Value(tuple(dict.fromkeys(name for name in names if name.lower() not in NOTHING)))


def read_person(raw: str, field: str, reading: Reading) -> Value[str]:
    name = squeeze(raw)[:NAME_LIMIT]
    return Value("" if name.lower() in NOTHING else name)


def read_line_kind(raw: str, field: str, reading: Reading) -> Value[str]:
    """``labour``, ``part`` or ``other``; None where nothing stands."""
    text = squeeze(raw).lower()
    if not text:
        return Value(None)
    if any(word in text for word in PART_WORDS):
        return Value("part")
    return Value("labour" if any(word in text for word in LABOUR_WORDS) else "other")


def read_stated_kilometres(raw: str, field: str, reading: Reading) -> Value[int]:
    """The reading as it stands: the chain of the car judges it (``odometers``)."""
    if is_nothing(raw):
        return Value(None)
    number = parse_number(re.sub(r"(?i)(?:km|公里|千米)s?$", "", squeeze(raw)))
    if number is None or number < 0 or number > 99_999_999:
        return Value(None, (Finding(field, "km.unknown", Severity.WARNING, raw),))
    return Value(int(number))
