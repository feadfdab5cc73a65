"""交车: what is asked at the exit, and the one act that hands the car over."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.errors import Refusal
from chejian.core.intake import TakenFile
from chejian.core.models import StoredFile
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.workorders import services as work
from chejian.workorders.lifecycle import ORDERS
from chejian.workorders.models import Delivery, WorkOrder

#: what may be handed over besides the car
PAPERS: dict[str, str | Promise] = {
    "settlement": _("Settlement list"),
    "certificate": _("Completion certificate"),
    "invoice": _("Invoice"),
    "repair_order": _("Repair order"),
    "keys": _("Keys and registration"),
}
ASKED_HERE = ("exit_recorded", "no_exit_reading", "exit_below_entry")


def in_the_way(order: WorkOrder, user: User) -> list[Refusal]:
    """What keeps the car here, apart from what this form asks."""
    return [
        refusal for refusal in ORDERS.refusals(order, "deliver", by=user)
        if refusal.code not in ASKED_HERE
    ]


def likely_papers(order: WorkOrder) -> list[str]:
    """Those that are ready or the law wants: ticked beforehand."""
    ready = set(order.papers.filter(status="ready").values_list("kind", flat=True))
    return [kind for kind in PAPERS if kind in ready] + ["keys"]


@verb
@replayable(Delivery)
def hand_over(
    *,
    order: WorkOrder,
    odometer_out: int,
    collected_by: str,
    by: User,
    at: datetime,
    papers: Sequence[str] = (),
    old_parts_given: bool = False,
    note: str = "",
    signature: TakenFile | None = None,
    key: uuid.UUID | None = None,
) -> Delivery:
    """Keep the signature and deliver. Raises what delivering raises."""
    file = None
    if signature is not None:
        file = StoredFile.objects.create(
            **vars(signature), station_id=order.station_id, uploaded_by_id=by.pk
        )
    return work.deliver(
        order=order, odometer_out=odometer_out, collected_by=collected_by, papers=papers,
        old_parts_given=old_parts_given, note=note, signature=file, by=by, at=at,
    )
