"""The Jinja2 environment: words, the UI kit, and how figures and times are written."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined

from chejian.core import formats
from chejian.core.car_drawing import drawing
from chejian.core.shell import shell
from chejian.vehicles.plates import colour_of


class UiKit:
    """The macros of ``core/ui.html``, loaded at first use, so that a block alone has them too."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._modules: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module(), name)

    def _module(self) -> Any:
        module = self._modules.get("ui")
        if module is None:
            module = self._environment.get_template("core/ui.html").module
            if not settings.DEBUG:
                self._modules["ui"] = module
        return module


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    cache = Path(settings.DATA) / "cache" / "jinja2"
    cache.mkdir(parents=True, exist_ok=True)
    env = Environment(
        **{
            **options,
            "undefined": StrictUndefined,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
            "bytecode_cache": FileSystemBytecodeCache(str(cache)),
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
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
        static=static,
        ui=UiKit(env),
        car_picture=drawing,
        shell=shell,
        now=timezone.now,
        today=timezone.localdate,
        get_messages=get_messages,
    )
    env.filters.update(formats.FILTERS, plate_colour=colour_of)
    return env
