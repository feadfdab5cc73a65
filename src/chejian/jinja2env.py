"""The Jinja2 environment: words, the UI kit, and how figures and times are written."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined

from chejian.core import formats
from chejian.core.car_drawing import drawing
from chejian.core.fixed_words import CompiledPages, PageEnvironment
from chejian.core.icons import icon
from chejian.core.shell import shell
from chejian.vehicles.plates import colour_of


class UiKit:
    """The macros of ``core/ui.html``, loaded at first use, so that a block alone has them too."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        """Only asked for what is not there yet: once loaded, the macros are plain attributes."""
        module = self._environment.get_template("core/ui.html").module
        if not settings.DEBUG:
            self.__dict__ |= module.__dict__
        return getattr(module, name)


@cache
def fixed_url(name: str) -> str:
    """The address of a page without arguments: it stays the same while we run."""
    return reverse(name)


@cache
def fixed_static(path: str) -> str:
    return static(path)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    if not args and not kwargs:
        return fixed_url(name)
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environments(**options: Any) -> Callable[[str], Environment]:
    """What makes the environment of a language."""
    return lambda language: environment(language, **options)


def environment(language: str, **options: Any) -> Environment:
    cache_folder = Path(settings.DATA) / "cache" / "jinja2"
    cache_folder.mkdir(parents=True, exist_ok=True)
    env = PageEnvironment(
        **{
            **options,
            "undefined": StrictUndefined,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
            "bytecode_cache": CompiledPages(cache_folder, language),
            "cache_size": -1,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    env.language = language
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.globals.update(
        url=url,
        static=fixed_static,
        small_icon=icon,
        ui=UiKit(env),
        car_picture=drawing,
        shell=shell,
        now=timezone.now,
        today=timezone.localdate,
        get_messages=get_messages,
    )
    env.filters.update(formats.FILTERS, plate_colour=colour_of)
    return env
