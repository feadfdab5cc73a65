"""The sentences of the timeline for what the counter does to an order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext

from chejian.billing.models import Method
from chejian.core.formats import money
from chejian.workorders.timeline import register_sentence

type Facts = Mapping[str, Any]


def _amount(facts: Facts) -> str:
    return money(Decimal(str(facts.get("amount") or 0)))


def _methods(facts: Facts) -> str:
    labels = dict(Method.choices)
    taken = facts.get("methods") or {}
    return "、".join(
        f"{labels.get(code, code)} {money(Decimal(str(amount)))}" for code, amount in taken.items()
    )


def billed(facts: Facts) -> str:
    return pgettext("timeline", "Settled, %(amount)s in all") % {"amount": _amount(facts)}


def unbilled(facts: Facts) -> str:
    return pgettext("timeline", "Settlement reversed: %(reason)s") % {
        "reason": facts.get("reason", "")
    }


def rebilled(facts: Facts) -> str:
    return pgettext("timeline", "Settlement corrected, now %(amount)s in all: %(reason)s") % {
        "amount": _amount(facts), "reason": facts.get("reason", ""),
    }


def on_account(facts: Facts) -> str:
    return pgettext("timeline", "%(amount)s put on account until %(day)s") % {
        "amount": _amount(facts), "day": facts.get("due_on", ""),
    }


def collected(facts: Facts) -> str:
    return pgettext("timeline", "Collected %(amount)s: %(methods)s") % {
        "amount": _amount(facts), "methods": _methods(facts),
    }


def deposit(facts: Facts) -> str:
    return pgettext("timeline", "Deposit %(amount)s: %(methods)s") % {
        "amount": _amount(facts), "methods": _methods(facts),
    }


def refunded(facts: Facts) -> str:
    return pgettext("timeline", "Refunded %(amount)s: %(reason)s") % {
        "amount": _amount(facts), "reason": facts.get("reason", ""),
    }


def register() -> None:
    """Called when billing is ready."""
    register_sentence("order.billed", "person", billed)
    register_sentence("order.unbilled", "bad", unbilled)
    register_sentence("order.rebilled", "bad", rebilled)
    register_sentence("order.put_on_account", "person", on_account)
    register_sentence("payment.collected", "person", collected)
    register_sentence("deposit.taken", "person", deposit)
    register_sentence("payment.refunded", "person", refunded)
