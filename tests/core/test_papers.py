"""Setting a paper: text stays text, fonts are ours, what is missing shows."""

import logging
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chejian.core import papers
from chejian.core.papers import PaperFailed, compile_paper, printable
from tests.core import pdf

STATION: papers.StationHead = {"name": "深圳市车间汽车服务有限公司"}
HEAD = '#import "/core/papers/shared.typ": *\n#show: sheet.with(title: "试", number: "1")\n'


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A throw-away template in a copy of the root: only what shared.typ needs."""
    shared = tmp_path / "core" / "papers" / "shared.typ"
    shared.parent.mkdir(parents=True)
    shared.write_text((papers.ROOT / "core/papers/shared.typ").read_text(encoding="utf-8"))
    monkeypatch.setattr(papers, "ROOT", tmp_path)
    path = tmp_path / "x.typ"
    path.write_text(HEAD + "#data.text")
    return path


MARKUP = (
    '#panic("run") $x^2$ *bold* _it_ @ref <label> \\u{41} #read("/core/papers/shared.typ") // no'
)


def test_text_of_people_is_never_markup(template: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = compile_paper("x.typ", {"text": MARKUP}, station=STATION)
    assert pdf.pages(out) == 1
    assert caplog.records == []
    assert "".join(MARKUP.split()) in pdf.text(out)


def test_only_our_fonts(template: Path) -> None:
    template.write_text(HEAD + "常 *粗* _斜_")
    out = compile_paper("x.typ", {}, station=STATION)
    assert pdf.fonts(out) <= {"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"}
    assert papers.font_families() == ["Noto Sans CJK SC"]


def test_a_missing_font_is_told(template: Path, caplog: pytest.LogCaptureFixture) -> None:
    template.write_text(HEAD + '#text(font: "SimSun")[宋体]')
    compile_paper("x.typ", {}, station=STATION)
    assert [record.message for record in caplog.records] == ["x.typ: unknown font family: simsun"]


def test_a_missing_character_prints_a_sign_and_warns(
    template: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = compile_paper("x.typ", {"text": "王𠮷😀 好"}, station=STATION)
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "x.typ: no glyph for U+1F600 U+20BB7")
    ]
    assert "王〓〓好" in pdf.text(out)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("喆堃镕祎玥燊", "喆堃镕祎玥燊"),
        ("陳國棟　黃麗華", "陳國棟　黃麗華"),
        ("a\tb\r\nc\x00\x07d", "a b\ncd"),
        ("零\u200b宽\ufeff字\ufe0f符", "零宽字符"),
        ("e\u0301", "é"),
        ("¥1,162.00 − 5 % ≥ ③ 〓", "¥1,162.00 − 5 % ≥ ③ 〓"),
    ],
)
def test_printable(text: str, printed: str) -> None:
    missing: set[str] = set()
    assert printable(text, missing) == printed
    assert missing == set()


@pytest.mark.parametrize("value", [1.5, Decimal("1.50"), object(), {"a": [Decimal(1)]}])
def test_figures_come_as_text(template: Path, value: object) -> None:
    with pytest.raises(TypeError, match="a paper takes text"):
        compile_paper("x.typ", {"text": value}, station=STATION)


def test_lazy_words_are_printed_in_chinese(template: Path) -> None:
    word = gettext_lazy("The file is empty.")
    assert "文件是空的" in pdf.text(compile_paper("x.typ", {"text": word}, station=STATION))


@pytest.mark.parametrize("name", ["../x.typ", "/etc/passwd", "core/papers.py", "none.typ"])
def test_only_templates_of_this_program(template: Path, name: str) -> None:
    with pytest.raises(PaperFailed):
        compile_paper(name, {}, station=STATION)


def test_a_template_reads_nothing_outside(template: Path) -> None:
    template.write_text(HEAD + '#read("/../../../../../../etc/passwd")')
    with pytest.raises(PaperFailed) as caught:
        compile_paper("x.typ", {}, station=STATION)
    assert caught.value.template == "x.typ"


def test_the_same_data_and_time_give_the_same_file(template: Path) -> None:
    at = timezone.now()
    first = compile_paper("x.typ", {"text": "一"}, station=STATION, at=at)
    assert compile_paper("x.typ", {"text": "一"}, station=STATION, at=at) == first


def test_every_template_is_in_the_package() -> None:
    found = {path.relative_to(papers.ROOT).as_posix() for path in papers.ROOT.rglob("*.typ")}
    assert found == {
        "core/papers/shared.typ",
        "workorders/papers/repair_order.typ",
        "workorders/papers/walkaround.typ",
        "quality/papers/completion_certificate.typ",
        "billing/papers/settlement_list.typ",
        "movein/papers/reconciliation.typ",
    }
