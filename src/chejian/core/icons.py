"""The small drawings beside words: one sprite, named by its symbols (docs/ui-kit.md)."""

from functools import lru_cache

from django.templatetags.static import static
from markupsafe import Markup


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 16, label: str | None = None) -> Markup:
    """``ui.icon`` of every page, made once for each drawing and size."""
    cls = "i" if size == 16 else f"i i-{size}"
    sprite = static("core/icons.svg")
    said = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    return Markup(f'<svg class="{cls}" {said}><use href="{sprite}#i-{name}"/></svg>')  # noqa: S704
