"""Taking an opening of stock back whole: moves and entry are reversed, nothing is deleted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.books.models import JournalEntry
from chejian.books.services import reverse_entry
from chejian.core.errors import DomainError
from chejian.core.outbox import emit
from chejian.inventory.locking import Place, lock_levels, save_levels
from chejian.inventory.models import StockLevel, StockMove, StockReceipt, StockReservation

TAKE = """
UPDATE inventory_binlevel b SET quantity = b.quantity - t.quantity
FROM (SELECT level_id, bin_id, sum(quantity) AS quantity
      FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS u(level_id, bin_id, quantity)
      GROUP BY level_id, bin_id) AS t
WHERE b.level_id = t.level_id AND b.bin_id = t.bin_id
"""


class OpeningTouched(DomainError):
    """Parts of the opening moved or were reserved since. Data: ``labels``, the documents."""

    code = "opening_touched"


@transaction.atomic
def reverse_opening(*, receipt: StockReceipt, by: User, at: datetime) -> list[StockMove]:
    """Write the opposite of every move of an opening receipt, and of its entry in the books.

    Only while nothing else has touched those places: no later move, no reservation. Raises
    OpeningTouched, AlreadyReversed, PeriodClosed.
    """
    moves = list(
        StockMove.objects.filter(receipt_line__receipt=receipt).order_by("pk").select_related("bin")
    )
    levels = lock_levels((move.part_id, move.warehouse_id) for move in moves)
    labels = touching(receipt, moves)
    if labels:
        words = {"labels": "、".join(labels[:5])}
        raise OpeningTouched(
            _("This stock has moved or is reserved: %(labels)s") % words, labels=labels
        )
    _lower(moves, levels)
    entry = _reverse_entry(receipt, by, at)
    made = _append(receipt, moves, entry, by, at)
    emit(
        "stock.opening_reversed", receipt, station_id=receipt.station_id, by=by, at=at,
        number=receipt.number, lines=len(made), net=receipt.total_net,
    )
    return made


def touching(receipt: StockReceipt, moves: Sequence[StockMove]) -> list[str]:
    """The documents of later moves and of reservations in the places of these moves."""
    if not moves:
        return []
    places = {(move.part_id, move.warehouse_id) for move in moves}
    parts = {part for part, _warehouse in places}
    here = {"part_id__in": parts, "warehouse_id": receipt.warehouse_id}
    later = StockMove.objects.filter(**here, pk__gt=moves[-1].pk).exclude(label=receipt.number)
    reserved = StockReservation.objects.filter(**here, released_at__isnull=True)
    labels = [*later.values_list("label", flat=True), *reserved.values_list("label", flat=True)]
    return list(dict.fromkeys(label or "—" for label in labels))


def _lower(moves: Sequence[StockMove], levels: dict[Place, StockLevel]) -> None:
    columns: list[list[int] | list[Decimal]] = [
        [levels[move.part_id, move.warehouse_id].pk for move in moves],
        [move.bin_id or 0 for move in moves],
        [move.quantity for move in moves],
    ]
    with connection.cursor() as cursor:
        cursor.execute(TAKE, columns)
    for move in moves:
        level = levels[move.part_id, move.warehouse_id]
        level.quantity -= move.quantity
        level.value -= move.value
    save_levels(levels.values())


def _reverse_entry(receipt: StockReceipt, by: User, at: datetime) -> JournalEntry | None:
    if receipt.entry is None:
        return None
    return reverse_entry(
        entry=receipt.entry, label=receipt.number, occurred_on=timezone.localdate(at), by=by, at=at
    )


def _append(
    receipt: StockReceipt, moves: Sequence[StockMove], entry: JournalEntry | None, by: User,
    at: datetime,
) -> list[StockMove]:
    return StockMove.objects.bulk_create(
        [
            StockMove(
                station_id=move.station_id, part_id=move.part_id, warehouse_id=move.warehouse_id,
                bin_id=move.bin_id, kind=move.kind, quantity=-move.quantity, value=-move.value,
                label=receipt.number, returns=move, entry=entry,
                occurred_on=timezone.localdate(at), at=at, by=by,
            )
            for move in moves
        ],
        batch_size=1000,
    )


def never_moved(part_ids: Iterable[int]) -> set[int]:
    """Parts without any stock move: nothing of the ledger would be lost with them."""
    wanted = set(part_ids)
    return wanted - set(
        StockMove.objects.filter(part_id__in=wanted).values_list("part_id", flat=True)
    )


def taken_back(warehouse_ids: Iterable[int]) -> set[Place]:
    """Places whose openings were all reversed and that never moved otherwise."""
    opening = Q(kind=StockMove.Kind.OPENING)
    rows = (
        StockMove.objects.filter(warehouse_id__in=list(warehouse_ids))
        .values("part_id", "warehouse_id")
        .annotate(others=Count("pk", filter=~opening), left=Sum("quantity"))
        .filter(others=0, left=0)
    )
    return {(row["part_id"], row["warehouse_id"]) for row in rows}
