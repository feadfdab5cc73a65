"""Part lines of a job: adding, changing, striking out, splitting among payers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.catalog.pricing import part_price
from chejian.core.formats import quantity as written
from chejian.core.money import ZERO, fen, line_amount, price
from chejian.core.money import quantity as rounded
from chejian.core.outbox import emit
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.workorders.amounts import kept_discount
from chejian.workorders.errors import BadValue, SharesNotOne
from chejian.workorders.models import JobLine, LineShare, PartLine, PartsRequest, Payer
from chejian.workorders.services.common import (
    check_version,
    lock_job,
    lock_line,
    recalculate,
    require_positive,
    require_status,
)
from chejian.workorders.services.discounts import allow_line_discount
from chejian.workorders.services.dropping import drop_requests
from chejian.workorders.services.edits import (
    keeping_approval,
    require_editor,
    require_price,
    tell_override,
)
from chejian.workorders.states import OPEN_FOR_PRICES, OPEN_FOR_WORK

PART_FIELDS = frozenset({"quantity", "unit_price", "discount", "payer", "name"})
UNTOUCHABLE = ("cancelled", "declined")


@verb
def add_part(
    *,
    job: JobLine,
    quantity: Decimal,
    by: User,
    at: datetime,
    part: Part | None = None,
    name: str = "",
    customer_supplied: bool = False,
    unit_price: Decimal | None = None,
    payer: str | None = None,
) -> PartLine:
    """Put a part on a job at the price of the order's level; the customer's own parts are free.

    What it does to the approval: see ``edits``. Raises NotPermitted, WrongStatus, BadValue,
    PriceNotYours, WorkBegun.
    """
    order = lock_job(job)
    require_editor(order, by, job)
    require_status(order, OPEN_FOR_WORK)
    _require_live(job)
    last = job.parts.aggregate(last=Max("position"))["last"]
    with keeping_approval(job, by=by, at=at):
        line = make_part(
            job, part=part, quantity=quantity, name=name, customer_supplied=customer_supplied,
            unit_price=unit_price, payer=payer, position=(last or 0) + 1, by=by, at=at,
        )
    recalculate(order)
    return line


def make_part(
    job: JobLine,
    *,
    quantity: Decimal,
    position: int,
    by: User,
    at: datetime,
    part: Part | None = None,
    name: str = "",
    customer_supplied: bool = False,
    unit_price: Decimal | None = None,
    payer: str | None = None,
) -> PartLine:
    """The row with its price; the order is locked and its totals are the caller's to renew."""
    line = part_of(
        job, quantity=quantity, position=position, part=part, name=name,
        customer_supplied=customer_supplied, unit_price=unit_price, payer=payer, by=by, at=at,
    )
    line.save()
    tell_part(line, by, at)
    return line


def part_of(
    job: JobLine,
    *,
    quantity: Decimal,
    position: int,
    by: User,
    at: datetime,
    part: Part | None = None,
    name: str = "",
    customer_supplied: bool = False,
    unit_price: Decimal | None = None,
    payer: str | None = None,
) -> PartLine:
    """A part line with its price, not written yet."""
    words = tidy(name) or (part.name if part else "")
    if not words or (part is None and not customer_supplied):
        raise BadValue(_("Choose a part, or say that the customer brings it."), field="part")
    order = job.order
    line = PartLine(
        job=job, order=order, part=part, name=words[:80], position=position,
        customer_supplied=customer_supplied, payer=_payer(payer or job.payer),
        quantity=rounded(require_positive(quantity, "quantity")),
    )
    if part is not None:
        line.number, line.brand, line.unit = part.number, part.brand, part.unit
        line.origin, line.tax_rate = part.origin, part.tax_rate.rate
        if not customer_supplied:
            line.list_price = line.unit_price = part_price(part, level=order.price_level)
    if unit_price is not None:
        _set_price(line, unit_price, by, at)
    line.amount = line_amount(line.quantity, line.unit_price)
    return line


def tell_part(line: PartLine, by: User, at: datetime) -> None:
    emit("part.added", line.order, station_id=line.order.station_id, by=by, at=at, line=line.pk,
         name=line.name, job=line.job.name, quantity=written(line.quantity), unit=line.unit)


def _payer(payer: str) -> str:
    if payer not in Payer.values:
        raise BadValue(_("Choose who pays."), field="payer", payer=payer)
    return payer


def _require_live(job: JobLine) -> None:
    if job.status in UNTOUCHABLE:
        raise BadValue(_("“%(name)s” is not part of the order any more.") % {"name": job.name})


def _set_price(line: PartLine, unit_price: Decimal, by: User, at: datetime) -> None:
    wanted = price(require_positive(unit_price, "unit_price", zero=True))
    if line.customer_supplied:
        if wanted:
            raise BadValue(_("The customer's own part has no price."), field="unit_price")
        return
    if wanted == line.unit_price and line.pk is not None:
        return
    line.overridden_by = require_price(
        by, line.order, line.name, listed=line.list_price, wanted=wanted
    )
    line.unit_price = wanted
    if line.overridden_by is not None:
        tell_override(line.order, line.name, listed=line.list_price, wanted=wanted, by=by, at=at)


@verb
def update_part(
    *, line: PartLine, version: int | None, by: User, at: datetime, **fields: Any
) -> PartLine:
    """Change quantity, price, discount, payer, or the name of the customer's own part.

    Raises NotPermitted, WrongStatus, Conflict, BadValue, PriceNotYours, DiscountTooLarge,
    WorkBegun.
    """
    unknown = set(fields) - PART_FIELDS
    if unknown:
        raise TypeError(f"not fields of a part line: {sorted(unknown)}")
    order = lock_line(line)
    require_editor(order, by, line.job)
    require_status(order, OPEN_FOR_PRICES)
    check_version(line, version, fields)
    _require_live(line.job)
    if line.cancelled:
        raise BadValue(_("“%(name)s” is not part of the order any more.") % {"name": line.name})
    with keeping_approval(line.job, by=by, at=at):
        _change(line, fields, by, at)
    recalculate(order)
    emit("part.updated", order, station_id=order.station_id, by=by, at=at, line=line.pk,
         name=line.name, quantity=written(line.quantity), unit=line.unit, amount=line.amount,
         fields=sorted(fields))
    return line


def _change(line: PartLine, fields: dict[str, Any], by: User, at: datetime) -> None:
    before = line.amount
    if "name" in fields and line.part_id is None:
        line.name = tidy(fields["name"])[:80] or line.name
    if "quantity" in fields:
        _set_quantity(line, fields["quantity"])
    if "unit_price" in fields:
        _set_price(line, fields["unit_price"], by, at)
    line.amount = line_amount(line.quantity, line.unit_price)
    if "discount" in fields:
        discount = fen(fields["discount"])
        allow_line_discount(line, discount=discount, amount=line.amount, by=by)
        line.discount = discount
    else:
        line.discount = kept_discount(line.discount, before, line.amount)
    if "payer" in fields:
        line.payer = _payer(fields["payer"])
        line.shares.all().delete()
    line.version += 1
    line.save()


def _set_quantity(line: PartLine, wanted: Decimal) -> None:
    """Not below what is already out or asked for: that is returned or cancelled first."""
    wanted = rounded(require_positive(wanted, "quantity"))
    bound = line.issued + open_quantity(line)
    if wanted < bound:
        raise BadValue(
            _("%(bound)s are issued or requested. Return or cancel them first.")
            % {"bound": written(bound)},
            field="quantity", bound=bound,
        )
    line.quantity = wanted


def open_quantity(line: PartLine) -> Decimal:
    """Pieces asked of the store and not yet issued."""
    found = PartsRequest.objects.filter(
        line=line, fulfilled_at=None, cancelled_at=None
    ).aggregate(open=Sum(F("quantity") - F("reservation__used")))["open"]
    return found or ZERO


@verb
def cancel_part(*, line: PartLine, by: User, at: datetime) -> PartLine:
    """Strike a part out; what is out must be returned first. Raises NotPermitted, BadValue."""
    order = lock_line(line)
    require_editor(order, by, line.job)
    require_status(order, OPEN_FOR_PRICES)
    if line.issued:
        raise BadValue(
            _("%(quantity)s of “%(name)s” must be returned to the store first.")
            % {"quantity": written(line.issued), "name": line.name}
        )
    drop_requests(order, by=by, at=at, line=line)
    line.cancelled = True
    line.version += 1
    line.save(update_fields=["cancelled", "version"])
    recalculate(order)
    emit("part.cancelled", order, station_id=order.station_id, by=by, at=at, line=line.pk,
         name=line.name)
    return line


@verb
def split_line(
    *, line: JobLine | PartLine, shares: Mapping[str, Decimal], by: User, at: datetime
) -> JobLine | PartLine:
    """Split one line among payers, by rates that sum to one; the last takes the rest in fen.

    Raises NotPermitted, WrongStatus, SharesNotOne, BadValue, WorkBegun.
    """
    order = lock_job(line) if isinstance(line, JobLine) else lock_line(line)
    job = line if isinstance(line, JobLine) else line.job
    require_editor(order, by, job)
    require_status(order, OPEN_FOR_PRICES)
    rates = {_payer(payer): require_positive(rate, "shares") for payer, rate in shares.items()}
    if sum(rates.values(), ZERO) != 1:
        raise SharesNotOne(sum(rates.values(), ZERO))
    with keeping_approval(job, by=by, at=at):
        write_shares(line, rates)
    recalculate(order)
    emit("line.split", order, station_id=order.station_id, by=by, at=at, name=line.name,
         shares=[[payer, str(rate)] for payer, rate in rates.items()])
    return line


def write_shares(line: JobLine | PartLine, rates: Mapping[str, Decimal]) -> None:
    """Who pays the line from now on; the order and the line are locked by the caller."""
    line.shares.all().delete()
    line.payer = next(iter(rates))
    line.version += 1
    line.save(update_fields=["payer", "version"])
    if len(rates) > 1:
        owner = {"job": line} if isinstance(line, JobLine) else {"part_line": line}
        LineShare.objects.bulk_create(
            LineShare(payer=payer, rate=rate, **owner) for payer, rate in rates.items()
        )
