"""Putting money against receivables, and telling the order what follows from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from chejian.accounts.models import User
from chejian.billing import posting
from chejian.billing.models import Allocation, Payment, Receivable
from chejian.billing.queries import FREE, customer_receivable
from chejian.core.money import ZERO
from chejian.core.rows import insert, update
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder


def allocate(
    *, payment: Payment, receivable: Receivable, amount: Decimal, by: User | None, at: datetime
) -> Allocation:
    """Put ``amount`` of a payment against a receivable; both rows are locked by the caller.

    The money stood as the party's credit (2203) and moves to the receivable in the books.
    """
    entry = posting.post_credit_used(
        payment=payment, receivable=receivable, amount=amount, on=timezone.localdate(at), by=by,
        at=at,
    )
    payment.allocated += amount
    update(payment, "allocated")
    receivable.allocated += amount
    update(receivable, "allocated")
    made = Allocation(
        payment=payment, receivable=receivable, amount=amount, at=at, by=by, entry=entry
    )
    insert(made)
    return made


def allocate_fresh(
    *, payment: Payment, parts: Sequence[tuple[Receivable, Decimal]], by: User | None, at: datetime
) -> list[Allocation]:
    """Put a collection that is about to be written against receivables that are locked.

    Its money was posted to them at once. Writes the payment too.
    """
    payment.allocated = sum((amount for _, amount in parts), ZERO)
    insert(payment)
    made = [Allocation(payment=payment, receivable=receivable, amount=amount, at=at, by=by)
            for receivable, amount in parts]
    insert(*made)
    for receivable, amount in parts:
        receivable.allocated += amount
        update(receivable, "allocated")
    return made


def take_off(*, receivable: Receivable, by: User | None, at: datetime) -> Decimal:
    """Free every payment from a receivable: the money becomes the payer's credit again."""
    held = (
        Allocation.objects.filter(receivable=receivable)
        .values("payment_id").annotate(amount=Sum("amount")).filter(amount__gt=0)
        .order_by("payment_id")
    )
    freed = ZERO
    for row in held:
        payment = Payment.objects.select_for_update().get(pk=row["payment_id"])
        allocate(
            payment=payment, receivable=receivable, amount=-row["amount"], by=by, at=at,
        )
        freed += row["amount"]
    return freed


def free_payments(order: WorkOrder) -> list[Payment]:
    """Payments of the order with money left, oldest first, locked."""
    return FREE.all(order.pk)


def pay_and_tell(
    *, order: WorkOrder, owed: Sequence[Receivable], by: User | None, at: datetime
) -> None:
    """Deposits and the credit of a reversed settlement pay the new receivables of who paid them.

    ``owed`` was made in this very transaction, so nobody else can hold it.
    """
    payments = free_payments(order)
    for payment in payments:
        for receivable in owed:
            amount = min(payment.free, receivable.open_amount)
            if amount > 0 and _meant_for(payment, receivable):
                allocate(
                    payment=payment, receivable=receivable, amount=amount, by=by, at=at,
                )
    mine = next((receivable for receivable in owed if receivable.payer == "customer"), None)
    _tell(order, payments, mine, by, at)


def _meant_for(payment: Payment, receivable: Receivable) -> bool:
    """Money given for this order pays the customer's bill, whoever brought it; money of an
    account pays its own party's."""
    if receivable.party_id is None:
        return False
    given_for_the_order = payment.order_id is not None and receivable.payer == "customer"
    return given_for_the_order or payment.party_id == receivable.party_id


def write_facts(
    *, order: WorkOrder, by: User | None, at: datetime, receivable: Receivable | None = None
) -> None:
    """Write ``deposit_held`` and ``cleared`` on the order: its own guards read them.

    ``receivable``: the customer's, where the caller holds it locked.
    """
    _tell(order, free_payments(order), receivable or customer_receivable(order), by, at)


def _tell(
    order: WorkOrder, payments: Iterable[Payment], receivable: Receivable | None,
    by: User | None, at: datetime,
) -> None:
    held = sum((payment.free for payment in payments), ZERO)
    work.set_deposit(order=order, held=held, by=by, at=at)
    settled = order.status in (WorkOrder.Status.SETTLED, WorkOrder.Status.DELIVERED,
                               WorkOrder.Status.CLOSED)
    cleared = settled and (
        receivable is None or receivable.open_amount == 0 or receivable.on_account
    )
    work.set_cleared(order=order, cleared=cleared, by=by, at=at)
