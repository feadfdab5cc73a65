"""What can be exported: a list or a report gives its table by name, in the page and in the worker.

The upper app registers once. The worker asks again with the same address query and the same
person, so that the file holds exactly what the screen would show him, and nothing he may not see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chejian.core.errors import Text
from chejian.core.exports.table import Heading, Table


@dataclass(frozen=True)
class Wanted:
    """One export: ``user`` asks at a station for ``query``, an address query as the list reads it.

    ``columns`` are keys in the order of a template; empty stands for the columns shown.
    """

    user: Any
    station_id: int
    query: str = ""
    columns: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Source:
    """``build`` gives the table (PermissionDenied for who may not see it); it must not fetch rows
    before they are walked. ``headings`` are all columns that the person may choose from.
    ``back`` is the address of the screen itself.
    """

    label: Text
    build: Callable[[Wanted], Table]
    headings: Callable[[Wanted], Sequence[Heading]]
    back: Callable[[Wanted], str]


_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Called in ``AppConfig.ready``. The same name may be registered again."""
    _sources[name] = source


def source(name: str) -> Source | None:
    return _sources.get(name)


def sources() -> dict[str, Source]:
    return dict(_sources)
