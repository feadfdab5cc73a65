"""The bundled fonts have every character that a Chinese repair shop writes."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from chejian.core.papers import FONTS, MISSING, ROOT, known_characters

WEIGHTS = ("Regular", "Bold")
STANDARD = Path(__file__).parents[2] / "scripts" / "fonts" / "general-standard-2013.txt"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼警学挂港澳使领临试超军"
CAPITALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负"


def characters_of(weight: str) -> set[str]:
    font = TTFont(FONTS / f"NotoSansCJKsc-{weight}.otf", lazy=True)
    return {chr(code) for code in font.getBestCmap()}


def gb2312_hanzi() -> set[str]:
    codes = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    return {code.decode("gb2312", "ignore") for code in codes} - {""}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_glyphs_are_there(weight: str) -> None:
    found = characters_of(weight)
    standard = set(STANDARD.read_text(encoding="utf-8").split())
    assert len(standard) == 8105
    assert len(gb2312_hanzi()) == 6763
    assert standard - found == set()
    assert gb2312_hanzi() - found == set()
    assert set(PROVINCES + CAPITALS + MISSING) - found == set()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_list_is_what_the_fonts_have(weight: str) -> None:
    assert known_characters() - characters_of(weight) == {"\n"}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_name_weight_and_size(weight: str) -> None:
    path = FONTS / f"NotoSansCJKsc-{weight}.otf"
    font = TTFont(path, lazy=True)
    assert font["name"].getBestFamilyName() == "Noto Sans CJK SC"
    assert font["OS/2"].usWeightClass == {"Regular": 400, "Bold": 700}[weight]
    assert path.stat().st_size < 4_000_000


def test_the_licence_stands_beside_them() -> None:
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Adobe" in text


def test_templates_use_only_characters_that_print() -> None:
    known = known_characters()
    for path in ROOT.rglob("*.typ"):
        assert set(path.read_text(encoding="utf-8")) - known == set(), path.name
