"""Weekly receipts: what the visits of a week take from a warehouse is put there before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.catalog.models import Part
from chejian.core.money import fen
from chejian.demo.scale.mould import Mould, Pour, Source, Span
from chejian.demo.scale.tables import Table
from chejian.inventory.models import Bin, StockReceiptLine, Warehouse
from chejian.inventory.services import ReceiptLine, receive
from chejian.parties.models import Party

STOCK, LINES, HEAD = "inventory_stockmove", "inventory_stockreceiptline", "inventory_stockreceipt"
ENTRY = "books_journalentry"
LEFT = ("inventory_stocklevel", "inventory_binlevel", "inventory_bin")
QUANTITY, COST, TAX = Decimal(7777), Decimal(3333), Decimal("0.13")
WORDS = {
    f"{QUANTITY}.000": "quantity", f"{COST}.0000": "cost", f"{QUANTITY * COST}.00": "net",
    f"{fen(QUANTITY * COST * TAX)}": "tax", '"lines": 1': "lines",
}


@dataclass(frozen=True)
class Wanted:
    """A line of the receipt: part and bin, how much at which value."""

    part: int
    bin: int
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True)
class SupplyMould:
    """The receipt of one warehouse: its head, and one line with its move."""

    head: Mould
    line: Mould
    station: str

    def fill(self, pour: Pour, lines: Sequence[Wanted]) -> list[tuple[str, str]]:
        number = pour.number("GR", self.station, pour.day.year)
        firsts: dict[str, int] = {}

        def take(table: str, count: int) -> int:
            firsts[table] = pour.take(table, count)
            return firsts[table]

        net = sum((line.value for line in lines), Decimal(0))
        tax = sum((fen(line.value * TAX) for line in lines), Decimal(0))
        words = {"gr": number, "net": f"{net:.2f}", "tax": f"{tax:.2f}",
                 "lines": f'"lines": {len(lines)}'}
        rows = self.head.fill(replace(pour, words=words, take=take))
        words |= {"receipt": str(firsts[HEAD]), "entry": str(firsts[ENTRY])}
        for line in lines:
            own = words | {
                "part": str(line.part), "bin": str(line.bin), "net": f"{line.value:.2f}",
                "quantity": f"{line.quantity:.3f}", "cost": f"{line.value / line.quantity:.4f}",
            }
            rows += self.line.fill(replace(pour, words=own))
        return rows


def take_supply(
    house: Warehouse, part: Part, supplier: Party, keeper: User, start: datetime,
    tables: Mapping[str, Table], spans_of: Callable[[Callable[[], object]], dict[str, Span]],
    context: str,
) -> SupplyMould:
    """Receive one line of a part that is not there, and read what was written."""
    shelf = Bin.objects.create(warehouse=house, code="样位")
    line = ReceiptLine(part, QUANTITY, COST, bin_code=shelf.code)
    spans = spans_of(lambda: receive(warehouse=house, lines=[line], kind="receipt",
                                     supplier=supplier, by=keeper, at=start))
    row = StockReceiptLine.objects.select_related("receipt").get(part=part, bin=shelf)
    texts = WORDS | {row.receipt.number: "gr"}
    aliases = {part.pk: "part", shelf.pk: "bin"}
    assert row.receipt.entry_id is not None  # the line has a value
    parts_of_line = (STOCK, LINES)
    head = Source(tables, {name: span for name, span in spans.items()
                           if name not in (*parts_of_line, *LEFT)},
                  start, texts, aliases, frozenset((context,)))
    one = Source(tables, {name: spans[name] for name in parts_of_line}, start, texts,
                 aliases | {row.receipt.pk: "receipt", row.receipt.entry_id: "entry"},
                 frozenset((context,)))
    return SupplyMould(Mould(head), Mould(one), house.station.code)
