"""Two people change one thing: what one of them touched is merged, the rest stands side by side.

A form remembers what it showed when it was opened (``seen``). When it comes back, each field has
three values: what was seen, what is stored now (theirs), what was typed (mine). A field that the
person left alone takes what is stored; a field that nobody else changed takes what was typed; where
both changed it to different values the form is refused (409) and shows both, and the person
chooses field by field. Nobody's change is lost because somebody else saved last.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import connection, models
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from chejian.core.formats import yes_no

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm

SEEN, TAKE = "seen", "take_"
CODE = "side_by_side"


@dataclass(frozen=True)
class Difference:
    """One field that two people have changed; ``choice`` is the name of the question."""

    name: str
    label: str
    theirs: str
    mine: str
    takes_theirs: bool = False

    @property
    def choice(self) -> str:
        return f"{TAKE}{self.name}"


class SideBySide(AnyModelForm):
    """Mix into a form that changes a row. ``ui.form_errors`` writes the hidden field and the table.

    Where the row has a ``version``, the form hands the verb the one that it was compared with.
    """

    conflict: tuple[Difference, ...] = ()
    #: fields whose stored value this person may not see
    unseen: frozenset[str] = frozenset()
    _stored: dict[str, Any] | None = None
    _seen: Mapping[str, Any] = MappingProxyType({})

    def beside(self, row: Any) -> dict[str, Any]:
        """Stored values of the fields that stand in tables of their own, by field."""
        return {}

    def seen_now(self) -> str:
        """What the form shows, for its hidden field; empty for a row that is not there yet."""
        if self.instance.pk is None:
            return ""
        if not self.is_bound:
            return json.dumps(self._plainly({**self.initial, **self.beside(self.instance)}))
        if self._stored is None:
            return str(self.data.get(SEEN, ""))
        # only what is shown side by side was seen anew: what the person left alone stays left alone
        asked = {one.name: self._stored[one.name] for one in self.conflict}
        return json.dumps({**self._seen, **self._plainly(asked)})

    def _plainly(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _plain(values[name]) for name in self._compared() if name in values}

    def _compared(self) -> list[str]:
        known = {field.name for field in (*self.instance._meta.concrete_fields,
                                          *self.instance._meta.many_to_many)}
        known |= self.beside(self.instance).keys()
        return [name for name in self.fields if name in known - self.unseen - {"version"}]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        found: dict[str, Any] = self.cleaned_data if data is None else data
        if self.instance.pk is not None and self.data.get(SEEN):
            self._compare(found)
        return found

    def _compare(self, data: dict[str, Any]) -> None:
        try:
            seen = dict(json.loads(self.data[SEEN]))
        except (ValueError, TypeError):
            return
        row = self._row()
        if row is None:
            return
        names = [name for name in self._compared() if name in data and name in seen]
        self._seen = seen
        self._stored = {**model_to_dict(row, self._compared()), **self.beside(row)}
        typed = {name: data[name] for name in names}
        differing = [name for name in names if not self._settled(name, seen[name], data, row)]
        if differing or self.errors:  # a page that comes back asks again what was answered
            asked = [name for name in names if name in differing or self._chosen(name)]
            self.conflict = tuple(self._difference(name, typed, row) for name in asked)
        if differing:
            said = _("Somebody else has changed this meanwhile.")
            self.add_error(None, forms.ValidationError(said, code=CODE))
        if "version" in self.fields:
            data["version"] = row.version
            self._show_version(row.version)

    def _row(self) -> Any:
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk)
        if connection.in_atomic_block:
            rows = rows.select_for_update(of=("self",))
        return rows.first()

    def _settled(self, name: str, seen: Any, data: dict[str, Any], row: Any) -> bool:
        """One value to store is found: ``data`` has it."""
        assert self._stored is not None
        theirs, mine = _plain(self._stored[name]), _plain(data[name])
        if mine == seen or self._chosen(name) == "theirs":
            data[name] = self._value(row, name)
            return True
        return theirs in (seen, mine)

    def _chosen(self, name: str) -> str:
        return str(self.data.get(f"{TAKE}{name}", ""))

    def _show_version(self, version: int) -> None:
        shown: Any = self.data.copy()  # type: ignore[attr-defined]
        shown[self.add_prefix("version")] = version
        self.data = shown

    def _difference(self, name: str, data: dict[str, Any], row: Any) -> Difference:
        field: Any = self.fields[name]
        known = {column.name: column for column in row._meta.get_fields()}
        source = known.get(name, field)
        label = str(field.label or source.verbose_name)
        choices = getattr(source, "flatchoices", None) or getattr(source, "choices", None) or ()
        words = {str(key): str(word) for key, word in choices}
        return Difference(
            name, label, _word(self._value(row, name), words), _word(data[name], words),
            self._chosen(name) == "theirs",
        )

    def _value(self, row: Any, name: str) -> Any:
        assert self._stored is not None
        if name in self.beside(row):
            return self._stored[name]
        value = getattr(row, name)
        return value.all() if hasattr(value, "all") else value


def _plain(value: Any) -> Any:
    """A value so that it can be compared: as text, times to the minute, several rows as ids."""
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
        case models.Model():
            return str(value.pk)
        case models.QuerySet() | list() | tuple():
            return sorted(_plain(one) for one in value)
    return str(value)


def _word(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, models.QuerySet | list | tuple):
        return "、".join(str(one) for one in value)
    return "" if value is None else words.get(str(value), str(value))


def status_of(form: forms.BaseForm) -> int:
    """409 for a conflict, 422 for a mistake, else 200."""
    if getattr(form, "conflict", ()):
        return 409
    return 422 if form.is_bound else 200
