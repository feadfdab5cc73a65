"""The lists of money: settlements, payments, and what is still owed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.lists import colleagues
from chejian.accounts.permissions import P
from chejian.billing.models import Method, Payment, PaymentPart, Receivable, Settlement
from chejian.billing.searching import FITS, OWED, by_words
from chejian.core.errors import Text
from chejian.core.formats import money
from chejian.core.lists.marks import document, plate
from chejian.core.lists.spec import Column, Kind, ListSpec, Rows, Tab, Viewer
from chejian.vehicles.plates import colour_of
from chejian.workorders.models import Payer

MAY_LOOK = (P.SETTLE, P.COLLECT, P.VIEW_BOOKS)
OPEN = Q(cancelled=False) & ~Q(amount=F("allocated"))  # as the index of open ones says it


def _money(key: str, label: Text, path: str = "", **more: Any) -> Column:
    return Column(key, label, Kind.MONEY, path, **({"total": True} | more))


def _person(name: str | None, pk: int | None) -> str:
    return Markup('<a href="/customers/{}/">{}</a>').format(pk, name) if name else ""


def _party(prefix: str = "party") -> Column:
    return Column("party", _("Customer"), path=f"{prefix}__name", more=(f"{prefix}_id",),
                  show=_person, plain=lambda name, pk: name or "", sort=f"{prefix}__name_key",
                  nullable=True)


def _order(path: str = "order__number") -> Column:
    return Column("order", _("Work order"), path=path, show=lambda number: document(number or ""),
                  plain=lambda number: number or "", nullable=True, sort="")


def _plate(path: str = "order__plate") -> Column:
    return Column("plate", _("Plate"), path=path, more=(f"{path}_kind",), nullable=True,
                  show=lambda text, kind: plate(text, colour_of(kind or "")) if text else "",
                  plain=lambda text, kind: text or "")


# --- settlements -------------------------------------------------------------------------------
#: asked of one row after the other, newest first: a join would read every settlement to find that
#: hardly one was reversed
REVERSED_BY = Subquery(Settlement.objects.filter(reverses=OuterRef("pk")).values("pk")[:1])
IN_FORCE = Q(kind="settlement") & Q(IsNull(REVERSED_BY, True))


def _settlements(viewer: Viewer) -> Rows:
    return Settlement.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def _margin(viewer: Viewer) -> Any:
    return ExpressionWrapper(
        F("net") - F("cost"), output_field=DecimalField(max_digits=14, decimal_places=2)
    )


SETTLEMENTS = ListSpec(
    name="settlements", title=_("Settlements"), address="settlement_list", permissions=MAY_LOOK,
    rows=_settlements,
    columns=(
        Column("number", pgettext_lazy("settlement", "Number"), Kind.CODE, "number", wide=True,
               sort="pk", indexed=True),
        Column("at", pgettext_lazy("column", "Settled"), Kind.MOMENT, "at", quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "kind", choices=Settlement.Kind.choices,
               hidden=True),
        _order(), _plate(),
        Column("payer", _("Payer"), Kind.CHOICE, "payer", choices=Payer.choices, quick=True),
        _party(),
        _money("gross", pgettext_lazy("settlement", "Gross"), "gross", hidden=True),
        _money("line_discount", _("Discounts of lines"), "line_discount", hidden=True),
        _money("order_discount", _("Order discount"), "order_discount", hidden=True),
        _money("round_off", _("Rounding-off"), "round_off", hidden=True),
        _money("payable", _("To pay"), "payable"),
        _money("net", pgettext_lazy("settlement", "Net"), "net", hidden=True),
        _money("tax", _("VAT"), "tax", hidden=True),
        _money("cost", _("Cost of parts"), "cost", permission=P.SEE_COST),
        _money("margin", _("Margin"), value=_margin, permission=P.SEE_COST),
        Column("day", _("Business day"), Kind.DATE, "settled_on", hidden=True),
        Column("type", _("Type"), path="order__repair_type__name", hidden=True,
               sort="order__repair_type__position"),
        Column("adviser", _("Adviser"), Kind.PERSON, "order__adviser__name",
               filter="order__adviser_id", choices=colleagues, sort="order__adviser__name_key",
               hidden=True),
        Column("by", _("By"), Kind.PERSON, "by__name", filter="by_id", choices=colleagues,
               sort="by__name_key"),
    ),
    sort="-number", named_by="number", tab_key="part",
    tabs=(
        Tab("valid", _("In force"), IN_FORCE),
        Tab("reversed", _("Reversed"), Q(kind="reversal") | Q(reversal__isnull=False)),
        Tab("all", pgettext_lazy("settlements", "All")),
    ),
    search=by_words(Settlement), fits=FITS, search_label=_("Number, plate, customer"),
    empty=(_("Nothing was settled yet"), _("Settlements come from the cashier's page.")),
)


# --- payments ----------------------------------------------------------------------------------


def _payments(viewer: Viewer) -> Rows:
    return Payment.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def _methods(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, str]:
    """How each payment was made, in one statement."""
    words = dict(Method.choices)
    found: dict[int, list[str]] = {}
    rows = PaymentPart.objects.filter(payment_id__in=ids).order_by("pk")
    for payment, method, amount in rows.values_list("payment_id", "method", "amount"):
        found.setdefault(payment, []).append(f"{words.get(method, method)} {money(amount)}")
    return {pk: Markup("{}").format(_now(", ").join(said)) for pk, said in found.items()}


def _by_method(condition: Q) -> Q:
    return Q(Exists(PaymentPart.objects.filter(condition, payment=OuterRef("pk"))))


def _free(viewer: Viewer) -> Any:
    return ExpressionWrapper(
        F("amount") - F("allocated") - F("refunded"),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


PAYMENTS = ListSpec(
    name="payments", title=_("Payments"), address="payment_list", permissions=MAY_LOOK,
    rows=_payments,
    columns=(
        Column("number", pgettext_lazy("payment", "Number"), Kind.CODE, "number", wide=True,
               sort="pk", indexed=True),
        Column("at", pgettext_lazy("payment", "Taken"), Kind.MOMENT, "at", quick=True),
        Column("kind", _("Kind"), Kind.CHOICE, "kind", choices=Payment.Kind.choices, quick=True),
        _party(), _order(), _plate(),
        _money("amount", _("Amount"), "amount"),
        Column("methods", _("Methods"), cells=_methods),
        Column("method", _("Method"), Kind.CHOICE, "method", filter="method",
               choices=Method.choices, through=_by_method, only_asked=True, quick=True),
        _money("allocated", _("Put against bills"), "allocated"),
        _money("refunded", _("Given back"), "refunded", hidden=True),
        _money("free", _("Still free"), value=_free),
        Column("day", _("Business day"), Kind.DATE, "paid_on", hidden=True),
        Column("cashier", _("Cashier"), Kind.PERSON, "cashier__name", filter="cashier_id",
               choices=colleagues, sort="cashier__name_key"),
        Column("note", _("Note"), path="note", hidden=True),
    ),
    sort="-number", named_by="number",
    search=by_words(Payment), fits=FITS, search_label=_("Number, plate, customer"),
    empty=(_("No money was taken yet"), _("Payments come from the cashier's page.")),
)


# --- what is owed ------------------------------------------------------------------------------


def _receivables(viewer: Viewer) -> Rows:
    return Receivable.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def _open(viewer: Viewer) -> Any:
    return ExpressionWrapper(
        F("amount") - F("allocated"), output_field=DecimalField(max_digits=14, decimal_places=2)
    )


def _document_of(viewer: Viewer) -> Any:
    """The settlement, or the opening balance of who owed before us."""
    return Coalesce("settlement__number", "opening__number")


def _since(viewer: Viewer) -> Any:
    return Coalesce("settlement__settled_on", "opening__as_of")


def _due(value: Any, amount: Any, allocated: Any) -> str:
    if value is not None and value < timezone.localdate() and amount > allocated:
        return Markup('<span class="t-red bold">{}</span>').format(value.isoformat())
    return value.isoformat() if value else ""


RECEIVABLES = ListSpec(
    name="receivables", title=_("Receivables"), address="receivable_list", permissions=MAY_LOOK,
    rows=_receivables,
    columns=(
        Column("settlement", _("Document"), Kind.CODE, value=_document_of, wide=True, sort="pk",
               indexed=True),
        _party(),
        Column("payer", _("Payer"), Kind.CHOICE, "payer", choices=Payer.choices, quick=True),
        _order("settlement__order__number"), _plate("settlement__order__plate"),
        Column("settled", pgettext_lazy("receivable", "Since"), Kind.DATE, value=_since),
        Column("due", _("Due on"), Kind.DATE, "due_on", more=("amount", "allocated"), show=_due,
               plain=lambda value, amount, allocated: value, quick=True),
        _money("amount", _("Amount"), "amount"),
        _money("allocated", pgettext_lazy("receivable", "Paid"), "allocated"),
        _money("open", pgettext_lazy("receivable", "Open"), value=_open),
        Column("account", _("On account"), Kind.BOOL, "on_account"),
    ),
    sort="-settlement", named_by="party__name", tab_key="part",
    tabs=(
        Tab("open", pgettext_lazy("receivables", "Open"), OPEN),
        Tab("overdue", pgettext_lazy("receivables", "Overdue"),
            lambda rows, viewer: rows.filter(OPEN, due_on__lt=timezone.localdate())),
        Tab("all", pgettext_lazy("receivables", "All"), Q(cancelled=False)),
    ),
    search=by_words(Receivable), fits=OWED,
    search_label=_("Number, plate, customer"),
    empty=(_("Nobody owes anything"), ""),
)
