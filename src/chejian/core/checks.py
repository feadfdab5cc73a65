"""Proofs of the ledgers: every app registers how its sums can be added up again from the ground.

A check changes nothing. It answers with the figures that it compared and, one sentence each, with
what does not tie. ``manage.py check_ledgers`` and ``chejian check`` run them all.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from chejian.core.errors import Text


@dataclass(frozen=True)
class Proof:
    """What a check saw: ``figures`` are pairs of a word and a number, ``differences`` sentences."""

    figures: Sequence[tuple[Text, object]] = ()
    differences: Sequence[str] = ()


@dataclass(frozen=True)
class CheckResult:
    """One check's proof with its name and the time it took, in seconds."""

    name: str
    title: Text
    seconds: float
    proof: Proof = field(default_factory=Proof)

    @property
    def ties(self) -> bool:
        return not self.proof.differences


type Check = Callable[[], Proof]

_checks: dict[str, tuple[Text, Check]] = {}


def register_check(name: str, function: Check, title: Text = "") -> None:
    """Called in ``AppConfig.ready``. ``name`` (``stock.levels``) is for programs.

    ``title`` is to read.

    Apps become ready floor by floor, and so run their checks.
    """
    _checks[name] = (title or name, function)


def run_checks(names: Sequence[str] = ()) -> list[CheckResult]:
    """Run all checks, or those named, one after the other in one and the same snapshot."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            _freeze()
        return [
            _run(name, title, function)
            for name, (title, function) in _checks.items()
            if not names or name in names
        ]


def _run(name: str, title: Text, function: Check) -> CheckResult:
    begun = time.perf_counter()
    proof = function()
    return CheckResult(name, title, time.perf_counter() - begun, proof)


def _freeze() -> None:
    """One snapshot for every sum, so that work going on meanwhile is no difference."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
