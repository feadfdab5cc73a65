"""结算: the lines are frozen into one document per payer, and posted."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.billing import posting
from chejian.billing.models import Receivable, Settlement, SettlementLine
from chejian.billing.services.allocation import pay_and_tell
from chejian.billing.services.papers import request_settlement_list
from chejian.billing.splitting import Bill, bills
from chejian.books.services import prove_constraints
from chejian.core import planned
from chejian.core.errors import DomainError
from chejian.core.numbering import draw_numbers
from chejian.core.outbox import emit
from chejian.core.ready import Ready
from chejian.core.replay import replayable
from chejian.core.rows import insert
from chejian.core.verbs import verb
from chejian.parties.models import Party
from chejian.workorders import queries as orders
from chejian.workorders import services as work
from chejian.workorders.models import Concern, WorkOrder

OWED_BY = ("customer", "maker", "insurer")


class NothingToSettle(DomainError):
    """No approved line at all."""

    code = "nothing_to_settle"


@verb
@replayable(WorkOrder)
def settle(
    *, order: WorkOrder, by: User, at: datetime, key: uuid.UUID | None = None
) -> WorkOrder:
    """Freeze one document per payer, post them, and apply deposits and credit of this order.

    Raises NotPermitted, Refused (every guard that failed), NothingToSettle.
    """
    work.mark_settled(order=order, by=by, at=at)
    made = freeze(order, by=by, at=at)
    emit(
        "order.billed", order, station_id=order.station_id, by=by, at=at,
        amount=sum((settlement.payable for settlement in made), Decimal(0)),
        payers={settlement.payer: str(settlement.payable) for settlement in made},
    )
    prove_constraints()
    return order


def freeze(order: WorkOrder, *, by: User, at: datetime) -> list[Settlement]:
    """The documents of a locked order as it stands now, posted, paid by what is held, printed.

    Raises NothingToSettle.
    """
    found = bills(
        orders.payer_shares(order),
        order_discount=order.order_discount,
        round_off=order.round_off,
    )
    if not found:
        raise NothingToSettle(_("There is no approved job to settle."))
    today = timezone.localdate(at)
    numbers = draw_numbers(
        kind="ST",
        station_id=order.station_id,
        station_code=order.station.code,
        on=today,
        count=len(found),
    )
    turn = _turn(order)
    made = [
        _freeze(order, bill, number, turn=turn, by=by, at=at)
        for number, bill in zip(numbers, found, strict=True)
    ]
    pay_and_tell(order=order, owed=[due for _made, due in made if due], by=by, at=at)
    for settlement, _due in made:
        if settlement.payer in OWED_BY:
            request_settlement_list(settlement=settlement, by=by, at=at)
    return [settlement for settlement, _due in made]


def _turn(order: WorkOrder) -> int:
    """Which settlement of the order this is, from one."""
    before = "SELECT count(*) FROM billing_settlement WHERE order_id = %s AND kind = 'settlement'"
    ((count,),) = planned.rows(before, [order.pk])
    return int(count) + 1


CONCERNS = Ready(lambda order: Concern.objects.filter(order=order))


def _freeze(
    order: WorkOrder, bill: Bill, number: str, *, turn: int, by: User, at: datetime
) -> tuple[Settlement, Receivable | None]:
    """The document, and what is owed by it."""
    party = debtor(order, bill.payer)
    today = timezone.localdate(at)
    entry = posting.post_settlement(
        order=order, bill=bill, number=number, party=party, on=today, by=by, at=at
    )
    settlement = Settlement(
        station_id=order.station_id, number=number, order=order, round=turn, payer=bill.payer,
        party=party, head=head_of(order), gross=bill.gross, line_discount=bill.line_discount,
        order_discount=bill.order_discount, round_off=bill.round_off, payable=bill.payable,
        net=bill.net, tax=bill.tax, cost=bill.cost, settled_on=today, at=at, by=by, entry=entry,
    )
    insert(settlement)
    insert(*_lines(settlement, bill))
    if bill.payer not in OWED_BY:
        return settlement, None
    due = Receivable(
        station_id=order.station_id, settlement=settlement, party=party, payer=bill.payer,
        amount=bill.payable, due_on=today,
    )
    insert(due)
    return settlement, due


def _lines(settlement: Settlement, bill: Bill) -> Sequence[SettlementLine]:
    return [
        SettlementLine(
            settlement=settlement, kind=line.share.kind, name=line.share.name,
            code=line.share.code, brand=line.share.brand, origin=line.share.origin,
            customer_supplied=line.share.customer_supplied, quantity=line.share.quantity,
            unit=line.share.unit, unit_price=line.share.unit_price, gross=line.share.gross,
            line_discount=line.share.line_discount, order_discount=line.order_discount,
            round_off=line.round_off, payable=line.payable, tax_rate=line.share.tax_rate,
            share=line.share.share, source_id=line.share.source_id, position=position,
        )
        for position, line in enumerate(bill.lines)
    ]


def debtor(order: WorkOrder, payer: str) -> Party | None:
    """Who owes a payer's share: the customer; for maker and insurer the party of that name if
    the organisation has exactly one that fits, else nobody yet (it is owed by the kind)."""
    if payer == "customer":
        return order.customer
    if payer == "insurer" and order.vehicle.insurer_name:
        return Party.objects.filter(is_insurer=True, name=order.vehicle.insurer_name).first()
    if payer == "maker" and order.vehicle.make:
        return Party.objects.filter(is_maker=True, name=order.vehicle.make).first()
    return None


def head_of(order: WorkOrder) -> dict[str, Any]:
    """What stands at the head of the list (T1), as it was on the day."""
    car, station = order.vehicle, order.station
    return {
        "order": order.number, "customer": order.customer.name,
        "contact": order.contact_name, "phone": order.contact_phone or order.customer.phone,
        "plate": order.plate, "plate_kind": order.plate_kind, "vin": car.vin,
        "engine_no": car.engine_no, "car": f"{car.car_name} {car.model}".strip(),
        "station": station.legal_name or station.name, "uscc": station.uscc,
        "address": station.address, "station_phone": station.phone,
        "station_contact": station.contact, "hours_standard": station.hours_standard,
        "repair_class": order.repair_class.name if order.repair_class else "",
        "repair_type": order.repair_type.name, "odometer_in": order.odometer_in,
        "opened_at": order.opened_at.isoformat(),
        "concerns": [concern.text for concern in CONCERNS.all(order.pk)],
        "old_parts": order.get_old_parts_display(),
        "adviser": order.adviser.name,
    }
