"""Refusals of the inspection."""

from chejian.core.errors import DomainError


class BadInspection(DomainError):
    """Verdict and items contradict each other, or there is no verdict."""

    code = "bad_inspection"
