"""What is typed into a longer form is kept by the browser: each says under which name."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "chejian"
FORM = re.compile(r'(?s)<form\b[^>]*method="post".*?</form>')
FIELD = re.compile(r"ui\.(?:text_input|textarea|combo|field|plate_input|signature)\(|<textarea")
WHOLE = ("form_fields(", "for bound in form", "ui.textarea(")

#: longer forms that keep no draft, and why
WITHOUT = {
    "accounts/own_password.html": "passwords are not kept",
}


def longer(form: str) -> bool:
    """Three fields, a free text, or a whole form written out field by field."""
    return len(FIELD.findall(form)) >= 3 or any(sign in form for sign in WHOLE)


@pytest.mark.parametrize(
    "page", sorted(SOURCE.glob("*/jinja2/**/*.html")),
    ids=lambda page: str(page.relative_to(SOURCE)),
)
def test_longer_forms_keep_a_draft(page: Path) -> None:
    name = page.relative_to(SOURCE).as_posix().partition("/jinja2/")[2]
    forms = [form for form in FORM.findall(page.read_text(encoding="utf-8")) if longer(form)]
    without = [form[:120] for form in forms if "data-draft" not in form.split("csrf_input")[0]]
    assert bool(without) == (name in WITHOUT), without


def test_two_drafts_of_one_page_have_two_names() -> None:
    for page in SOURCE.glob("*/jinja2/**/*.html"):
        names = re.findall(r'data-draft="([^"]+)"', page.read_text(encoding="utf-8"))
        assert len(names) == len(set(names)), page
