"""A subject: its rows by station and permission, its fields in sections, its first question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chejian.accounts.models import User
from chejian.core.errors import Text
from chejian.core.lists.spec import Column, ListSpec, Rows, Viewer

type Section = tuple[Text, Sequence[Column]]


@dataclass(frozen=True)
class Subject:
    """``spec`` is the list of its rows. ``identities`` names, by the key of a column of names,
    the column that tells two bearers of one name apart. ``day`` is the date usually asked for.
    """

    key: str
    spec: ListSpec
    sections: Sequence[Section]
    day: str
    note: Text = ""
    icon: str = "chart"
    identities: Mapping[str, str] = field(default_factory=dict)
    start: str = ""

    @property
    def title(self) -> Text:
        return self.spec.title

    def open_to(self, user: User) -> bool:
        return user.access.can_any(self.spec.permissions)


def subject(
    key: str, title: Text, *, rows: Callable[[Viewer], Rows], permissions: Sequence[str],
    sections: Sequence[Section], shown: Sequence[str], sort: str, day: str, **more: Any,
) -> Subject:
    """Build the list of a subject: the columns of all sections, ``shown`` ones at first."""
    columns = [
        replace(column, hidden=column.key not in shown)
        for _label, columns in sections for column in columns
    ]
    order = {name: place for place, name in enumerate(shown)}
    columns.sort(key=lambda column: order.get(column.key, len(order)))
    spec = ListSpec(
        name=f"query-{key}", title=title, address=f"query_{key.replace('-', '_')}",
        permissions=tuple(permissions), rows=rows, columns=tuple(columns), sort=sort, local=False,
    )
    return Subject(key, spec, sections, day, **more)


def allowed(viewer: Viewer, *codes: str) -> list[int]:
    """Stations at which the person holds any of the codes."""
    access = viewer.user.access
    return sorted({pk for code in codes for pk in access.stations_with(code)})
