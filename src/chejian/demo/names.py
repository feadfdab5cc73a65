"""Invented people, companies and phones; the same seed gives the same ones."""

import random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁"
    "于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江"
)
GIVEN = [
    "建华", "志强", "晓雯", "思远", "美玲", "子轩", "雅琴", "昊天", "可欣", "振东", "若琳", "启明",
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳",
    "杰", "娟", "涛", "明", "超", "秀英", "霞", "平", "刚", "桂英", "俊", "鹏",
    "浩", "宇", "婷", "雪", "梅", "海燕", "国栋", "志伟", "嘉欣", "子涵", "一鸣", "文博",
    "佳怡", "梓萱", "雨桐", "浩然", "欣妍", "博文", "建国", "丽华", "永强", "春梅", "玉兰", "德胜",
    "小军",
]
COMPANIES = [
    "云帆物流", "恒通贸易", "捷运租车", "鹏程科技", "南海建材", "万家物业",
    "天虹商贸", "绿源环保", "启航教育", "金地装饰", "德信电子", "顺达快运",
]


def person(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + dice.choice(GIVEN)


def mobile(dice: random.Random) -> str:
    """A number that looks like one; the ranges are real, the rest is chance."""
    return f"1{dice.choice('35789')}{dice.randrange(10)}{dice.randrange(10**8):08d}"


def serial(dice: random.Random, length: int, letters: int = 1) -> str:
    """Plate serial with up to ``letters`` letters, never I or O."""
    found = [str(dice.randrange(10)) for _ in range(length)]
    for _ in range(dice.randint(0, letters)):
        found[dice.randrange(length)] = dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return "".join(found)
