"""What stock refuses, in words for the person at the counter."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from chejian.catalog.models import Part
from chejian.core.errors import DomainError
from chejian.core.formats import quantity


class InsufficientStock(DomainError):
    """Less is free than was wanted. Data: ``part`` (its number), ``wanted``, ``available``."""

    code = "insufficient_stock"

    def __init__(self, part: Part, wanted: Decimal, available: Decimal) -> None:
        words = {
            "part": str(part),
            "wanted": f"{quantity(wanted)} {part.unit}",
            "available": f"{quantity(available)} {part.unit}",
        }
        super().__init__(
            _("%(part)s: %(wanted)s wanted, %(available)s available.") % words,
            field="quantity", part=part.number, wanted=str(wanted), available=str(available),
        )
        self.part, self.wanted, self.available = part, wanted, available


class InsufficientInBin(DomainError):
    """The bin named holds less than was wanted. Data: ``part``, ``bin``, ``wanted``, ``there``."""

    code = "insufficient_in_bin"

    def __init__(self, part: Part, bin_code: str, wanted: Decimal, there: Decimal) -> None:
        words = {"part": str(part), "bin": bin_code or "-", "there": quantity(there)}
        super().__init__(
            _("%(part)s: bin %(bin)s holds only %(there)s.") % words,
            field="bin", part=part.number, bin=bin_code, wanted=str(wanted), there=str(there),
        )


class ReturnTooLarge(DomainError):
    """More is brought back than went out. Data: ``part``, ``wanted``, ``returnable``."""

    code = "return_too_large"

    def __init__(self, part: Part, wanted: Decimal, returnable: Decimal) -> None:
        words = {"part": str(part), "wanted": quantity(wanted), "rest": quantity(returnable)}
        super().__init__(
            _("%(part)s: %(wanted)s cannot come back, %(rest)s of this issue are still out.")
            % words,
            field="quantity", part=part.number, wanted=str(wanted), returnable=str(returnable),
        )


class NotAnIssue(DomainError):
    """Only an issue can be taken back."""

    code = "not_an_issue"


class ReservationOver(DomainError):
    """The reservation was used up or given up before."""

    code = "reservation_over"


class WrongReservation(DomainError):
    """The reservation is for another part or warehouse."""

    code = "wrong_reservation"


class BadQuantity(DomainError):
    """A quantity must be above zero, with at most three decimals. Data: ``quantity``."""

    code = "bad_quantity"


class BadReceipt(DomainError):
    """A receipt has no line, or a line without a positive quantity or with a negative cost.

    Data: ``line`` (counted from 1; 0 for the whole).
    """

    code = "bad_receipt"
