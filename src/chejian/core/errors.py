"""Errors of the domain: named, carrying data, with a sentence for the person who acts."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True)
class Refusal:
    """One reason why an action is refused: a code for programs, a sentence for people.

    ``field`` names the form field at fault, ``url`` a place where it can be put right.
    """

    code: str
    message: Text
    field: str = ""
    data: dict[str, Any] = dataclasses.field(default_factory=dict)


class DomainError(Exception):
    """Base of every refusal by a rule of the business. ``refusals`` is never empty."""

    code = "refused"

    def __init__(self, message: Text = "", /, *, field: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        self.refusals: Sequence[Refusal] = [Refusal(self.code, message, field, data)]

    def __str__(self) -> str:
        return " ".join(str(refusal.message) for refusal in self.refusals)


class Refused(DomainError):
    """Several reasons at once, collected so that a screen can list them all."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals[0].message)
        self.refusals = list(refusals)


class NotPermitted(DomainError):
    """The person may look but not do this. Becomes 403."""

    code = "not_permitted"


class Conflict(DomainError):
    """Somebody else changed the row meanwhile; carries both values."""

    code = "conflict"
