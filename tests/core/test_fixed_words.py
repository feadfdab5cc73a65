"""Fixed words stand in the compiled template; nothing else is decided there."""

from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation
from jinja2 import Environment

from chejian.core import fixed_words
from chejian.core.fixed_words import CompiledPages


def environment(language: str) -> Environment:
    with translation.override(language):
        return engines["jinja2"].env  # type: ignore[attr-defined,no-any-return]


def shown(source: str, language: str = "zh-hans", **values: object) -> str:
    with translation.override(language):
        return environment(language).from_string(source).render(**values)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('{{ _("Close") }}', "关闭"),
        ('{{ gettext("Close") }}', "关闭"),
        ('{{ pgettext("views", "All") }}', "全部"),
        ('{{ pgettext("main places", "All") }}', "全部"),
        ('{{ _("Close")|length }}', "2"),
        ('{{ {"a": _("Close")}["a"] ~ "!" }}', "关闭!"),
        ('{{ _("Station: %(name)s", name=value) }}', "门店：&lt;b&gt;"),
        ('{{ _("Station: %(name)s", name=value|safe) }}', "门店：<b>"),
        ('{{ ngettext("%(num)s row", "%(num)s rows", 3) }}', "3 行"),
        ('{{ _(word) }}', "关闭"),
        ('{{ _("no such words") }}', "no such words"),
    ],
)
def test_words_are_those_of_the_language(source: str, wanted: str) -> None:
    assert shown(source, value="<b>", word="Close") == wanted


def test_each_language_has_its_own_templates() -> None:
    one, other = environment("zh-hans"), environment("en")
    assert one is environment("zh-hans")
    assert one is not other
    assert (shown('{{ _("Close") }}', "en"), shown('{{ _("Close") }}')) == ("Close", "关闭")
    pages = [env.get_template("core/404.html") for env in (one, other)]
    assert pages[0] is not pages[1]


def test_fixed_words_are_in_the_code_and_others_are_asked_for() -> None:
    env = environment("zh-hans")
    code = env.compile('{{ _("Close") }}{{ _(word) }}', raw=True)
    assert "关闭" in code
    assert code.count("gettext") + code.count("'_'") <= 3
    assert "Close" not in code


def test_a_name_with_another_meaning_is_left_alone() -> None:
    assert shown('{% for _ in ["x"] %}{{ _ }}{% endfor %}') == "x"
    assert shown('{% set gettext = word %}{{ gettext("Close") }}', word=lambda said: f"<{said}>"
                 ) == "&lt;Close&gt;"


def test_new_words_make_the_compiled_templates_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sums(language: str) -> tuple[str, str]:
        cache = CompiledPages(tmp_path, language)
        return cache.get_cache_key("a.html"), cache.get_source_checksum("x")

    chinese, english = sums("zh-hans"), sums("en")
    assert chinese[0] != english[0]
    assert chinese == sums("zh-hans")
    monkeypatch.setattr(fixed_words, "words_version", lambda: "other words")
    assert sums("zh-hans")[0] == chinese[0]
    assert sums("zh-hans")[1] != chinese[1]
