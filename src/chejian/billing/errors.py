"""Refusals of the counter, with what the screen needs to say."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from chejian.core.errors import DomainError


class NothingToCollect(DomainError):
    """The receivable is already paid, cancelled, or there is none."""

    code = "nothing_to_collect"

    def __init__(self) -> None:
        super().__init__(_("There is nothing left to collect here."))


class TooMuch(DomainError):
    """More money than is open: change belongs to the customer, not into the books."""

    code = "too_much"

    def __init__(self, given: Decimal, open_amount: Decimal) -> None:
        message = _("%(given)s is more than the open %(open)s. Enter what is really collected.")
        super().__init__(
            message % {"given": given, "open": open_amount},
            field="amount", given=given, open=open_amount,
        )


class BadAmount(DomainError):
    """No amount, or not above zero, or more than two decimals."""

    code = "bad_amount"

    def __init__(self) -> None:
        super().__init__(_("Enter an amount above zero, to the fen."), field="amount")


class AlreadyOpened(DomainError):
    """The customer has an opening balance at this station already."""

    code = "already_opened"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("The customer has an opening balance already: %(number)s.") % {"number": number},
            number=number,
        )


class CreditRefused(DomainError):
    """Over the limit, or something is overdue; an approval may lift it."""

    code = "credit_refused"

    def __init__(self, limit: Decimal, used: Decimal, wanted: Decimal, overdue: Decimal) -> None:
        if overdue:
            message = _("%(overdue)s is overdue: no new credit before it is paid.") % {
                "overdue": overdue
            }
        else:
            message = _("Credit limit %(limit)s, used %(used)s: %(wanted)s does not fit.") % {
                "limit": limit, "used": used, "wanted": wanted,
            }
        super().__init__(message, limit=limit, used=used, wanted=wanted, overdue=overdue)


class NotFree(DomainError):
    """A refund of more than the payment still has free."""

    code = "not_free"

    def __init__(self, free: Decimal, wanted: Decimal) -> None:
        super().__init__(
            _("Only %(free)s of this payment is free, not %(wanted)s.")
            % {"free": free, "wanted": wanted},
            field="amount", free=free, wanted=wanted,
        )


class NeedsApproval(DomainError):
    """Somebody who may must approve first; carries what to ask for."""

    code = "needs_approval"


class NothingToCorrect(DomainError):
    """Nothing is settled yet; or the month is open: then reverse, and settle anew."""

    code = "nothing_to_correct"


class NotReversible(DomainError):
    """The order is not settled, or its month is closed."""

    code = "not_reversible"
