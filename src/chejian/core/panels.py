"""Pages of a lower app that show what upper apps know: a customer's cars, a car's orders.

The upper app registers a function when it is ready; the page asks for all of them by its name and
never learns who answered. A panel is markup. Lists get columns from above by ``core.lists.extend``.
"""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

type Panel = Callable[[Any, Any], str | None]

_panels: dict[str, list[tuple[int, Panel]]] = {}


def register_panel(page: str, panel: Panel, *, order: int = 50) -> None:
    """``panel(request, subject)`` gives markup, or None where there is nothing to show."""
    _panels.setdefault(page, []).append((order, panel))
    _panels[page].sort(key=lambda entry: entry[0])


def panels(page: str, request: Any, subject: Any) -> list[str]:
    """The markup of every panel that has something to show, in order."""
    made = (panel(request, subject) for _order, panel in _panels.get(page, []))
    return [Markup(markup) for markup in made if markup]  # noqa: S704 - rendered by a template
