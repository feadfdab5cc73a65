"""The catalogue tool finds what it must: on a package of its own, made for the test."""

import pytest

from scripts import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, pgettext, ngettext
A = _("Repair order")
B = pgettext("of a part", "Cost")
C = ngettext("%(n)s car", "%(n)s cars", 2) % {"n": 2}
"""
PAGE = """
{{ _("Plate") }} {{ _("%(n)s km", n=3) }}
{% trans %}Ready for
   delivery{% endtrans %}
{% set title = pgettext("verb", "Open") %}
"""
PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Plate"
msgstr "车牌"
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    app = tmp_path / "core"
    pages = app / "jinja2" / "core"
    pages.mkdir(parents=True)
    (tmp_path / "cli.py").write_text('_("The data folder")', encoding="utf-8")
    (app / "__init__.py").write_text("", encoding="utf-8")
    (app / "models.py").write_text(PYTHON, encoding="utf-8")
    (pages / "page.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    monkeypatch.setattr(messages, "LEAST_MESSAGES", 5)
    return tmp_path


def said(part):
    return {messages.key(message) for message in part.said if message.id}


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["messages.py", *arguments])
    return messages.main()


def catalogue(package, app="core"):
    return package / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def test_all_forms_are_found_in_python_and_pages(package):
    house, core = messages.read_parts()
    assert said(house) == {(None, "The data folder")}
    assert said(core) == {
        (None, "Repair order"), ("of a part", "Cost"), (None, "%(n)s car"), (None, "Plate"),
        (None, "%(n)s km"), (None, "Ready for delivery"), ("verb", "Open"),
    }


def test_missing_words_fail_and_translations_are_kept(package, monkeypatch, capsys):
    catalogue(package).parent.mkdir(parents=True)
    catalogue(package).write_text(PO.lstrip(), encoding="utf-8")
    assert run(monkeypatch, "--check") == 1
    assert "core: missing 'Repair order'" in capsys.readouterr().out
    assert run(monkeypatch) == 1
    first = catalogue(package).read_text(encoding="utf-8")
    assert 'msgid "Plate"\nmsgstr "车牌"' in first
    assert "core: empty 'Repair order'" in capsys.readouterr().out
    assert "POT-Creation-Date" not in first
    run(monkeypatch)
    assert catalogue(package).read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    ("text", "problem"),
    [("里程", "placeholders differ in '%(n)s km'"), ("%(m)s 公里", "placeholders differ"),
     ("%(n)s 公里", None)],
)
def test_placeholders_must_survive_translation(package, monkeypatch, capsys, text, problem):
    run(monkeypatch)
    file = catalogue(package)
    before = file.read_text(encoding="utf-8")
    file.write_text(
        before.replace('msgid "%(n)s km"\nmsgstr ""', f'msgid "%(n)s km"\nmsgstr "{text}"'),
        encoding="utf-8",
    )
    capsys.readouterr()
    run(monkeypatch, "--check")
    mistakes = [line for line in capsys.readouterr().out.splitlines() if "%(n)s km" in line]
    assert [problem in line for line in mistakes] == ([True] if problem else [])


def test_an_upper_app_need_not_repeat_a_lower_one(package, monkeypatch, capsys):
    upper = package / "desk"
    upper.mkdir()
    (upper / "__init__.py").write_text('_("Plate")', encoding="utf-8")
    catalogue(package).parent.mkdir(parents=True)
    catalogue(package).write_text(PO.lstrip(), encoding="utf-8")
    run(monkeypatch)
    assert "desk:" not in capsys.readouterr().out
    assert not catalogue(package, "desk").exists()


def test_two_apps_do_not_translate_one_message_differently(package, monkeypatch, capsys):
    """The lower floor's word is shown on every page; the other would never be seen."""
    upper = package / "desk"
    upper.mkdir()
    (upper / "__init__.py").write_text('_("Plate")', encoding="utf-8")
    for app in ("core", "desk"):
        catalogue(package, app).parent.mkdir(parents=True)
        catalogue(package, app).write_text(PO.lstrip(), encoding="utf-8")
    run(monkeypatch, "--check")
    assert "lower floor" not in capsys.readouterr().out
    catalogue(package, "desk").write_text(
        PO.lstrip().replace("车牌", "号牌"), encoding="utf-8"
    )
    assert run(monkeypatch, "--check") == 1
    assert "desk: 'Plate' is ['车牌'] on a lower floor" in capsys.readouterr().out


def test_a_pattern_that_finds_nothing_is_noticed(package, monkeypatch, capsys):
    monkeypatch.setattr(messages, "LEAST_MESSAGES", 500)
    assert run(monkeypatch, "--check") == 1
    assert "Only 8 messages found" in capsys.readouterr().out
