"""进销存: what each part had, what came and went, and what is left, over a span of days (E12)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.catalog.queries import answering
from chejian.core.errors import Text
from chejian.core.lists.periods import PERIODS, period
from chejian.core.lists.spec import Column, Kind, ListSpec, Option, Rows, Viewer
from chejian.inventory.lists import AMOUNT, PIECES, brand_choices, part_link
from chejian.inventory.models import StockMove

SPANS = ("today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_year",
         "last_year", "last_30", "last_90")
CAME = Q(kind__in=["receipt", "opening"])
WENT = Q(kind__in=["issue", "return"])
OTHER = ~(CAME | WENT)


def span(viewer: Viewer) -> tuple[date, date]:
    """The days of the report, both included."""
    today = timezone.localdate()
    return period(viewer.options.get("span", "this_month"), today) or (today, today)


def _moves(viewer: Viewer) -> Any:
    return StockMove.objects.filter(station_id=viewer.station_id)


def _rows(viewer: Viewer) -> Rows:
    """Parts that had anything to do with the stock up to the end of the span."""
    moved = _moves(viewer).filter(part=OuterRef("pk"), occurred_on__lte=span(viewer)[1])
    return Part.objects.filter(Exists(moved))


def _sum(viewer: Viewer, figure: str, field: Any, asked: Q, sign: int = 1) -> Any:
    moves = _moves(viewer).filter(asked, part=OuterRef("pk")).order_by().values("part")
    sums = moves.annotate(sum=Sum(figure) * Value(sign)).values("sum")
    return Coalesce(Subquery(sums, output_field=field), Value(Decimal(0)), output_field=field)


def _before(viewer: Viewer) -> Q:
    return Q(occurred_on__lt=span(viewer)[0])


def _until(viewer: Viewer) -> Q:
    return Q(occurred_on__lte=span(viewer)[1])


def _within(kinds: Q) -> Callable[[Viewer], Q]:
    return lambda viewer: kinds & Q(
        occurred_on__gte=span(viewer)[0], occurred_on__lte=span(viewer)[1]
    )


def _pair(key: str, pieces: Text, worth: Text, asked: Callable[[Viewer], Q], sign: int = 1,
          hidden: bool = False) -> tuple[Column, Column]:
    """Quantity and value of some moves."""
    return (
        Column(key, pieces, Kind.QUANTITY, hidden=hidden, total=True,
               value=lambda viewer: _sum(viewer, "quantity", PIECES, asked(viewer), sign)),
        Column(f"{key}_value", worth, Kind.MONEY, hidden=hidden, total=True,
               permission=P.SEE_COST,
               value=lambda viewer: _sum(viewer, "value", AMOUNT, asked(viewer), sign)),
    )


def _average(viewer: Viewer) -> Any:
    """What a piece cost on average when it came in."""
    asked = _within(CAME)(viewer)
    moves = _moves(viewer).filter(asked, part=OuterRef("pk")).order_by().values("part")
    return Subquery(
        moves.annotate(each=Sum("value") / Sum("quantity")).values("each"), output_field=AMOUNT
    )


def _find(rows: Rows, words: str) -> tuple[Rows, bool]:
    return rows.filter(answering(words)), False


STOCK_REPORT = ListSpec(
    name="stock-report", title=_("Stock report"), address="stock_report",
    permissions=(P.VIEW_STOCK,), rows=_rows,
    columns=(
        Column("part", _("Part"), path="name", more=("pk",), wide=True, sort="name_key",
               show=part_link, plain=lambda name, pk: name),
        Column("number", pgettext_lazy("part", "Number"), Kind.CODE, "number"),
        Column("brand", _("Brand"), Kind.CHOICE, "brand", choices=brand_choices, nullable=True,
               quick=True, hidden=True),
        Column("unit", _("Unit"), path="unit"),
        *_pair("opening", _("Opening quantity"), _("Opening value"), _before),
        *_pair("came", _("Quantity in"), _("Value in"), _within(CAME)),
        Column("average", _("Average price in"), Kind.MONEY, value=_average, nullable=True,
               permission=P.SEE_COST, hidden=True),
        *_pair("went", _("Quantity out"), _("Value out"), _within(WENT), -1),
        *_pair("other", _("Other quantity"), _("Other value"), _within(OTHER), hidden=True),
        *_pair("closing", _("Closing quantity"), _("Closing value"), _until),
    ),
    sort="part", named_by="name",
    options=(
        Option("span", _("Span"), [(key, PERIODS[key]) for key in SPANS], "this_month"),
    ),
    search=_find, search_label=_("Number, name, pinyin"),
    empty=(_("Nothing moved yet"), _("The report adds up receipts and issues of each part.")),
)
