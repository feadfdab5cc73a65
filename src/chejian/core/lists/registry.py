"""Every list by its name, and the columns that apps further up add to it."""

from chejian.core.lists.spec import Column, ListSpec

_specs: dict[str, ListSpec] = {}
_extras: dict[str, list[Column]] = {}


def register(spec: ListSpec) -> ListSpec:
    """Called in ``AppConfig.ready``. A second list of the same name is a mistake."""
    known = _specs.setdefault(spec.name, spec)
    if known is not spec:
        raise ValueError(f"two lists are named {spec.name}")
    return spec


def extend(name: str, *columns: Column) -> None:
    """Columns of an upper app for the list ``name`` of a lower one."""
    mine = _extras.setdefault(name, [])
    for column in columns:
        if all(known.key != column.key for known in mine):
            mine.append(column)


def registered() -> dict[str, ListSpec]:
    return dict(_specs)


def find(name: str) -> ListSpec | None:
    return _specs.get(name)


def columns_of(spec: ListSpec) -> tuple[Column, ...]:
    """Its own columns, then those of upper apps."""
    return (*spec.columns, *_extras.get(spec.name, ()))
