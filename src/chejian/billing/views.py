"""Verbs of the cashier over HTTP: each view makes one call and says what became of it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.accounts.services import request_approval
from chejian.billing.forms import (
    ApprovalAskForm,
    CorrectionForm,
    DiscountForm,
    KeyedForm,
    ReasonForm,
    RefundForm,
    TenderForm,
)
from chejian.billing.models import Payment
from chejian.billing.services import collection, correction, credit, reversal, settlement
from chejian.core.answers import done
from chejian.core.errors import Refusal
from chejian.core.formats import money
from chejian.core.money import ZERO
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries.seen import seen_order

NAMED = ("station", "vehicle", "customer", "repair_class", "repair_type", "adviser")


def _order(request: StaffRequest, pk: int, *permissions: str) -> WorkOrder:
    """With what a settlement list and a payment name, in one statement."""
    return seen_order(request.user, pk, *permissions, related=NAMED)


def invalid(request: HttpRequest, form: forms.BaseForm) -> HttpResponse:
    """Every error of a form, field by field, on the refusal page (or in its dialog)."""
    refusals = [
        Refusal("invalid", _named(form, name, str(text)))
        for name, texts in form.errors.items()
        for text in texts
    ]
    page = "core/refused_part.html" if request.headers.get("HX-Request") else "core/refused.html"
    return render(request, page, {"refusals": refusals, "error": None}, status=422)


def _named(form: forms.BaseForm, name: str, text: str) -> str:
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}：{text}" if label else text


@require_POST
@staff(P.SETTLE)
def settlements(request: StaffRequest, pk: int) -> HttpResponse:
    """Settle the order."""
    order = _order(request, pk, P.SETTLE)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    settlement.settle(
        order=order, by=request.user, at=timezone.now(), key=form.cleaned_data["key"]
    )
    return done(request, _("Settled %(number)s") % {"number": order.number})


@require_POST
@staff(P.REVERSE_SETTLEMENT)
def reversals(request: StaffRequest, pk: int) -> HttpResponse:
    """Reverse the order's settlement, with a reason."""
    order = _order(request, pk, P.REVERSE_SETTLEMENT)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    reversal.reverse_settlement(
        order=order, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now(),
        key=form.cleaned_data["key"],
    )
    return done(request, _("Reversed the settlement of %(number)s") % {"number": order.number})


@require_POST
@staff(P.REVERSE_SETTLEMENT)
def corrections(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct the settlement of an order that is over: a red document and a new one."""
    order = _order(request, pk, P.REVERSE_SETTLEMENT)
    form = CorrectionForm(request.POST, order=order)
    if not form.is_valid():
        return invalid(request, form)
    data = form.cleaned_data
    correction.correct_settlement(
        order=order, reason=data["reason"], payers=form.payers(),
        order_discount=data["order_discount"] or ZERO, round_off=data["round_off"] or ZERO,
        by=request.user, at=timezone.now(), key=data["key"],
    )
    return done(request, _("Corrected the settlement of %(number)s") % {"number": order.number})


@require_POST
@staff(P.SETTLE)
def discounts(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the order's discount and rounding-off; above the limit it asks for approval."""
    order = _order(request, pk, P.SETTLE)
    form = DiscountForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    work.set_discounts(
        order=order, order_discount=form.cleaned_data["order_discount"] or ZERO,
        round_off=form.cleaned_data["round_off"] or ZERO, by=request.user, at=timezone.now(),
    )
    return done(request, _("Discount saved"))


@require_POST
@staff(P.COLLECT)
def payments(request: StaffRequest, pk: int) -> HttpResponse:
    """Collect the customer's share."""
    return _take(request, pk, collection.collect, _("Collected %(amount)s"))


@require_POST
@staff(P.COLLECT)
def deposits(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a deposit."""
    return _take(request, pk, collection.take_deposit, _("Deposit of %(amount)s taken"))


def _take(request: StaffRequest, pk: int, verb: Any, words: str) -> HttpResponse:
    order = _order(request, pk, P.COLLECT)
    form = TenderForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    payment = verb(
        order=order, tenders=form.tenders(), by=request.user, at=timezone.now(),
        key=form.cleaned_data["key"],
    )
    return done(request, words % {"amount": money(payment.amount)})


@require_POST
@staff(P.COLLECT)
def on_account(request: StaffRequest, pk: int) -> HttpResponse:
    """Leave the rest on account."""
    order = _order(request, pk, P.COLLECT)
    form = KeyedForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    receivable = credit.put_on_account(
        order=order, by=request.user, at=timezone.now(), key=form.cleaned_data["key"]
    )
    return done(
        request, _("%(amount)s put on account") % {"amount": money(receivable.open_amount)}
    )


@require_POST
@staff(P.COLLECT, P.APPROVE_REFUND)
def refunds(request: StaffRequest, pk: int) -> HttpResponse:
    """Give back free money of a payment."""
    payment = fetch(
        Payment.objects.visible_to(request.user), request.user, pk, P.COLLECT, P.APPROVE_REFUND
    )
    form = RefundForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    made = credit.refund(
        payment=payment, amount=form.cleaned_data["amount"], method=form.cleaned_data["method"],
        reason=form.cleaned_data["reason"], by=request.user, at=timezone.now(),
        key=form.cleaned_data["key"],
    )
    return done(request, _("Refunded %(amount)s") % {"amount": money(made.amount)})


@require_POST
@staff(P.COLLECT, P.SETTLE)
def approvals(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask whoever may approve: credit over the limit, a refund, a larger discount."""
    order = _order(request, pk, P.COLLECT, P.SETTLE)
    form = ApprovalAskForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    kind, amount = form.cleaned_data["kind"], form.cleaned_data["amount"]
    if kind == "discount":
        work.ask_discount(order=order, amount=amount, reason=form.cleaned_data["reason"],
                          by=request.user, at=timezone.now())
        return done(request, _("Approval has been asked for."))
    permission = P.APPROVE_CREDIT if kind == "credit" else P.APPROVE_REFUND
    subject: Any = order
    if kind == "refund":
        subject = order.payments.order_by("id").first()
        if subject is None:
            raise PermissionDenied
    request_approval(
        station_id=order.station_id, kind=kind, permission=permission, subject=subject,
        label=order.number, amount=amount, by=request.user,
        at=timezone.now(), reason=form.cleaned_data["reason"],
    )
    return done(request, _("Approval has been asked for."))
