"""Settlements, money taken and money given back."""

from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.billing.models import Method, Payment, PaymentPart, Refund, Settlement
from chejian.core.lists.spec import Rows, Viewer
from chejian.reports.subjects import fields
from chejian.reports.subjects.subject import Subject, allowed, subject

TILL = (P.COLLECT, P.SETTLE, P.VIEW_BOOKS)


def _settlements(viewer: Viewer) -> Rows:
    return Settlement.objects.visible_to(viewer.user).filter(station_id__in=allowed(viewer, *TILL))


def _payments(viewer: Viewer) -> Rows:
    return PaymentPart.objects.filter(payment__station_id__in=allowed(viewer, *TILL))


def _refunds(viewer: Viewer) -> Rows:
    return Refund.objects.visible_to(viewer.user).filter(station_id__in=allowed(viewer, *TILL))


SETTLEMENTS: Subject = subject(
    "settlements", pgettext_lazy("report", "Settlements"),
    note=pgettext_lazy("report", "Revenue by payer, with VAT and discounts; reversals are minus"),
    icon="receipt", rows=_settlements, permissions=TILL, day="settled_on", sort="-settlement",
    shown=("settlement", "number", "payer", "party", "settled_on", "payable", "net", "tax"),
    identities={"customer": "customer_no"},
    start="by=settled_on:month&by=payer&fig=sum:payable&fig=sum:net&chart=bar"
          "&f=settled_on.period.this_year",
    sections=[
        (pgettext_lazy("report", "Settlement"), [
            fields.code("settlement", pgettext_lazy("report", "Settlement number"), "number",
                        sort="pk", indexed=True),
            fields.choice("settlement_kind", pgettext_lazy("report", "Settlement or reversal"),
                          "kind", Settlement.Kind.choices),
            fields.date("settled_on", pgettext_lazy("report", "Settled on"), "settled_on",
                        quick=True),
            fields.payer(),
            fields.text("party", pgettext_lazy("report", "Paying party"), "party__name"),
            fields.person("settled_by", pgettext_lazy("report", "Settled by"), "by"),
        ]),
        (pgettext_lazy("report", "Amounts"), [
            fields.money("gross", pgettext_lazy("report", "Before discount"), "gross"),
            fields.money("line_discount", pgettext_lazy("report", "Line discounts"),
                         "line_discount"),
            fields.money("order_discount", pgettext_lazy("report", "Order discount"),
                         "order_discount"),
            fields.money("round_off", pgettext_lazy("report", "Rounded off"), "round_off"),
            fields.money("payable", pgettext_lazy("report", "Payable"), "payable"),
            fields.money("net", pgettext_lazy("report", "Net of VAT"), "net"),
            fields.money("tax", pgettext_lazy("report", "VAT"), "tax"),
            fields.cost("cost", pgettext_lazy("report", "Cost"), "cost"),
        ]),
        (pgettext_lazy("report", "Order"), [*fields.order_fields("order__"), fields.station()]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields("order__customer__")),
        (pgettext_lazy("report", "Vehicle"), [
            fields.code("plate", pgettext_lazy("report", "Plate"), "order__plate"),
            *fields.vehicle_fields("order__vehicle__"),
        ]),
    ],
)

PAYMENTS: Subject = subject(
    "payments", pgettext_lazy("report", "Money taken"),
    note=pgettext_lazy("report", "Collections and deposits by day, method and cashier"),
    icon="cash", rows=_payments, permissions=TILL, day="paid_on", sort="-line",
    shown=("payment", "kind", "method", "customer", "order", "paid_on", "cashier", "amount"),
    identities={"customer": "customer_no"},
    start="by=paid_on:day&by=method&fig=sum:amount&chart=bar&f=paid_on.period.this_month",
    sections=[
        (pgettext_lazy("report", "Payment"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.code("payment", pgettext_lazy("report", "Payment number"), "payment__number"),
            fields.choice("kind", pgettext_lazy("report", "Collection or deposit"),
                          "payment__kind", Payment.Kind.choices),
            fields.choice("method", pgettext_lazy("report", "Method"), "method", Method.choices),
            fields.date("paid_on", pgettext_lazy("report", "Paid on"), "payment__paid_on",
                        quick=True),
            fields.moment("at", pgettext_lazy("report", "Taken at"), "payment__at"),
            fields.person("cashier", pgettext_lazy("report", "Cashier"), "payment__cashier"),
            fields.text("reference", pgettext_lazy("report", "Reference"), "reference"),
            fields.money("amount", pgettext_lazy("report", "Amount"), "amount"),
            fields.station("payment__station"),
            fields.order_number("payment__order__", key="order"),
        ]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields("payment__party__")),
    ],
)

REFUNDS: Subject = subject(
    "refunds", pgettext_lazy("report", "Money given back"),
    note=pgettext_lazy("report", "Refunds by day, method, reason and who approved them"),
    icon="undo", rows=_refunds, permissions=TILL, day="refunded_on", sort="-refund",
    shown=("refund", "payment", "method", "customer", "refunded_on", "reason", "amount"),
    identities={"customer": "customer_no"},
    start="by=refunded_on:month&fig=count&fig=sum:amount&chart=bar"
          "&f=refunded_on.period.this_year",
    sections=[
        (pgettext_lazy("report", "Refund"), [
            fields.code("refund", pgettext_lazy("report", "Refund number"), "number", sort="pk",
                        indexed=True),
            fields.code("payment", pgettext_lazy("report", "Payment number"), "payment__number"),
            fields.choice("method", pgettext_lazy("report", "Method"), "method", Method.choices),
            fields.date("refunded_on", pgettext_lazy("report", "Given back on"), "refunded_on",
                        quick=True),
            fields.text("reason", pgettext_lazy("report", "Reason"), "reason"),
            fields.person("given_by", pgettext_lazy("report", "Given back by"), "by"),
            fields.person("approved_by", pgettext_lazy("report", "Approved by"), "approved_by",
                          nullable=True),
            fields.money("amount", pgettext_lazy("report", "Amount"), "amount"),
            fields.station(),
            fields.order_number("payment__order__", key="order"),
        ]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields("payment__party__")),
    ],
)
