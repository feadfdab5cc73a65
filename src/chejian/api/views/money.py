"""Settlement and collection over the API."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.guards import fetch
from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area, act, one_station
from chejian.api.paging import page_of
from chejian.api.reading import orders as reading
from chejian.api.schemas import money as given
from chejian.api.schemas.deeds import Discounts, WithReason
from chejian.api.schemas.orders import OrderOut
from chejian.api.views import customers
from chejian.api.views.finding import LOOKERS, find_order
from chejian.billing.models import (
    Payment,
    PaymentPart,
    Receivable,
    Refund,
    Settlement,
    SettlementLine,
)
from chejian.billing.services import collection, correction, credit, reversal, settlement
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder

area = Area.of("money", _("Settlement and collection"), Scope.MONEY_READ, Scope.MONEY_WRITE)
TILL = (P.SETTLE, P.COLLECT, P.VIEW_BOOKS)
SETTLEMENT = (
    "id", "number", "kind", "round", "payer", "party_id", "reverses_id", "gross",
    "line_discount", "order_discount", "round_off", "payable", "net", "tax", "cost",
    "settled_on", "at",
)
LINE = (
    "kind", "name", "code", "quantity", "unit", "unit_price", "payable", "tax_rate", "share"
)
PAYMENT = {
    name: name for name in (
        "id", "number", "kind", "station_id", "party_id", "order_id", "amount", "allocated",
        "refunded", "paid_on", "at",
    )
}
REFUND = ("id", "number", "payment_id", "method", "amount", "reason", "refunded_on")


def _whole(request: ApiRequest) -> Callable[[int], Any]:
    return lambda pk: reading.whole(pk, request.user)


def _settlements(order: WorkOrder, user: User) -> list[dict[str, Any]]:
    """All documents of an order with their lines: three statements."""
    rows = list(Settlement.objects.filter(order=order).order_by("pk").values(*SETTLEMENT))
    lines: dict[int, list[Any]] = {row["id"]: [] for row in rows}
    for line in SettlementLine.objects.filter(settlement__in=lines).values("settlement_id", *LINE):
        lines[line.pop("settlement_id")].append(line)
    owed = dict(Receivable.objects.filter(settlement__in=lines, cancelled=False).values_list(
        "settlement_id", F("amount") - F("allocated")
    ))
    sees_cost = user.can_at(P.SEE_COST, order.station_id)
    return [
        {**row, "cost": row["cost"] if sees_cost else None, "lines": lines[row["id"]],
         "open_amount": owed.get(row["id"], 0)}
        for row in rows
    ]


@area.get("/work-orders/{order_id}/settlements", given.SettlementList,
          _("The settlements of an order"), *LOOKERS)
def list_settlements(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """One document per payer, reversals too."""
    return {"items": _settlements(find_order(request, order_id), request.user)}


@area.post("/work-orders/{order_id}/settlements", given.SettlementList, _("Settle"), P.SETTLE)
def settle_order(request: ApiRequest, order_id: Id) -> HttpResponse:
    """One frozen document per payer; what is in the way is listed in the refusal."""
    order = find_order(request, order_id, P.SETTLE)
    return act(
        request, lambda at: settlement.settle(order=order, by=request.user, at=at),
        lambda _pk: {"items": _settlements(order, request.user)},
    )


@area.post("/work-orders/{order_id}/reversals", OrderOut, _("Reverse the settlement"),
           P.REVERSE_SETTLEMENT, tagged=True)
def reverse_order(request: ApiRequest, order_id: Id, body: WithReason) -> HttpResponse:
    """Documents with a minus; what was paid becomes the payer's credit."""
    order = find_order(request, order_id, P.REVERSE_SETTLEMENT)
    return act(
        request,
        lambda at: reversal.reverse_settlement(order=order, reason=body.reason, by=request.user,
                                               at=at),
        _whole(request),
    )


@area.post("/work-orders/{order_id}/corrections", OrderOut, _("Correct the settlement"),
           P.REVERSE_SETTLEMENT, tagged=True)
def correct_order(request: ApiRequest, order_id: Id, body: given.Correction) -> HttpResponse:
    """After delivery, or in a closed month: a red document and a new one."""
    order = find_order(request, order_id, P.REVERSE_SETTLEMENT)
    payers: dict[tuple[str, int], str] = {
        (one.kind, one.line_id): one.payer for one in body.payers
    }
    return act(
        request,
        lambda at: correction.correct_settlement(
            order=order, reason=body.reason, payers=payers, round_off=body.round_off,
            order_discount=body.order_discount, by=request.user, at=at,
        ), _whole(request),
    )


@area.post("/work-orders/{order_id}/discounts", OrderOut, _("Set discount and rounding-off"),
           P.SETTLE, tagged=True)
def set_discounts(request: ApiRequest, order_id: Id, body: Discounts) -> HttpResponse:
    """Of the customer's share; above the person's limit it needs an approval."""
    order = find_order(request, order_id, P.SETTLE)
    return act(
        request,
        lambda at: work.set_discounts(order=order, order_discount=body.order_discount,
                                      round_off=body.round_off, by=request.user, at=at),
        _whole(request),
    )


def _payment(pk: int) -> dict[str, Any]:
    row = Payment.objects.filter(pk=pk).values_list(*PAYMENT.values()).get()
    found = dict(zip(PAYMENT, row, strict=True))
    parts = PaymentPart.objects.filter(payment_id=pk).order_by("pk")
    found["parts"] = list(parts.values("method", "amount", "reference"))
    found["refunds"] = list(Refund.objects.filter(payment_id=pk).order_by("pk").values(*REFUND))
    return found


def _tenders(body: given.NewPayment) -> Sequence[collection.Tender]:
    return [collection.Tender(one.method, one.amount, one.reference) for one in body.tenders]


@area.post("/work-orders/{order_id}/payments", given.PaymentOut, _("Collect"), P.COLLECT)
def collect_payment(request: ApiRequest, order_id: Id, body: given.NewPayment) -> HttpResponse:
    """The customer's share of a settled order, whole or in part."""
    order = find_order(request, order_id, P.COLLECT)
    return act(
        request,
        lambda at: collection.collect(order=order, tenders=_tenders(body), by=request.user,
                                      at=at),
        _payment,
    )


@area.post("/work-orders/{order_id}/deposits", given.PaymentOut, _("Take a deposit"), P.COLLECT)
def take_deposit(request: ApiRequest, order_id: Id, body: given.NewPayment) -> HttpResponse:
    """For an order that is not settled yet."""
    order = find_order(request, order_id, P.COLLECT)
    return act(
        request,
        lambda at: collection.take_deposit(order=order, tenders=_tenders(body), by=request.user,
                                           at=at),
        _payment,
    )


@area.post("/customers/{customer_id}/payments", given.PaymentOut, _("Collect on account"),
           P.COLLECT)
def collect_on_account(
    request: ApiRequest, customer_id: Id, body: given.AccountPayment
) -> HttpResponse:
    """What a customer owes on account at a station: the oldest bill first."""
    party = customers.find(request, customer_id)
    station = Station.objects.get(pk=one_station(request, body.station_id))
    return act(
        request,
        lambda at: collection.collect_account(party=party, station=station,
                                              tenders=_tenders(body), by=request.user, at=at),
        _payment,
    )


@area.post("/work-orders/{order_id}/on-account", given.SettlementList, _("Leave on account"),
           P.COLLECT)
def put_on_account(request: ApiRequest, order_id: Id) -> HttpResponse:
    """The rest of the customer's share, within his credit."""
    order = find_order(request, order_id, P.COLLECT)
    return act(
        request, lambda at: credit.put_on_account(order=order, by=request.user, at=at),
        lambda _pk: {"items": _settlements(order, request.user)},
    )


@area.get("/payments", given.PaymentPage, _("List payments"), *TILL)
def list_payments(request: ApiRequest, query: Query[given.PaymentQuery]) -> dict[str, Any]:
    """Of the stations where the person may see the till, newest first."""
    access = request.user.access
    mine = {pk for code in TILL for pk in access.stations_with(code)}
    rows = Payment.objects.filter(station_id__in=mine)
    for name, column in (("station_id", "station_id"), ("customer_id", "party_id"),
                         ("order_id", "order_id")):
        value = getattr(query, name)
        if value is not None:
            rows = rows.filter(**{column: value})
    items, following = page_of(rows, query, PAYMENT)
    return {"items": items, "next": following}


@area.get("/payments/{payment_id}", given.PaymentOut, _("One payment"), *TILL)
def get_payment(request: ApiRequest, payment_id: Id) -> dict[str, Any]:
    """With its methods and refunds."""
    rows = Payment.objects.visible_to(request.user)
    return _payment(fetch(rows, request.user, payment_id, *TILL).pk)


@area.post("/payments/{payment_id}/refunds", given.RefundOut, _("Refund"), P.COLLECT,
           P.APPROVE_REFUND)
def refund_payment(request: ApiRequest, payment_id: Id, body: given.NewRefund) -> HttpResponse:
    """Free money of a payment; a cashier needs an approval."""
    rows = Payment.objects.visible_to(request.user)
    payment = fetch(rows, request.user, payment_id, P.COLLECT, P.APPROVE_REFUND)
    return act(
        request,
        lambda at: credit.refund(payment=payment, amount=body.amount, method=body.method,
                                 reason=body.reason, by=request.user, at=at),
        lambda pk: Refund.objects.filter(pk=pk).values(*REFUND).get(),
    )
