"""Cut the fonts of the printed papers out of Noto Sans CJK SC, for maintainers.

The product serves what is committed under core/papers/fonts; this script makes it anew from
the system's Noto fonts (Debian: fonts-noto-cjk), whose checksum is printed. Kept are:

- the 8,105 characters of the Table of General Standard Chinese Characters (通用规范汉字表,
  2013: what GB 18030-2022 asks of level 2), listed in scripts/fonts/;
- the 6,763 characters and the symbols of GB 2312, full-width forms included;
- the 5,401 frequent characters of Big5, for customers whose names are written in the
  traditional way (Hong Kong and Macao cars are common guests in the south);
- ASCII, Latin-1 and the punctuation, box and figure signs that papers use.

Usage: python scripts/make_fonts.py [FOLDER with NotoSansCJK-Regular.ttc and -Bold.ttc]
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent
STANDARD = HERE / "fonts" / "general-standard-2013.txt"
TARGET = HERE.parent / "src" / "chejian" / "core" / "papers" / "fonts"
SYSTEM = Path("/usr/share/fonts/opentype/noto")
FAMILY = "Noto Sans CJK SC"
EXTRA = (
    "€–—‘’“”…‰′″※℃№℡™✓−×÷±≤≥≈√∅△▲▽▼◇◆○●□■☆★←↑→↓〓•‐‑―・"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ㎎㎏㎜㎝㎞㎡㏄㏎"
)


def decoded(codec: str, rows: range, cells: range) -> set[str]:
    """Every character that has a two-byte code in these rows of ``codec``."""
    codes = (bytes([row, cell]) for row in rows for cell in cells)
    return {code.decode(codec, "ignore") for code in codes} - {""}


def gb2312() -> set[str]:
    """6,763 characters and 682 signs."""
    return decoded("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))


def big5_frequent() -> set[str]:
    """Level 1 of Big5: 5,401 characters."""
    found = decoded("big5", range(0xA4, 0xC7), range(0x40, 0xFF))
    return {character for character in found if len(character) == 1 and character >= "\u4e00"}


def wanted() -> set[str]:
    standard = set(STANDARD.read_text(encoding="utf-8").split())
    latin = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    full_width = {chr(code) for code in range(0xFF01, 0xFF5F)}
    boxes = {chr(code) for code in range(0x2500, 0x2580)}
    return standard | gb2312() | big5_frequent() | latin | full_width | boxes | set(EXTRA)


def face(path: Path) -> TTFont:
    """The face of simplified Chinese inside the collection."""
    for font in TTCollection(str(path), lazy=True).fonts:
        if font["name"].getDebugName(1) == FAMILY:
            return font
    sys.exit(f"{path}: no face named {FAMILY}")


def options() -> subset.Options:
    """Plain glyphs only: no layout features, so that what is measured is what is printed."""
    chosen = subset.Options()
    chosen.layout_features = []
    chosen.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "GSUB", "GPOS", "DSIG"]
    chosen.name_IDs = ["*"]
    chosen.name_languages = [0x409]
    chosen.notdef_outline = True
    chosen.hinting = False
    chosen.desubroutinize = False
    return chosen


def cut(path: Path, target: Path, characters: set[str]) -> set[str]:
    """Write the subset of one weight; return the characters it really has."""
    font = face(path)
    cutter = subset.Subsetter(options())
    cutter.populate(unicodes=[ord(character) for character in characters])
    cutter.subset(font)
    font["head"].modified = font["head"].created  # the same fonts give the same file
    font.recalcTimestamp = False
    font.save(str(target))
    return {chr(code) for code in font.getBestCmap()}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SYSTEM
    characters = wanted()
    TARGET.mkdir(parents=True, exist_ok=True)
    kept: set[str] = set(characters)
    for weight in ("Regular", "Bold"):
        source = folder / f"NotoSansCJK-{weight}.ttc"
        target = TARGET / f"NotoSansCJKsc-{weight}.otf"
        kept &= cut(source, target, characters)
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        print(f"{target.name}: {target.stat().st_size:,} bytes, from sha256 {digest}")
    lines = "".join(sorted(kept))
    (TARGET / "characters.txt").write_text(lines + "\n", encoding="utf-8")
    print(f"{len(kept):,} of {len(characters):,}; not in Noto: {sorted(characters - kept)}")


if __name__ == "__main__":
    main()
