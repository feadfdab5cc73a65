"""The engine of every transition table: the only writer of a status.

An app binds its table, its guards and the model of its status changes once::

    machine = Machine(table=WORK_ORDER, guards=GUARDS, changes=StatusChange, owner="order")
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.core.errors import NotPermitted, Refusal, Refused
from chejian.core.rows import insert
from chejian.core.states import Transition, TransitionTable
from chejian.core.verbs import holds, write, write_what_waits


class Actor(Protocol):
    """Whoever acts: has an id, a name, and permissions at a station."""

    pk: Any
    name: str

    def can_at(self, code: str, station_id: int) -> bool: ...


type Guard = Callable[[Any, Actor | None], Sequence[Refusal]]


class StatusChangeBase(models.Model):
    """One appended row per change: who, when, why. The app adds the key of its document."""

    action = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    by_id_value = models.BigIntegerField(null=True, db_column="by_id")
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Machine:
    """A table with its guards' code and the place where changes are written."""

    table: TransitionTable
    guards: Mapping[str, Guard]
    changes: type[StatusChangeBase]
    owner: str

    def refusals(
        self, document: Any, action: str, *, by: Actor | None, reason: str | None = None
    ) -> list[Refusal]:
        """Every reason why ``action`` cannot be done now; empty when it can.

        ``reason=None`` leaves the question of a reason open: a button is shown before it is given.
        """
        arrow = self.table.find(document.status, action)
        if arrow is None:
            return [
                Refusal(
                    "wrong_status",
                    _("This cannot be done in the present state."),
                    data={"status": document.status, "action": action},
                )
            ]
        found: list[Refusal] = []
        if arrow.needs_reason and reason is not None and not reason.strip():
            found.append(Refusal("reason_required", _("Please give a reason."), "reason"))
        with one_judgement(document):
            for name in arrow.guards:
                found.extend(self.guards[name](document, by))
        return found

    def permitted(self, document: Any, action: str, by: Actor | None) -> bool:
        """Whether the person may do it at the document's own station."""
        arrow = self.table.find(document.status, action)
        return arrow is None or may(arrow, by, document.station_id)

    def transition(
        self,
        document: Any,
        action: str,
        *,
        by: Actor | None,
        at: datetime,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> StatusChangeBase:
        """Lock, re-read, check the permission and every guard, write status and change.

        ``facts`` are columns that change with the status and that no guard asks for. Raises
        NotPermitted, or Refused with every failed guard. Must run in a transaction.
        """
        if not holds(document):
            write_what_waits()
            locked = type(document)._base_manager.select_for_update().filter(pk=document.pk)
            document.status = locked.values_list("status", flat=True).get()
        if not self.permitted(document, action, by):
            raise NotPermitted(_("You do not have the permission for this."))
        refusals = self.refusals(document, action, by=by, reason=reason)
        if refusals:
            raise Refused(refusals)
        arrow = self.table.find(document.status, action)
        assert arrow is not None  # refusals() has just seen it
        source, document.status = document.status, arrow.target
        for name, value in (facts or {}).items():
            setattr(document, name, value)
        write(document, "status", *(facts or ()))
        change = self.changes(
            **{self.owner: document},
            action=action,
            source=source,
            target=arrow.target,
            reason=reason.strip(),
            by_id_value=by.pk if by else None,
            by_name=by.name if by else "",
            at=at,
        )
        insert(change)
        return change


@contextmanager
def one_judgement(document: Any) -> Iterator[None]:
    """Around the guards of one arrow: what several of them read is read once (``judged``)."""
    document.__dict__["_judged"] = {}
    try:
        yield
    finally:
        del document.__dict__["_judged"]


def judged[R](document: Any, read: Callable[[Any], R]) -> R:
    """What ``read`` finds about the document, read once while its guards are asked."""
    known: dict[Any, Any] | None = document.__dict__.get("_judged")
    if known is None:
        return read(document)
    if read not in known:
        known[read] = read(document)
    found: R = known[read]
    return found


def may(arrow: Transition, by: Actor | None, station_id: int) -> bool:
    """The system (``by=None``) may follow any arrow; a person needs one of its permissions."""
    if by is None:
        return True
    return any(by.can_at(code, station_id) for code in arrow.permissions)
