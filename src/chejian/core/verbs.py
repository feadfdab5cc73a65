"""A verb is one transaction, and one unit of work however many verbs it is made of.

``@verb`` stands where ``@transaction.atomic`` would. The outermost verb opens the transaction (or a
savepoint, where somebody else has opened one); verbs that it calls join it without a savepoint of
their own. An error in any of them takes the whole back: a verb that catches one and goes on is
stopped at its next statement, at the latest at its end. What must stand alone is put into
``with transaction.atomic()``.

Within the unit four things are done once instead of often: events are written together at the
end, in the order in which they were told; a row that a verb has locked is not locked and read
again; what may wait of its changes is written with the next one; the deferred constraints speak
once, before the verb returns.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import connection, models, transaction
from django.db.transaction import TransactionManagementError

from chejian.core.models import Event
from chejian.core.rows import insert, update

BATCH = 500

type Last = Callable[[], None]


class Unit:
    """What is in hand between the begin and the end of the outermost verb."""

    def __init__(self) -> None:
        self.floor = _savepoints()
        self.events: list[Event] = []
        self.held: dict[tuple[type[models.Model], Any], models.Model] = {}
        self.late: dict[models.Model, dict[str, None]] = {}
        self.last: dict[Last, None] = {}

    def on_the_floor(self) -> bool:
        """No savepoint since the begin of the verb: nothing can be taken back alone."""
        return _savepoints() == self.floor

    def write_events(self) -> None:
        events, self.events = self.events, []
        insert(*events)

    def write_late(self) -> None:
        """Above a savepoint they are written once more below it: it may take them back."""
        for row, names in self.late.items():
            update(row, *names)
        if self.on_the_floor():
            self.late.clear()

    def finish(self) -> None:
        if connection.needs_rollback:
            raise TransactionManagementError("a verb went on after an error in one that it called")
        self.write_late()
        self.write_events()
        for function in self.last:
            function()


_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)


def _savepoints() -> int:
    return sum(1 for name in connection.savepoint_ids if name)


def verb[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """All or nothing, together with the verbs it calls."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        unit = _unit.get()
        if unit is not None and connection.in_atomic_block:
            return joined(unit, *args, **kwargs)
        with transaction.atomic():
            unit = Unit()
            token = _unit.set(unit)
            try:
                result = function(*args, **kwargs)
                unit.finish()
            finally:
                _unit.reset(token)
        return result

    def joined(unit: Unit, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(savepoint=False):
                return function(*args, **kwargs)
        except BaseException:
            unit.held.clear()
            unit.late.clear()
            raise

    return run


def tell(event: Event) -> Event:
    """Append the event: with the others at the end of the verb, at once where there is none.

    It has its id once the outermost verb has returned.
    """
    unit = _unit.get()
    if unit is None or not unit.on_the_floor():
        insert(event)
        return event
    unit.events.append(event)
    if len(unit.events) >= BATCH:
        unit.write_events()
    return event


def hold(row: models.Model) -> None:
    """This object has just been locked and read (or inserted): it is the row, until the verb ends.

    Whoever changes the row later in the same verb must do it on this object.
    """
    unit = _unit.get()
    if unit is not None and unit.on_the_floor():
        unit.held[type(row), row.pk] = row


def holds(row: models.Model) -> bool:
    """Whether this very object was locked by the verb that runs now, and is fresh."""
    unit = _unit.get()
    return unit is not None and unit.held.get((type(row), row.pk)) is row


def write(row: models.Model, *names: str, may_wait: bool = False) -> None:
    """Write these fields of a row. ``may_wait``: with its next write, at the latest at the end of
    the verb. Only a row that is held can wait, and only what nothing reads from the database
    until then.
    """
    unit = _unit.get()
    if unit is None or not unit.on_the_floor() or not holds(row):
        update(row, *names)
        return
    waiting = unit.late.pop(row, {}) | dict.fromkeys(names)
    if may_wait:
        unit.late[row] = waiting
    else:
        update(row, *waiting)


def write_what_waits() -> None:
    """Before rows are read from the database of which some may wait to be written."""
    unit = _unit.get()
    if unit is not None:
        unit.write_late()


def at_end(function: Last) -> None:
    """Run it once, when the outermost verb is about to end; at once where there is none."""
    unit = _unit.get()
    if unit is None or not unit.on_the_floor():
        function()
    else:
        unit.last[function] = None
