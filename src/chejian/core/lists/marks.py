"""Marks for the rows of lists: the UI kit's badge and plate, made once per word and language.

A macro call per row costs more than the row; these give the same markup (core/ui/marks.html).
"""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from chejian.core.errors import Text
from chejian.core.icons import icon

COLOURS = frozenset({"blue", "yellow", "green", "yellow_green", "white", "black"})


def badge(label: Text, tone: str, icon_name: str) -> Markup:
    return _badge(str(label), tone, icon_name)


@lru_cache(maxsize=1024)
def _badge(label: str, tone: str, icon_name: str) -> Markup:
    mark = icon(icon_name, 12)
    return Markup(f'<span class="badge badge-{tone}">{mark}{escape(label)}</span>')  # noqa: S704


def plate(text: str, colour: str, href: str = "") -> Markup:
    """A car's plate in its colour; ``href`` makes it a link."""
    opened, closed = _plate_frame(colour, get_language() or "")
    inner: str
    if not text:
        inner = escape(_("no plate"))
    elif colour in COLOURS and len(text) >= 6 and "·" not in text:
        inner = f"{escape(text[:2])}<i>·</i>{escape(text[2:])}"
    else:
        inner = escape(text)
    mark = f"{opened}{inner}{closed}"
    return Markup(f'<a href="{href}">{mark}</a>' if href else mark)  # noqa: S704


@lru_cache(maxsize=64)
def _plate_frame(colour: str, language: str) -> tuple[str, str]:
    """``language`` keeps the words of each language apart."""
    words = {
        "blue": _("blue plate"), "green": _("green new-energy plate"), "yellow": _("yellow plate"),
        "yellow_green": _("yellow-green new-energy plate"), "white": _("white plate"),
        "black": _("black plate"),
    }
    word = escape(words.get(colour) or _("no regular plate"))
    css = colour.replace("_", "-") if colour in COLOURS else "none"
    return (f'<span class="plate plate-{css}" title="{word}" data-colour-word="{word}">', "</span>")


def tag(label: Text) -> Markup:
    return Markup('<span class="tag">{}</span>').format(str(label))


def document(number: str) -> Markup:
    """A document's number as the way to its page, whoever owns it."""
    if not number or "-" not in number or "/" in number:
        return escape(number)
    said = escape(number)
    return Markup(f'<a class="mono" href="{_documents()}{said}/">{said}</a>')  # noqa: S704 - escaped


@lru_cache(maxsize=1)
def _documents() -> str:
    return reverse("document", args=["x"]).removesuffix("x/")


def link(address: str, text: str) -> Markup:
    return Markup(f'<a href="{escape(address)}">{escape(text)}</a>')  # noqa: S704 - escaped
