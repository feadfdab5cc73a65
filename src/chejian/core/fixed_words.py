"""Words of templates, written out when a template is compiled: one environment per language.

A page has some two hundred ``_("…")`` of fixed text. Looked up on every page they cost more than
the page's own values; here they become part of the compiled template, and text beside them joins
up into one piece. What needs a number (``ngettext``) or a variable word is still looked up.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.template.backends.jinja2 import Jinja2
from django.utils import translation
from jinja2 import Environment, FileSystemBytecodeCache, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from chejian.core.written import Writing, writer

#: of the way words are written out; a new one makes every compiled template anew
VERSION = "2"
PLAIN = frozenset({"_", "gettext"})
NAMES = PLAIN | {"pgettext"}


class FixedWords(NodeTransformer):
    """Puts the translation in the place of each call with nothing but fixed text.

    Named values stay: ``_("Station: %(name)s", name=x)`` becomes the translation ``%`` them.
    """

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - by its base
        self.generic_visit(node, *args, **kwargs)
        said = _said(node)
        if said is None:
            return node
        if not node.kwargs:
            return nodes.Const(said % {}, lineno=node.lineno)
        values = [
            nodes.Pair(nodes.Const(one.key), one.value, lineno=node.lineno) for one in node.kwargs
        ]
        return nodes.Mod(
            nodes.Const(said), nodes.Dict(values, lineno=node.lineno), lineno=node.lineno
        )


def _said(node: nodes.Call) -> Markup | None:
    """The translation; None for whatever is no call with fixed text."""
    if not isinstance(node.node, nodes.Name) or node.node.name not in NAMES:
        return None
    given = [one.value for one in node.args if isinstance(one, nodes.Const)]
    wanted = 1 if node.node.name in PLAIN else 2
    if node.dyn_args or node.dyn_kwargs or len(given) != len(node.args) or len(given) != wanted:
        return None
    found = translation.pgettext(*given) if wanted == 2 else translation.gettext(given[0])
    return Markup(found)  # noqa: S704 - our own words; the catalogues may hold marks


class PageEnvironment(Environment):
    """An environment whose templates are compiled for one language."""

    code_generator_class = Writing
    language: str = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.written = writer()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not self.language or _renames(tree):
            return tree
        with translation.override(self.language):
            FixedWords().visit(tree)
        return tree


def _renames(tree: nodes.Template) -> bool:
    """Whether the template gives one of the names another meaning."""
    return any(one.ctx != "load" for one in tree.find_all(nodes.Name) if one.name in NAMES)


class CompiledPages(FileSystemBytecodeCache):
    """Compiled templates of one language; new words make them anew."""

    def __init__(self, folder: Path, language: str) -> None:
        super().__init__(str(folder))
        self._language = language
        self._words = f"{VERSION} {django.__version__} {language} {words_version()}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{self._language} {name}", filename)

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{self._words} {source}")


@cache
def words_version() -> str:
    """A digest of every compiled catalogue of the product."""
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for file in sorted(_catalogues(package)):
        found.update(file.read_bytes())
    return found.hexdigest()


def _catalogues(package: Path) -> Iterable[Path]:
    yield from package.glob("locale/*/LC_MESSAGES/*.mo")
    yield from package.glob("*/locale/*/LC_MESSAGES/*.mo")


class Pages(Jinja2):
    """Django's engine with an environment for each language, made when it is first asked for.

    ``OPTIONS["environment"]`` names a function that makes one; it is given ``language``.
    """

    @property
    def env(self) -> Environment:
        """That of the language in force."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        found = self._made.get(language)
        if found is None:
            found = self._made[language] = self._make(language)
        return found

    @env.setter
    def env(self, make: Any) -> None:
        self._make = make
        self._made: dict[str, Environment] = {}
