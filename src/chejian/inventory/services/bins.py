"""Where the pieces lie: taking them from bins and putting them there. Levels are locked already."""

from decimal import Decimal

from django.db import connection

from chejian.core.ready import Ready
from chejian.core.rows import update
from chejian.inventory.errors import InsufficientInBin
from chejian.inventory.models import Bin, BinLevel, StockLevel

PUT = """
INSERT INTO inventory_binlevel AS b (level_id, bin_id, quantity) VALUES (%s, %s, %s)
ON CONFLICT (level_id, bin_id) DO UPDATE SET quantity = b.quantity + excluded.quantity
"""
LYING = Ready(
    lambda level: BinLevel.objects.filter(level=level, quantity__gt=0).select_related("bin")
)


def take(level: StockLevel, quantity: Decimal, wanted: Bin | None) -> Bin | None:
    """Take pieces from the bin named, else from where they lie; the last bin used goes first.

    One bin that holds enough is preferred to several. Returns the bin, or None when they came from
    several. Raises InsufficientInBin when the bin named holds too little.
    """
    lying = LYING.all(level.pk)
    if wanted is not None:
        lying = [place for place in lying if place.bin_id == wanted.pk]
        there = lying[0].quantity if lying else Decimal(0)
        if there < quantity:
            raise InsufficientInBin(level.part, wanted.code, quantity, there)
    lying.sort(key=lambda place: (place.bin_id != level.last_bin_id, -place.quantity, place.pk))
    enough = [place for place in lying if place.quantity >= quantity][:1] or lying
    emptied: list[BinLevel] = []
    for place in enough:
        taken = min(place.quantity, quantity)
        if taken > 0:
            place.quantity -= taken
            quantity -= taken
            emptied.append(place)
    for place in emptied:  # nearly always one
        update(place, "quantity")
    return emptied[0].bin if len(emptied) == 1 else None


def put(level: StockLevel, quantity: Decimal, wanted: Bin | None) -> Bin:
    """Put pieces into the bin named, else the one remembered, else the floor; remember it."""
    bin_ = wanted or level.last_bin or floor_of(level.warehouse_id)
    with connection.cursor() as cursor:
        cursor.execute(PUT, [level.pk, bin_.pk, quantity])
    level.last_bin = bin_
    return bin_


def floor_of(warehouse_id: int) -> Bin:
    """The bin without a code: somewhere in the warehouse."""
    return Bin.objects.get_or_create(warehouse_id=warehouse_id, code="")[0]
