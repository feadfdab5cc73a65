"""The lists of stock: what lies where, every move, receipts and their lines, what the list of
parts says about stock."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import NullIf, Round
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.queries import answering, brands
from chejian.core.errors import Text
from chejian.core.formats import MINUS, percent, quantity
from chejian.core.lists.marks import badge, document
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.inventory import queries
from chejian.inventory.models import (
    StockLevel,
    StockMove,
    StockReceipt,
    StockReceiptLine,
    Warehouse,
)
from chejian.parties.models import Party

AMOUNT: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=2)
PRICE: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=4)
PIECES: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=3)
CHOICES = 200


def warehouses(viewer: Viewer) -> Choices:
    rows = Warehouse.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)
    return list(rows.order_by("pk").values_list("pk", "name"))


def brand_choices(viewer: Viewer) -> Choices:
    return [(brand, brand) for brand in brands()]


def _suppliers(viewer: Viewer) -> Choices:
    rows = Party.objects.filter(is_supplier=True, merged_into=None)
    return list(rows.order_by("name_key").values_list("pk", "name")[:CHOICES])


def people(viewer: Viewer) -> Choices:
    """Colleagues at the person's stations."""
    rows = User.objects.visible_to(viewer.user)
    return [(pk, name) for pk, name, _key in rows.order_by("name_key").values_list(
        "pk", "name", "name_key")[:CHOICES]]


def part_link(name: str, part_id: int) -> str:
    return Markup('<a class="bold" href="/stock/parts/{}/">{}</a>').format(part_id, name)


def _part(more: tuple[str, ...] = ("part_id",), **other: Any) -> Column:
    return Column("part", _("Part"), path="part__name", more=more, wide=True,
                  sort="part__name_key",
                  **({"show": part_link, "plain": lambda name, pk: name} | other))


def _number(**more: Any) -> Column:
    return Column("number", pgettext_lazy("part", "Number"), Kind.CODE, "part__number", **more)


def _about_part() -> tuple[Column, ...]:
    return (
        Column("brand", _("Brand"), Kind.CHOICE, "part__brand", choices=brand_choices,
               nullable=True, hidden=True),
        Column("spec", _("Specification"), path="part__spec", hidden=True),
        Column("unit", _("Unit"), path="part__unit", hidden=True),
    )


def _ratio(value: str, pieces: str) -> Any:
    return ExpressionWrapper(
        Round(F(value) / NullIf(F(pieces), Value(Decimal(0))), 4), output_field=PRICE
    )


def _find(rows: Rows, words: str) -> tuple[Rows, bool]:
    return rows.filter(answering(words, "part_id")), False


# --- what lies where ---------------------------------------------------------------------------


def _stock_part(name: str, part_id: int, safety: Decimal, held: Decimal | None) -> str:
    link = part_link(name, part_id)
    if not safety or (held or 0) >= safety:
        return link
    return Markup("{} {}").format(link, badge(_now("below safety stock"), "amber", "hourglass"))


def _stock_rows(viewer: Viewer) -> Rows:
    return queries.stock_rows(viewer.user, viewer.station_id)


def _find_stock(rows: Rows, words: str) -> tuple[Rows, bool]:
    return rows.filter(answering(words, "part_id") | Q(last_bin__code__istartswith=words)), False


STOCK = ListSpec(
    name="stock", title=_("Stock"), address="stock", permissions=(P.VIEW_STOCK,),
    rows=_stock_rows,
    columns=(
        _part(("part_id", "part__safety_stock", "at_station"), show=_stock_part,
              plain=lambda name, pk, safety, held: name),
        _number(),
        Column("warehouse", _("Warehouse"), Kind.CHOICE, "warehouse__name", filter="warehouse_id",
               choices=warehouses, quick=True),
        Column("bin", _("Bin"), Kind.CODE, "bin_code"),
        Column("quantity", _("On hand"), Kind.QUANTITY, "quantity", more=("part__unit",),
               show=lambda value, unit: f"{quantity(value)} {unit}",
               plain=lambda value, unit: value),
        Column("reserved", _("Reserved"), Kind.QUANTITY, "reserved",
               show=lambda value: quantity(value) if value else ""),
        Column("available", _("Available"), Kind.QUANTITY, "free", cls="bold"),
        Column("value", pgettext_lazy("stock", "Value"), Kind.MONEY, "value", total=True,
               permission=P.SEE_COST),
        Column("average", _("Average cost"), Kind.MONEY, hidden=True, nullable=True,
               value=lambda viewer: _ratio("value", "quantity"), permission=P.SEE_COST),
        Column("safety", _("Safety stock"), Kind.QUANTITY, "part__safety_stock", hidden=True),
        Column("retail", _("Retail price"), Kind.MONEY, "part__retail_price", hidden=True),
        *_about_part(),
    ),
    sort="part", named_by="part__name", tab_key="view",
    tabs=(
        Tab("held", _("In stock"), Q(quantity__gt=0)),
        Tab("low", _("Below safety stock"), lambda rows, viewer: queries.below_safety(rows)),
        Tab("short", pgettext_lazy("stock", "Short"), lambda rows, viewer: queries.short(rows)),
        Tab("all", pgettext_lazy("stock", "All")),
    ),
    search=_find_stock, search_label=_("Number, name, pinyin, bin"),
    empty=(_("Nothing on the shelf yet"),
           _("Bring the stock in from a file of the old system, or receive the first parts.")),
)


# --- every move (入库查询, 出入库流水) --------------------------------------------------------


def _signed(value: Decimal) -> str:
    said = quantity(value)
    if not said.startswith(MINUS):
        return said
    return Markup('<span class="t-red">{}</span>').format(said)


def _moves(viewer: Viewer) -> Rows:
    return StockMove.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


MOVES = ListSpec(
    name="moves", title=_("Stock moves"), address="stock_moves", permissions=(P.VIEW_STOCK,),
    rows=_moves,
    columns=(
        Column("at", pgettext_lazy("move", "Time"), Kind.MOMENT, "at", sort="pk", indexed=True,
               quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "kind", choices=StockMove.Kind.choices, quick=True),
        Column("label", _("Document"), path="label", show=document, plain=str),
        _part(), _number(),
        Column("warehouse", _("Warehouse"), Kind.CHOICE, "warehouse__name", filter="warehouse_id",
               choices=warehouses),
        Column("bin", _("Bin"), Kind.CODE, "bin__code", nullable=True, hidden=True),
        Column("quantity", _("Quantity"), Kind.QUANTITY, "quantity", show=_signed,
               plain=lambda value: value, total=True),
        Column("cost", _("Unit cost"), Kind.MONEY, value=lambda viewer: _ratio("value", "quantity"),
               permission=P.SEE_COST),
        Column("value", pgettext_lazy("stock", "Value"), Kind.MONEY, "value", total=True,
               permission=P.SEE_COST),
        Column("by", _("By"), Kind.PERSON, "by__name", filter="by_id", choices=people,
               nullable=True, sort="by__name_key"),
        Column("day", _("Business day"), Kind.DATE, "occurred_on", hidden=True),
        *_about_part(),
    ),
    sort="-at", named_by="part__name", search=_find, search_label=_("Number, name, pinyin"),
    tab_key="way",
    tabs=(
        Tab("all", pgettext_lazy("moves", "All")),
        Tab("in", pgettext_lazy("moves", "In"), Q(quantity__gt=0)),
        Tab("out", pgettext_lazy("moves", "Out"), Q(quantity__lt=0)),
    ),
    empty=(_("No move yet"), _("Moves come with receipts and with parts given to orders.")),
)


# --- receipts ----------------------------------------------------------------------------------


def _receipts(viewer: Viewer) -> Rows:
    return StockReceipt.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


RECEIPTS = ListSpec(
    name="receipts", title=pgettext_lazy("stock", "Receipts"), address="receipts",
    permissions=(P.VIEW_STOCK,), rows=_receipts,
    columns=(
        Column("number", pgettext_lazy("receipt", "Number"), Kind.CODE, "number", wide=True,
               sort="pk", indexed=True),
        Column("day", _("Day"), Kind.MOMENT, "at", quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "kind", choices=StockReceipt.Kind.choices),
        Column("warehouse", _("Warehouse"), Kind.CHOICE, "warehouse__name", filter="warehouse_id",
               choices=warehouses),
        Column("supplier", _("Supplier"), Kind.CHOICE, "supplier__name", filter="supplier_id",
               choices=_suppliers, nullable=True, sort="supplier__name_key"),
        Column("note", _("Delivery note"), path="supplier_note"),
        Column("net", pgettext_lazy("stock", "Net"), Kind.MONEY, "total_net", total=True,
               permission=P.SEE_COST),
        Column("tax", _("VAT"), Kind.MONEY, "total_tax", total=True, permission=P.SEE_COST),
        Column("by", _("By"), Kind.PERSON, "by__name", filter="by_id", choices=people,
               sort="by__name_key"),
        Column("occurred", _("Business day"), Kind.DATE, "occurred_on", hidden=True),
    ),
    sort="-number", link="/stock/receipts/{}/", named_by="number",
    empty=(_("No receipts yet"), _("A receipt puts parts on the shelf with their cost.")),
)


def _receipt_lines(viewer: Viewer) -> Rows:
    receipts = StockReceipt.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)
    return StockReceiptLine.objects.filter(receipt__in=receipts)


RECEIPT_LINES = ListSpec(
    name="receipt-lines", title=_("Received parts"), address="receipt_lines",
    permissions=(P.VIEW_STOCK,), rows=_receipt_lines,
    columns=(
        Column("receipt", pgettext_lazy("receipt", "Number"), path="receipt__number",
               show=document, plain=str, sort="pk", indexed=True),
        Column("day", _("Day"), Kind.MOMENT, "receipt__at", quick=True),
        _part(), _number(),
        Column("quantity", _("Quantity"), Kind.QUANTITY, "quantity", total=True),
        Column("cost", _("Unit cost, net"), Kind.MONEY, "unit_cost", permission=P.SEE_COST),
        Column("net", pgettext_lazy("stock", "Net"), Kind.MONEY, "net", total=True,
               permission=P.SEE_COST),
        Column("tax", _("VAT rate"), Kind.QUANTITY, "tax_rate", show=percent,
               plain=lambda rate: rate, hidden=True),
        Column("warehouse", _("Warehouse"), Kind.CHOICE, "receipt__warehouse__name",
               filter="receipt__warehouse_id", choices=warehouses),
        Column("bin", _("Bin"), Kind.CODE, "bin__code", nullable=True, hidden=True),
        Column("supplier", _("Supplier"), Kind.CHOICE, "receipt__supplier__name",
               filter="receipt__supplier_id", choices=_suppliers, nullable=True,
               sort="receipt__supplier__name_key", quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "receipt__kind", hidden=True,
               choices=StockReceipt.Kind.choices),
        *_about_part(),
    ),
    sort="-receipt", named_by="part__name", search=_find, search_label=_("Number, name, pinyin"),
    empty=(_("No receipts yet"), _("A receipt puts parts on the shelf with their cost.")),
)


# --- what the list of parts says about stock -------------------------------------------------


def _at_station(figure: Any, field: Any) -> Any:
    """A part's figure over the warehouses in use of the present station."""

    def value(viewer: Viewer) -> Any:
        if not viewer.user.can_at(P.VIEW_STOCK, viewer.station_id):
            return Value(None, output_field=field)
        levels = StockLevel.objects.filter(
            part=OuterRef("pk"), warehouse__station_id=viewer.station_id, warehouse__active=True
        )
        sums = levels.order_by().values("part").annotate(sum=Sum(figure)).values("sum")
        return Subquery(sums, output_field=field)

    return value


def _stock_column(key: str, label: Text, kind: Kind, value: Any, **more: Any) -> Column:
    options: dict[str, Any] = {"permission": P.VIEW_STOCK, "hidden": True}
    return Column(key, label, kind, value=value, nullable=True, here=True, **(options | more))


PART_COLUMNS = (
    _stock_column("available", _("Available"), Kind.QUANTITY,
                  _at_station(F("quantity") - F("reserved"), PIECES), hidden=False),
    _stock_column("held", _("On hand"), Kind.QUANTITY, _at_station("quantity", PIECES)),
    _stock_column("value", _("Stock value"), Kind.MONEY, _at_station("value", AMOUNT),
                  permission=P.SEE_COST),
)
