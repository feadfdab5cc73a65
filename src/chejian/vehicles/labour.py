"""Labour classes of cars. Their list is the catalogue's, which stands above: it registers them."""

from collections.abc import Callable

type Choices = Callable[[], list[tuple[str, str]]]

_providers: list[Choices] = []


def register_labour_classes(choices: Choices) -> None:
    """``choices()`` gives code and name of every class; the form of a car offers them."""
    _providers.append(choices)


def labour_classes() -> list[tuple[str, str]]:
    return _providers[-1]() if _providers else []
