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


@dataclass(frozen=True)
class Difference:
    """One field that two people have changed; ``choice`` is the name of the question."""

    name: str
    label: str
    theirs: str
    mine: str

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

    def seen_now(self) -> str:
        """What the form shows, for its hidden field; empty for a row that is not there yet."""
        if self.instance.pk is None:
            return ""
        if self.is_bound and self._stored is None:
            return str(self.data.get(SEEN, ""))
        return json.dumps(self._plainly(self.initial if self._stored is None else self._stored))

    def _plainly(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _plain(values[name]) for name in self._compared() if name in values}

    def _compared(self) -> list[str]:
        known = {field.name for field in (*self.instance._meta.concrete_fields,
                                          *self.instance._meta.many_to_many)}
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
        self._stored = model_to_dict(row, self._compared())
        differing = [name for name in names if not self._settled(name, seen[name], data, row)]
        if differing:
            self.conflict = tuple(self._difference(name, data, row) for name in differing)
            self.add_error(None, _("Somebody else has changed this meanwhile."))
        if "version" in self.fields:
            data["version"] = row.version
            self.data = {**self.data.dict(), "version": row.version} if differing else self.data  # type: ignore[attr-defined]

    def _row(self) -> Any:
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk)
        if connection.in_atomic_block:
            rows = rows.select_for_update(of=("self",))
        return rows.first()

    def _settled(self, name: str, seen: Any, data: dict[str, Any], row: Any) -> bool:
        """One value to store is found: ``data`` has it."""
        assert self._stored is not None
        theirs, mine = _plain(self._stored[name]), _plain(data[name])
        if mine == seen or self.data.get(f"{TAKE}{name}") == "theirs":
            data[name] = _value(row, name)
            return True
        return theirs in (seen, mine)

    def _difference(self, name: str, data: dict[str, Any], row: Any) -> Difference:
        field = self.fields[name]
        label = str(field.label or row._meta.get_field(name).verbose_name)
        words = {str(key): str(word) for key, word in row._meta.get_field(name).flatchoices or ()}
        return Difference(name, label, _word(_value(row, name), words), _word(data[name], words))


def _value(row: Any, name: str) -> Any:
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
