"""反结算: a frozen document is never edited; a document with a minus takes it back."""

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.billing.errors import NotReversible
from chejian.billing.models import Receivable, Settlement, SettlementLine
from chejian.billing.queries import live_settlements
from chejian.billing.services.allocation import take_off, write_facts
from chejian.billing.services.papers import request_settlement_list
from chejian.books.queries import is_closed
from chejian.books.services import prove_constraints, reverse_entry
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder

NEGATED = ("gross", "line_discount", "order_discount", "round_off", "payable", "net", "tax", "cost")


@verb
@replayable(WorkOrder)
def reverse_settlement(
    *, order: WorkOrder, reason: str, by: User, at: datetime, key: uuid.UUID | None = None
) -> WorkOrder:
    """Take back every live settlement of the order; it is completed again.

    What was paid becomes the payer's credit and pays the next settlement. Raises NotPermitted,
    Refused (no reason, delivered), NotReversible (the month is closed).
    """
    work.mark_reversed(order=order, reason=reason, by=by, at=at)
    for settlement in live_settlements(order):
        if is_closed(settlement.station_id, settlement.settled_on):
            raise NotReversible(_("The month of this settlement is closed."))
        take_back(settlement, reason, by, at)
    write_facts(order=order, by=by, at=at)
    emit("order.unbilled", order, station_id=order.station_id, by=by, at=at, reason=reason)
    prove_constraints()
    return order


def take_back(settlement: Settlement, reason: str, by: User, at: datetime) -> Settlement:
    """The document with a minus; what was paid is free again."""
    receivable = (
        Receivable.objects.select_for_update().filter(settlement=settlement).order_by("id").first()
    )
    if receivable is not None:
        take_off(receivable=receivable, by=by, at=at)
        receivable.refresh_from_db()
        receivable.cancelled = True
        receivable.on_account = False
        receivable.save(update_fields=["cancelled", "on_account"])
    today = timezone.localdate(at)
    station = settlement.station
    number = draw_number(kind="SR", station_id=station.pk, station_code=station.code, on=today)
    entry = (
        reverse_entry(entry=settlement.entry, label=number, occurred_on=today, by=by, at=at)
        if settlement.entry
        else None
    )
    made = Settlement.objects.create(
        station=station, number=number, order=settlement.order, kind=Settlement.Kind.REVERSAL,
        round=settlement.round, payer=settlement.payer, party=settlement.party,
        reverses=settlement, head=settlement.head, reason=reason, settled_on=today, at=at, by=by,
        entry=entry, **{name: -getattr(settlement, name) for name in NEGATED},
    )
    SettlementLine.objects.bulk_create(_negative(made, line) for line in settlement.lines.all())
    if receivable is not None:
        request_settlement_list(settlement=made, by=by, at=at)
    return made


def _negative(made: Settlement, line: SettlementLine) -> SettlementLine:
    return SettlementLine(
        settlement=made, kind=line.kind, name=line.name, code=line.code, brand=line.brand,
        origin=line.origin, customer_supplied=line.customer_supplied, quantity=-line.quantity,
        unit=line.unit, unit_price=line.unit_price, gross=-line.gross,
        line_discount=-line.line_discount, order_discount=-line.order_discount,
        round_off=-line.round_off, payable=-line.payable, tax_rate=line.tax_rate,
        share=line.share, source_id=line.source_id, position=line.position,
    )
