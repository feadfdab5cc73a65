"""What the help pages call actions and guards of the transition tables."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.core.errors import Text

ACTIONS: dict[str, Text] = {
    "receive": pgettext_lazy("action", "Receive the car"),
    "start": pgettext_lazy("action", "Start work"),
    "hold": pgettext_lazy("action", "Put on hold"),
    "resume": pgettext_lazy("action", "Resume"),
    "finish": pgettext_lazy("action", "Finish"),
    "pass": pgettext_lazy("action", "Pass"),
    "fail": pgettext_lazy("action", "Fail"),
    "reopen": pgettext_lazy("action", "Reopen"),
    "settle": pgettext_lazy("action", "Settle"),
    "reverse": pgettext_lazy("action", "Reverse"),
    "deliver": pgettext_lazy("action", "Deliver"),
    "close": pgettext_lazy("action", "Close"),
    "void": pgettext_lazy("action", "Void"),
    "authorise": pgettext_lazy("action", "Approve"),
    "decline": pgettext_lazy("action", "Decline"),
    "revoke": pgettext_lazy("action", "Ask again"),
    "propose": pgettext_lazy("action", "Offer again"),
    "assign": pgettext_lazy("action", "Dispatch"),
    "unassign": pgettext_lazy("action", "Take back"),
    "pause": pgettext_lazy("action", "Pause"),
    "inspect": pgettext_lazy("action", "Pass inspection"),
    "rework": pgettext_lazy("action", "Rework"),
    "cancel": pgettext_lazy("action", "Strike out"),
}

GUARDS: dict[str, Text] = {
    "customer_known": _("A phone number of the customer"),
    "car_known": _("Plate or VIN"),
    "job_assigned": _("An approved job has been dispatched"),
    "walkaround_settled": _("Walk-around signed, or waived with a reason"),
    "jobs_finished": _("Every approved job is done or struck out"),
    "no_open_clock": _("No clock is running"),
    "no_open_request": _("No parts request is open"),
    "inspection_passed": _("The final inspection has been recorded"),
    "inspector_independent": _("The inspector did not work on this order"),
    "nothing_proposed": _("No job waits for the customer's answer"),
    "lines_priced": _("Every line has a price"),
    "discounts_allowed": _("Discounts are within the limit or approved"),
    "issues_match": _("Issued parts equal billed parts"),
    "customer_cleared": _("The customer has paid, or is on account"),
    "exit_recorded": _("Kilometres at the exit, not below those at the entry"),
    "follow_up_over": _("The days until the follow-up are over"),
    "parts_returned": _("Issued parts are back in the store"),
    "deposit_refunded": _("The deposit has been refunded"),
    "nothing_issued": _("No part of the job is out of the store"),
}
