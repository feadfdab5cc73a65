"""The kit's words and shapes, rendered as pages render them."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, QueryDict
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

import chejian
from chejian.core import car_drawing, shell
from chejian.core.styleguide import icon_names, styleguide

PACKAGE = Path(chejian.__file__).resolve().parent
STATIC = PACKAGE / "core" / "static" / "core"
ROOT = PACKAGE.parents[1]
TEMPLATES = sorted(PACKAGE.glob("*/jinja2/**/*.html"))
MACRO = re.compile(r"{% set (\w+) = \w+\.\w+ %}")


@pytest.fixture
def say() -> Callable[..., str]:
    """Renders one expression in Chinese; runs of white space become one."""

    def render(source: str, **context: Any) -> str:
        environment = engines["jinja2"].env  # type: ignore[attr-defined]
        with translation.override("zh-hans"):
            text: str = environment.from_string("{{ " + source + " }}").render(**context)
        return " ".join(text.split())

    return render


def request_for(path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request._messages = []  # type: ignore[attr-defined]
    return request


# --- figures and marks ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("ui.money(v)", '<span class="money">1,204.00</span>'),
        (
            "ui.money(v, sign=true, size='big')",
            '<span class="money money-big"><small>¥</small>1,204.00</span>',
        ),
        ("ui.money(-v)", '<span class="money money-minus">−1,204.00</span>'),
        ("ui.money(-v, red=false)", '<span class="money">−1,204.00</span>'),
        ("ui.money(v, plus=true)", '<span class="money">+1,204.00</span>'),
        ("ui.money(none)", '<span class="muted">—</span>'),
        ("ui.qty(v / 1000, 'L')", '<span class="nowrap">1.204 L</span>'),
    ],
)
def test_money_is_written_as_the_trade_writes_it(
    say: Callable[..., str], call: str, wanted: str
) -> None:
    assert say(call, v=Decimal("1204.00")) == wanted


@pytest.mark.parametrize(
    ("text", "colour", "wanted", "word"),
    [
        ("粤B7K2M9", "blue", "粤B<i>·</i>7K2M9", "小型汽车蓝牌"),
        ("粤BD12345", "green", "粤B<i>·</i>D12345", "新能源绿牌"),
        ("粤B·7K2M9", "yellow", "粤B·7K2M9", "大型汽车黄牌"),
        ("临A0231", "none", "临A0231", "临牌或无牌"),
        ("", "none", "无牌", "临牌或无牌"),
    ],
)
def test_a_plate_says_its_class(
    say: Callable[..., str], text: str, colour: str, wanted: str, word: str
) -> None:
    drawn = say("ui.plate(text, colour)", text=text, colour=colour)
    assert f'class="plate plate-{colour}"' in drawn
    assert f'title="{word}"' in drawn
    assert f">{wanted}</span>" in drawn


@pytest.mark.parametrize(
    ("code", "sign", "word"),
    [
        ("customer", "客", "客户"),
        ("maker", "厂", "厂家三包"),
        ("insurer", "保", "保险"),
        ("internal", "内", "内部"),
        ("goodwill", "誉", "商誉"),
        ("card", "卡", "套餐卡"),
    ],
)
def test_a_payer_is_one_character_with_its_word(
    say: Callable[..., str], code: str, sign: str, word: str
) -> None:
    drawn = say("ui.payer(code)", code=code)
    assert f'aria-label="付款方：{word}"' in drawn
    assert drawn.endswith(f">{sign}</span>")


def test_what_people_typed_is_escaped(say: Callable[..., str]) -> None:
    wicked = '<script>alert("x")</script>'
    for call in ("ui.badge(x)", "ui.plate(x, 'none')", "ui.button(x)", "ui.alert('red', x)"):
        assert "<script" not in say(call, x=wicked)
    assert 'data-x="&lt;script&gt;' in say("ui.button('a', data_x=x)", x=wicked)


def test_the_countdown_turns_amber_then_red(say: Callable[..., str]) -> None:
    now = timezone.now()
    calm = say("ui.countdown(at)", at=now + timedelta(hours=5, seconds=30))
    close = say("ui.countdown(at)", at=now + timedelta(minutes=35, seconds=30))
    late = say("ui.countdown(at)", at=now - timedelta(minutes=25, seconds=1))
    assert 'data-tone=""' in calm
    assert "还有 5:00" in calm
    assert 'data-tone="amber"' in close
    assert "还有 0:35" in close
    assert 'data-tone="red"' in late
    assert "超时 0:25" in late
    assert "data-countdown" not in say("ui.countdown(at, done=true)", at=now)


def test_sorting_goes_both_ways_and_keeps_the_filters(say: Callable[..., str]) -> None:
    query = QueryDict("state=open&after=9&sort=-promised")
    up = say("ui.th_sort('承诺', 'promised', '-promised', q)", q=query)
    assert 'aria-sort="descending"' in up
    assert 'href="?state=open&amp;sort=promised"' in up
    other = say("ui.th_sort('单号', 'number', '-promised', q)", q=query)
    assert "aria-sort" not in other
    assert 'href="?state=open&amp;sort=number"' in other
    assert query.get("after") == "9"


def test_a_wrong_field_names_its_error(say: Callable[..., str]) -> None:
    drawn = say("ui.text_input('km', '里程', '9', error='太小', unit='km')")
    assert 'for="id_km"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_km_error"' in drawn
    assert 'id="id_km_error"' in drawn


# --- the whole kit -------------------------------------------------------------------------------
def macro_names() -> list[str]:
    return MACRO.findall((PACKAGE / "core/jinja2/core/ui.html").read_text(encoding="utf-8"))


def test_every_macro_is_listed_for_page_writers() -> None:
    sheet = (ROOT / "docs" / "ui-kit.md").read_text(encoding="utf-8")
    inner = {"attrs", "logo"}
    assert [name for name in macro_names() if f"{name}(" not in sheet and name not in inner] == []


def test_every_used_macro_and_icon_exists() -> None:
    known, icons = {*macro_names()}, set(icon_names())
    unknown: list[str] = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        unknown += [f"{path.name}: ui.{name}" for name in re.findall(r"\bui\.(\w+)\(", text)
                    if name not in known]
        unknown += [f"{path.name}: {name}" for name in
                    re.findall(r"(?:\bicon\(|icon_name=)\"([\w-]+)\"", text) if name not in icons]
    assert unknown == []


def test_icons_are_those_of_the_list() -> None:
    lines = (ROOT / "scripts" / "icons.txt").read_text(encoding="utf-8").splitlines()
    assert icon_names() == [line.split()[0] for line in lines if not line.startswith("#")]


def test_no_page_breaks_the_policy() -> None:
    """No inline script, no style attribute, no event attribute: the browser would refuse them."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=\"|\son[a-z]+=\"|javascript:|hx-on")
    broken = [path.name for path in TEMPLATES if inline.search(path.read_text(encoding="utf-8"))]
    assert broken == []


def test_vendored_code_stands_with_its_licence() -> None:
    names = {path.name for path in (STATIC / "vendor").iterdir()}
    assert names == {"htmx.min.js", "htmx.LICENSE.txt", "tabler-icons.LICENSE.txt"}


# --- colours -------------------------------------------------------------------------------------
def tokens(selector: str) -> dict[str, str]:
    text = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    block = text[text.index(selector + " {") :]
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", block[: block.index("}")]))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_system_theme_is_the_dark_theme() -> None:
    assert tokens('[data-theme="system"]') == tokens('[data-theme="dark"]')


@pytest.mark.parametrize("theme", [":root", '[data-theme="dark"]'])
def test_texts_are_legible_in_both_themes(theme: str) -> None:
    """Text 4.5 to 1 on every ground where it stands, bars and control edges 3 to 1."""
    value = tokens(theme)
    pairs = [(ink, ground, 4.5) for ink in ("--ink", "--ink-2", "--ink-3")
             for ground in ("--bg", "--surface", "--surface-2", "--surface-3")]
    pairs += [(f"--{tone}", f"--{tone}-s", 4.5)
              for tone in ("grey", "blue", "amber", "violet", "green", "red")]
    pairs += [("--ink-2", f"--{tone}-s", 4.5)
              for tone in ("grey", "blue", "amber", "violet", "green", "red")]
    pairs += [("--on-accent", "--accent", 4.5), ("--accent-2", "--accent-soft", 4.5),
              ("--accent", "--surface", 4.5), ("--ctl", "--surface", 3.0),
              ("--violet", "--violet-t", 4.5), ("--ink-2", "--violet-t", 4.5)]
    pairs += [(f"--{tone}-b", "--surface", 2.9)
              for tone in ("blue", "amber", "violet", "green", "red")]
    weak = [(a, b) for a, b, least in pairs if contrast(value[a], value[b]) < least]
    assert weak == []


# --- the car -------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", car_drawing.KINDS)
def test_every_panel_has_a_name_and_lies_in_the_drawing(kind: str) -> None:
    picture = car_drawing.drawing(kind)
    ids = [panel.id for panel in picture.panels]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(car_drawing.PANEL_NAMES)
    for panel in picture.panels:
        left, top, width, height = panel.box
        assert left >= 0
        assert top >= 0
        assert left + width <= car_drawing.WIDTH
        assert top + height <= car_drawing.HEIGHT
        assert width > 5
        assert height > 5


def test_left_and_right_mirror_each_other() -> None:
    picture = car_drawing.drawing("suv")
    left, right = picture.panel("left_front_door"), picture.panel("right_front_door")
    assert left is not None
    assert right is not None
    assert left.box[0] + left.box[2] == car_drawing.WIDTH - right.box[0]
    assert left.box[1:] == (right.box[1], right.box[2], right.box[3])
    assert left.place(0, 0) == (left.box[0], left.box[1])


def test_only_a_pickup_has_a_cargo_bed() -> None:
    assert [kind for kind in car_drawing.KINDS if car_drawing.is_panel(kind, "bed")] == ["pickup"]
    assert car_drawing.drawing("boat").kind == "sedan"


# --- shell ---------------------------------------------------------------------------------------
def test_without_a_provider_the_shell_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "_providers", [])
    made = shell.shell(request_for())
    assert made == shell.Shell()
    assert made.station is None


def test_the_shell_is_made_once_per_request(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[HttpRequest] = []

    def provide(request: HttpRequest) -> shell.Shell:
        asked.append(request)
        return shell.Shell(stations=[shell.StationChoice(1, "南山店", active=True)])

    monkeypatch.setattr(shell, "_providers", [])
    shell.register_shell(provide)
    request = request_for()
    assert shell.shell(request) is shell.shell(request)
    assert asked == [request]
    here = shell.shell(request).station
    assert here is not None
    assert here.name == "南山店"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_style_page_shows_every_macro_in_chinese(theme: str) -> None:
    with translation.override("zh-hans"):
        response = styleguide(request_for(f"/styleguide/?theme={theme}"))
    text = response.content.decode()
    assert response.status_code == 200
    assert f'data-theme="{theme}"' in text
    assert "比进厂 46,820 小，请核对" in text
    assert "开单接车" in text


@pytest.mark.parametrize("page", ["404.html", "403.html", "403_csrf.html", "500.html"])
def test_error_pages_stand_without_a_request(page: str) -> None:
    text = engines["jinja2"].get_template(page).render({})
    assert '<main class="plain-page"' in text
