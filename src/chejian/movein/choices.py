"""What a person decides about doubtful stock, kept with the run. Pure.

Stock below zero is made with nothing on hand, or as somebody counted it. Stock without a cost comes
in at zero, at the cost of the last purchase, or at a share of its retail price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from chejian.core.money import price


class Negative(TextChoices):
    """Stock below zero."""

    ZERO = "zero", _("Nothing on hand")
    COUNTED = "counted", _("As counted, row by row; rows not counted have nothing on hand")


class NoCost(TextChoices):
    """Stock without a cost."""

    ZERO = "zero", _("At zero")
    LAST_PURCHASE = "last_purchase", _("At the last purchase, else as in the part's other rows")
    PRICE = "price", _("At a share of the retail price")


USUAL_RATE = Decimal("0.60")


@dataclass(frozen=True)
class StockChoices:
    """``counted`` is by sheet and row; ``last_costs`` by part number, as the ledger knows them."""

    negative: str = Negative.ZERO
    no_cost: str = NoCost.ZERO
    rate: Decimal = USUAL_RATE
    counted: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)
    last_costs: Mapping[str, Decimal] = field(default_factory=dict)

    def quantity_for(self, sheet: str, row: int) -> Decimal | None:
        """What somebody counted where the file says less than nothing."""
        return self.counted.get((sheet, row)) if self.negative == Negative.COUNTED else None

    def cost_for(
        self, number: str, retail_price: Decimal | None, elsewhere: Decimal | None
    ) -> Decimal | None:
        """A cost for stock that has none; ``elsewhere`` is what another row of the part says.

        None where none can be found.
        """
        if self.no_cost == NoCost.LAST_PURCHASE:
            return self.last_costs.get(number) or elsewhere
        if self.no_cost == NoCost.PRICE and retail_price:
            return price(retail_price * self.rate)
        return None


def from_json(kept: Mapping[str, Any], last_costs: Mapping[str, Decimal]) -> StockChoices:
    """The choices as the run keeps them."""
    return StockChoices(
        kept.get("negative", Negative.ZERO),
        kept.get("no_cost", NoCost.ZERO),
        Decimal(kept.get("rate", USUAL_RATE)),
        {(sheet, row): Decimal(figure) for sheet, row, figure in kept.get("counted", [])},
        last_costs,
    )


def as_json(choices: StockChoices) -> dict[str, Any]:
    return {
        "negative": str(choices.negative),
        "no_cost": str(choices.no_cost),
        "rate": str(choices.rate),
        "counted": [
            [sheet, row, str(figure)] for (sheet, row), figure in sorted(choices.counted.items())
        ],
    }
