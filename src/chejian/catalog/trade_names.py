"""What a part is also called: the counter says 刹车片 where the maker's list says 制动片.

Words of one group stand for each other in the search. The short ones are the trade's own.
"""

from collections.abc import Iterator

GROUPS: tuple[tuple[str, ...], ...] = (
    ("刹车油", "制动液"), ("刹车", "制动"),
    ("刹车皮", "制动片", "刹车片"), ("刹车碟", "制动盘", "刹车盘"),
    ("机滤", "机油滤清器", "机油格", "机油滤芯"), ("空滤", "空气滤清器", "空气格", "空气滤芯"),
    ("汽滤", "汽油滤清器", "燃油滤清器", "汽油格"), ("空调滤", "空调滤清器", "空调格", "空调滤芯"),
    ("电瓶", "蓄电池"), ("防冻液", "冷却液"), ("波箱油", "变速箱油"), ("雨刮", "雨刷"),
    ("大灯", "前照灯"), ("方向机", "转向机"), ("减震器", "减振器", "避震器"), ("水箱", "散热器"),
    ("火嘴", "火花塞"), ("叶子板", "翼子板"), ("引擎盖", "发动机盖", "机盖"),
    ("倒车镜", "后视镜"), ("启动马达", "起动机"), ("正时皮带", "时规皮带"), ("球笼", "等速万向节"),
    ("玻璃水", "风挡清洗液"), ("羊角", "转向节"), ("冷气泵", "空调压缩机"),
)
MOST = 6


def other_names(name: str) -> list[str]:
    """The name with each known word in place of its fellows: 前制动片 gives 前刹车片, 前刹车皮."""
    found = dict.fromkeys(one for one in _other_names(name) if one != name)
    return list(found)[:MOST]


def _other_names(name: str) -> Iterator[str]:
    for group in GROUPS:
        said = max((word for word in group if word in name), key=len, default=None)
        if said is not None:
            yield from (name.replace(said, word) for word in group if word not in name)
