"""Transition tables: pure data, read by the verb, the buttons, the help page and the trigger."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pgtrigger


@dataclass(frozen=True)
class Transition:
    """One arrow: ``action`` leads from ``source`` to ``target``.

    ``permissions``: any one of these codes lets a person do it (empty: the system alone).
    ``guards``: names of the checks, whose code stands in the app's ``lifecycle``.
    """

    source: str
    action: str
    target: str
    permissions: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True)
class TransitionTable:
    """Every state and arrow of one kind of document."""

    name: str
    initial: str
    transitions: tuple[Transition, ...]

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions)

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order of their first mention."""
        seen: dict[str, None] = {self.initial: None}
        for arrow in self.transitions:
            seen.setdefault(arrow.source)
            seen.setdefault(arrow.target)
        return tuple(seen)

    def find(self, source: str, action: str) -> Transition | None:
        for arrow in self.transitions:
            if arrow.source == source and arrow.action == action:
                return arrow
        return None

    def leaving(self, source: str) -> Sequence[Transition]:
        return [arrow for arrow in self.transitions if arrow.source == source]


def status_triggers(table: TransitionTable, field: str = "status") -> Iterable[pgtrigger.Trigger]:
    """The database's copy of the table: born in the first state, moved only along an arrow."""
    pairs = sorted({(arrow.source, arrow.target) for arrow in table})
    allowed = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    yield pgtrigger.Trigger(
        name=f"{field}_born",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=(
            f"IF NEW.{field} <> '{table.initial}' THEN RAISE EXCEPTION "
            f"'{table.name} must be born as {table.initial}, not %', NEW.{field} "
            f"USING ERRCODE='check_violation', CONSTRAINT='{table.name}_{field}_born'; "
            "END IF; RETURN NEW;"
        ),
    )
    yield pgtrigger.Trigger(
        name=f"{field}_moves",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(field),  # type: ignore[no-untyped-call]
        func=(
            f"IF NEW.{field} IS DISTINCT FROM OLD.{field} AND (OLD.{field}, NEW.{field}) "
            f"NOT IN ({allowed}) THEN RAISE EXCEPTION "
            f"'{table.name} may not go from % to %', OLD.{field}, NEW.{field} "
            f"USING ERRCODE='check_violation', CONSTRAINT='{table.name}_{field}_moves'; "
            "END IF; RETURN NEW;"
        ),
    )


def append_only(
    name: str, *, undo: bool = False, links: Sequence[str] = ()
) -> list[pgtrigger.Trigger]:
    """Triggers of a table that only grows: no update, no delete, no truncate.

    ``undo``: rows brought in by an import go with it while ``core.undoing`` names their
    ``import_run``. ``links``: columns that may be filled in once, from null.
    """
    return [
        pgtrigger.Trigger(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=(
                f"{_UNDO if undo else ''}{_links(links)}"
                f"RAISE EXCEPTION '{name} is append-only' "
                f"USING ERRCODE='restrict_violation', CONSTRAINT='{name}_append_only';"
            ),
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=(
                f"RAISE EXCEPTION '{name} is append-only' "
                f"USING ERRCODE='restrict_violation', CONSTRAINT='{name}_append_only';"
            ),
        ),
    ]


_UNDO = (
    "IF TG_OP = 'DELETE' AND OLD.import_run::text = current_setting('chejian.undo_run', true) "
    "THEN RETURN OLD; END IF; "
)


def _links(columns: Sequence[str]) -> str:
    """An update is let through when it only fills columns that were empty."""
    if not columns:
        return ""
    names = ", ".join(f"'{column}'" for column in columns)
    kept = " AND ".join(
        f"(OLD.{column} IS NULL OR NEW.{column} IS NOT DISTINCT FROM OLD.{column})"
        for column in columns
    )
    same = f"to_jsonb(NEW) - ARRAY[{names}] = to_jsonb(OLD) - ARRAY[{names}]"
    return f"IF TG_OP = 'UPDATE' THEN IF {kept} AND {same} THEN RETURN NEW; END IF; END IF; "
