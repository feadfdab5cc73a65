"""What stands in a page: safe, and the words of its language."""

from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy, pgettext_lazy
from jinja2 import UndefinedError
from markupsafe import Markup

from chejian.core.written import writer


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("<b>&'\"", "&lt;b&gt;&amp;&#39;&#34;"),
        (Markup("<b>"), "<b>"),
        (None, "None"),
        (5, "5"),
        (Decimal("1.50"), "1.50"),
        (lazy(lambda: "<i>", str)(), "&lt;i&gt;"),
        (type("Sub", (str,), {})("<s>"), "&lt;s&gt;"),
    ],
)
def test_every_value_is_made_safe(value: object, wanted: str) -> None:
    assert str(writer()(value)) == wanted


def test_words_are_those_of_the_environments_language() -> None:
    word, other = gettext_lazy("Close"), pgettext_lazy("main places", "All")
    shown = {}
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            page = engines["jinja2"].env.from_string("{{ a }} {{ b }}")  # type: ignore[attr-defined]
            shown[language] = [page.render(a=word, b=other) for _ in range(2)]
    assert shown == {"zh-hans": ["关闭 全部"] * 2, "en": ["Close All"] * 2}


def test_words_made_in_passing_are_not_taken_for_each_other() -> None:
    written = writer()
    with translation.override("zh-hans"):
        for _ in range(200):
            assert [written(gettext_lazy(word)) for word in ("Close", "Undo")] == ["关闭", "撤销"]


def test_templates_write_safely_everywhere() -> None:
    source = """{% macro m(x) %}{{ x }}{% endmacro %}{% set s %}{{ v }}{% endset %}
{{- v }}|{{ m(v) }}|{{ s }}|{{ v ~ v }}|{{ [v]|join }}|{% call(a) n(v) %}{{ a }}{% endcall %}"""
    top = "{% macro n(x) %}{{ caller(x) }}{% endmacro %}"
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    assert env.from_string(top + source).render(v="<") == "&lt;|&lt;|&lt;|&lt;&lt;|&lt;|&lt;"
    with pytest.raises(UndefinedError):
        env.from_string("{{ nothing }}").render()
