"""Refusals of the work order, with what a screen needs to say."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from chejian.core.errors import DomainError, Refusal
from chejian.core.formats import money, percent, quantity


class WrongStatus(DomainError):
    """The order is no longer, or not yet, where this can be done."""

    code = "wrong_status"


class WorkBegun(DomainError):
    """An approved job is being worked on: what costs the customer more is a job of its own."""

    code = "work_begun"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("Work on “%(name)s” has begun. Add what costs more as an additional job and ask"
              " the customer.") % {"name": name},
            name=name,
        )


class BadValue(DomainError):
    """A value that cannot be; ``field`` says which."""

    code = "bad_value"


class PriceNotYours(DomainError):
    """Another price than the list's needs its own permission."""

    code = "price_not_yours"

    def __init__(self, name: str, listed: Decimal, wanted: Decimal) -> None:
        super().__init__(
            _("The list price of “%(name)s” is %(listed)s. You may not change it.")
            % {"name": name, "listed": money(listed)},
            field="unit_price", name=name, listed=listed, wanted=wanted,
        )


class DiscountTooLarge(DomainError):
    """More than the person's limit, and nobody who may has approved it."""

    code = "discount_too_large"

    def __init__(self, *, wanted: Decimal, limit: Decimal, field: str = "discount") -> None:
        super().__init__(
            _("A discount of %(wanted)s is above your limit of %(limit)s. Ask for approval.")
            % {"wanted": money(wanted), "limit": money(limit)},
            field=field, wanted=wanted, limit=limit,
        )


class SharesNotOne(DomainError):
    """The shares of a line or a job must sum to one."""

    code = "shares_not_one"

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            _("The shares come to %(total)s, they must come to 100%%.") % {"total": percent(total)},
            field="shares", total=total,
        )


class ClockRunning(DomainError):
    """A technician has one open clock at most."""

    code = "clock_running"

    def __init__(self, technician: str, job: str, number: str) -> None:
        super().__init__(
            _("%(technician)s is still on “%(job)s” of %(number)s. Pause or finish that first.")
            % {"technician": technician, "job": job, "number": number},
            technician=technician, job=job, number=number,
        )


class NotAssigned(DomainError):
    """He is not among the technicians of this job."""

    code = "not_assigned"


class TooMany(DomainError):
    """More pieces than the line still lacks."""

    code = "too_many"

    def __init__(self, name: str, *, wanted: Decimal, left: Decimal) -> None:
        super().__init__(
            _("“%(name)s” still lacks %(left)s, not %(wanted)s.")
            % {"name": name, "left": quantity(left), "wanted": quantity(wanted)},
            field="quantity", name=name, wanted=wanted, left=left,
        )


class WalkaroundSigned(DomainError):
    """What the customer has signed is not changed."""

    code = "walkaround_signed"


def sentences(refusals: Sequence[Refusal]) -> list[str]:
    return [str(refusal.message) for refusal in refusals]
