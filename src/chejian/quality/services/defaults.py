"""What is looked at in a final inspection before the shop makes its own list (C01)."""


from chejian.core.verbs import verb
from chejian.quality.models import InspectionTemplate

AT_WORK = frozenset({"前制动片厚度", "轮胎花纹深度", "轮胎气压", "蓄电池电压"})
"""What a technician measures at his job."""

ITEMS: tuple[tuple[str, str, str], ...] = (
    ("委托项目全部完成", "与委托书一致", ""),
    ("故障现象消除", "无原故障", ""),
    ("制动性能", "制动有效、不跑偏", ""),
    ("前制动片厚度", "≥ 3.0", "mm"),
    ("转向系统", "无异响、无松旷", ""),
    ("轮胎花纹深度", "≥ 1.6", "mm"),
    ("轮胎气压", "220 – 260", "kPa"),
    ("蓄电池电压", "≥ 12.4", "V"),
    ("车轮螺栓力矩", "100 – 120", "N·m"),
    ("油液液面", "上下限之间", ""),
    ("灯光与仪表", "工作正常、无故障灯", ""),
    ("泄漏检查", "无油、水、气泄漏", ""),
)
"""Name, standard, unit. A start: limits differ by model, so the shop changes them."""


@verb
def ensure_defaults() -> int:
    """Make the list when there is none at all; returns how many were made."""
    if InspectionTemplate.objects.exists():
        return 0
    made = InspectionTemplate.objects.bulk_create(
        InspectionTemplate(name=name, standard=standard, unit=unit, position=position,
                           at_work=name in AT_WORK)
        for position, (name, standard, unit) in enumerate(ITEMS)
    )
    return len(made)
