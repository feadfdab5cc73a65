"""The help: how a car goes through the shop, and each document's states from its own table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import LABELS
from chejian.core.errors import Text
from chejian.core.states import TransitionTable
from chejian.desk.help_words import ACTIONS, GUARDS
from chejian.desk.state_picture import Picture, draw
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.states import JOB, WORK_ORDER


@dataclass(frozen=True)
class Document:
    """A kind of document with states: its words, its table, what its states are called."""

    slug: str
    name: Text
    note: Text
    table: TransitionTable
    words: dict[str, Text]


DOCUMENTS: dict[str, Document] = {
    document.slug: document
    for document in (
        Document("work-order", _("Work order"),
                 _("From the reception to the end of the follow-up"), WORK_ORDER,
                 dict(WorkOrder.Status.choices)),
        Document("job", _("Job on a work order"),
                 _("From the offer to the passed inspection"), JOB, dict(JobLine.Status.choices)),
    )
}


@dataclass(frozen=True)
class Step:
    """One step of a car's way: who does it, on which screen."""

    title: Text
    text: Text
    who: Text
    url_name: str


STEPS: tuple[Step, ...] = (
    Step(_("Receive the car"),
         _("Type the plate or its last four digits. Car and customer appear if they are known;"
           " a plate and a phone number are enough for a new one. Mark what you see on the"
           " drawing, write down what the customer says, let him sign."),
         _("Service adviser"), "reception"),
    Step(_("Quote and approval"),
         _("Add jobs and parts in the order; common jobs bring their parts along. Record who"
           " approved what, and how. What is found later is offered as additional work."),
         _("Service adviser"), "orders"),
    Step(_("Dispatch"),
         _("Give approved jobs to technicians; several may share one."),
         _("Workshop controller"), "orders"),
    Step(_("Parts"),
         _("Ask the store from the order or the phone. The storekeeper scans and issues; what is"
           " short is set aside when it arrives."),
         _("Storekeeper"), "stores"),
    Step(_("Repair"),
         _("Start, pause with a reason, finish: on the phone, with one thumb. When every job is"
           " done the order goes to inspection."),
         _("Technician"), "my_jobs"),
    Step(_("Inspection"),
         _("Measured items and a verdict. A failure sends the jobs back; a pass issues the"
           " certificate where the law asks for one."),
         _("Inspector"), "orders"),
    Step(_("Settle and collect"),
         _("Every line goes to its payer, several methods make one payment. What is still missing"
           " is listed at once."),
         _("Cashier"), "cashier"),
    Step(_("Deliver"),
         _("Kilometres at the exit, papers and old parts handed over, who collects the car. The"
           " guarantee begins."),
         _("Service adviser"), "orders"),
    Step(_("Look back"),
         _("Every list can be filtered, kept as a view and exported. Queries group and add up, draw"
           " a chart, and lead from each figure to the documents behind it."),
         _("Station manager"), "queries"),
)


@dataclass(frozen=True)
class Row:
    """One arrow in words."""

    source: Text
    action: Text
    target: Text
    who: Sequence[Text]
    guards: Sequence[Text]
    needs_reason: bool


def picture(document: Document) -> Picture:
    return draw(document.table)


def rows(document: Document) -> list[Row]:
    """The table in words, in its own order. Nobody named means that the system does it."""
    return [
        Row(
            document.words[arrow.source], ACTIONS[arrow.action], document.words[arrow.target],
            [LABELS[code] for code in arrow.permissions],
            [GUARDS[name] for name in arrow.guards], arrow.needs_reason,
        )
        for arrow in document.table
    ]
