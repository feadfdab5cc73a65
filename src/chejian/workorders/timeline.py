"""The timeline's sentences: from an event's kind and facts to words.

Who did it and when stand beside the sentence; the sentence says what. An event of an app above
keeps its sentence there: the app registers it under the event's kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from chejian.core.errors import Text
from chejian.core.formats import kilometres, moment, money, short_moment
from chejian.core.models import Event
from chejian.workorders.models import Authorisation, OrderPaper, OrderPhoto, Payer, WorkOrder

type Facts = Mapping[str, Any]
type Sentence = Callable[[Facts], str]


@dataclass(frozen=True)
class Entry:
    """What the timeline shows. ``who``: person, wait, customer, bad, system."""

    time: str
    text: str
    small: str
    who: str
    at: datetime


def _said(words: Text) -> Sentence:
    """A sentence that takes its values from the facts by name."""
    return lambda facts: str(words) % _Known(facts)


class _Known(dict[str, Any]):
    """Facts as they are written; what an old event lacks is left blank."""

    def __missing__(self, key: str) -> str:
        return ""


def _names(value: object) -> str:
    return "、".join(str(item) for item in value) if isinstance(value, list) else str(value or "")


def _opened(facts: Facts) -> str:
    words = str(_("Order opened"))
    if facts.get("comeback_of"):
        words += " · " + _("comeback of %(number)s") % {"number": facts["comeback_of"]}
    if facts.get("odometer") is not None:
        words += " · " + kilometres(facts["odometer"]) + " km"
    return words


def _authorised(facts: Facts) -> str:
    channel = dict(Authorisation.Channel.choices).get(facts.get("channel", ""), "")
    words = _("%(name)s answered (%(channel)s)") % {"name": facts.get("given_by", ""),
                                                     "channel": channel}
    if facts.get("approved"):
        words += " · " + _("approved: %(jobs)s") % {"jobs": _names(facts["approved"])}
    if facts.get("declined"):
        words += " · " + _("declined: %(jobs)s") % {"jobs": _names(facts["declined"])}
    return words


def _held(facts: Facts) -> str:
    reason = dict(WorkOrder.HoldReason.choices).get(facts.get("reason", ""), "")
    return " · ".join(filter(None, [_("On hold: %(reason)s") % {"reason": reason},
                                    str(facts.get("note") or "")]))


def _updated(facts: Facts) -> str:
    promised = facts.get("promised")
    if promised:
        when = parse_datetime(promised)
        return _("Promised for %(time)s") % {"time": moment(when)}
    return str(_("Head changed"))


def _assigned(facts: Facts) -> str:
    return _("Dispatched %(jobs)s to %(people)s") % {
        "jobs": _names(facts.get("jobs")), "people": _names(facts.get("technicians")),
    }


def _photo(facts: Facts) -> str:
    stage = dict(OrderPhoto.Stage.choices).get(facts.get("stage", ""), "")
    return " · ".join(filter(None, [_("Photo (%(stage)s)") % {"stage": stage},
                                    str(facts.get("caption") or "")]))


def _paper(words: Text) -> Sentence:
    kinds = dict(OrderPaper.Kind.choices)
    return lambda facts: str(words) % {"paper": kinds.get(facts.get("paper", ""), "")}


def _split(facts: Facts) -> str:
    payers = dict(Payer.choices)
    shares = "、".join(
        f"{payers.get(payer, payer)} {Decimal(rate) * 100:.0f}%"
        for payer, rate in facts.get("shares") or ()
    )
    return _("%(name)s is paid by %(shares)s") % {"name": facts.get("name", ""), "shares": shares}


def _discounted(facts: Facts) -> str:
    return _("Order discount %(discount)s, rounding-off %(round_off)s") % {
        "discount": _amount(facts, "order_discount"), "round_off": _amount(facts, "round_off"),
    }


def _amount(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return "" if value in (None, "") else money(Decimal(str(value)))


def _with_amount(words: Text, *names: str) -> Sentence:
    return lambda facts: str(words) % _Known({**facts, **{n: _amount(facts, n) for n in names}})


SENTENCES: dict[str, tuple[str, Sentence]] = {
    "order.opened": ("person", _opened),
    "order.received": ("person", _said(gettext_lazy("Car received"))),
    "order.updated": ("person", _updated),
    "order.authorised": ("customer", _authorised),
    "order.started": ("person", _said(gettext_lazy("Work on the order began"))),
    "order.held": ("wait", _held),
    "order.resumed": ("person", _said(gettext_lazy("Work goes on"))),
    "order.finished": ("person", _said(gettext_lazy("Handed over to inspection"))),
    "order.passed": ("person", _said(gettext_lazy("Inspection passed"))),
    "order.failed": ("bad", _said(gettext_lazy("Inspection failed: %(reason)s"))),
    "order.reopened": ("bad", _said(gettext_lazy("Reopened: %(reason)s"))),
    "order.discounted": ("person", _discounted),
    "order.settled": ("person", _with_amount(gettext_lazy("Settled, %(total)s"), "total")),
    "order.settlement_reversed": ("bad", _said(gettext_lazy("Settlement reversed: %(reason)s"))),
    "order.cleared": ("person", _said(gettext_lazy("Paid, or on account"))),
    "order.uncleared": ("wait", _said(gettext_lazy("No longer paid"))),
    "order.deposit_changed": ("person", _with_amount(gettext_lazy("Deposit held: %(held)s"),
                                                     "held")),
    "order.delivered": ("person", _said(gettext_lazy("Car handed to %(collected_by)s"))),
    "order.closed": ("system", _said(gettext_lazy("Order closed"))),
    "order.voided": ("bad", _said(gettext_lazy("Void: %(reason)s"))),
    "concern.added": ("customer", _said(gettext_lazy("Customer says: %(text)s"))),
    "concern.updated": ("person", _said(gettext_lazy("Concern “%(text)s”: %(diagnosis)s"))),
    "concern.removed": ("person", _said(gettext_lazy("Concern struck out: %(text)s"))),
    "walkaround.recorded": ("person", _said(gettext_lazy("Walk-around, marks: %(marks)s"))),
    "walkaround.signed": ("customer", _said(gettext_lazy("Walk-around signed by %(name)s"))),
    "walkaround.waived": ("person", _said(gettext_lazy("Walk-around not signed: %(reason)s"))),
    "photo.added": ("system", _photo),
    "job.added": ("person", _with_amount(gettext_lazy("Job added: %(name)s, %(amount)s"),
                                         "amount")),
    "job.updated": ("person", _with_amount(gettext_lazy("Job changed: %(name)s, %(amount)s"),
                                           "amount")),
    "job.cancelled": ("person", _said(gettext_lazy("Job struck out: %(name)s"))),
    "job.proposed": ("person", _said(gettext_lazy("Offered again: %(name)s"))),
    "job.revoked": ("wait", _said(gettext_lazy("%(name)s costs more: ask the customer again"))),
    "job.assigned": ("person", _assigned),
    "job.unassigned": ("person", lambda facts: _("Taken back: %(jobs)s")
                       % {"jobs": _names(facts.get("jobs"))}),
    "job.started": ("person", _said(gettext_lazy("%(technician)s began %(name)s"))),
    "job.paused": ("wait", _said(gettext_lazy("%(technician)s paused %(name)s: %(reason)s"))),
    "job.finished": ("person", _said(gettext_lazy("%(name)s is done"))),
    "part.added": ("person", _said(gettext_lazy("Part added: %(name)s × %(quantity)s"))),
    "part.updated": ("person", _with_amount(
        gettext_lazy("Part changed: %(name)s × %(quantity)s, %(amount)s"), "amount")),
    "part.cancelled": ("person", _said(gettext_lazy("Part struck out: %(name)s"))),
    "part.issued": ("person", _said(gettext_lazy("Issued %(name)s × %(quantity)s"))),
    "part.returned": ("person", _said(gettext_lazy("Returned %(name)s × %(quantity)s"))),
    "parts.requested": ("wait", _said(gettext_lazy("Requested %(name)s × %(quantity)s"))),
    "parts.request_cancelled": ("person", _said(gettext_lazy("Request given up: %(name)s"))),
    "line.split": ("person", _split),
    "price.overridden": ("bad", _with_amount(
        gettext_lazy("Price of %(name)s: %(wanted)s instead of %(listed)s"), "wanted", "listed")),
    "paper.ready": ("system", _paper(pgettext_lazy("timeline", "Paper ready: %(paper)s"))),
    "paper.failed": ("bad", _paper(pgettext_lazy("timeline", "Paper failed: %(paper)s"))),
    "approval.requested": ("wait", _with_amount(
        gettext_lazy("Asked for approval: %(amount)s. %(reason)s"), "amount")),
    "approval.approved": ("person", _with_amount(gettext_lazy("Approved: %(amount)s"), "amount")),
    "approval.declined": ("bad", _said(gettext_lazy("Not approved. %(answer)s"))),
}


def register_sentence(kind: str, who: str, sentence: Sentence) -> None:
    """For events that an app above appends to an order. Called when it is ready."""
    SENTENCES[kind] = (who, sentence)


def entries(events: Sequence[Event]) -> list[Entry]:
    """Newest first, as they come. A kind without a sentence is left out."""
    return [
        Entry(short_moment(event.at), SENTENCES[event.kind][1](event.data), event.actor_name,
              SENTENCES[event.kind][0], event.at)
        for event in events if event.kind in SENTENCES
    ]
