"""Settlements and receivables of all orders over the API, page by page."""

from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.api.auth import ApiRequest
from chejian.api.paging import page_of
from chejian.api.schemas import money as given
from chejian.api.views.money import TILL, area
from chejian.api.views.stock import without_costs
from chejian.billing.models import Receivable, Settlement

SETTLEMENT = {
    name: name for name in (
        "id", "number", "kind", "round", "station_id", "order_id", "payer", "party_id",
        "reverses_id", "payable", "net", "tax", "cost", "settled_on", "at",
    )
}
RECEIVABLE = {
    name: name for name in (
        "id", "station_id", "settlement_id", "party_id", "payer", "amount", "allocated",
        "on_account", "cancelled", "due_on",
    )
} | {"order_id": "settlement__order_id"}
OPEN = Q(cancelled=False) & ~Q(amount=F("allocated"))  # as the index of open ones says it


def till[M: Model](
    request: ApiRequest, rows: QuerySet[M], station_id: int | None
) -> QuerySet[M]:
    """Of the stations where the person may see the till, narrowed to the one asked for."""
    access = request.user.access
    mine = {pk for code in TILL for pk in access.stations_with(code)}
    return rows.filter(station_id__in=mine if station_id is None else mine & {station_id})


@area.get("/settlements", given.SettlementPage, _("List settlements"), *TILL)
def list_all_settlements(
    request: ApiRequest, query: Query[given.SettlementQuery]
) -> dict[str, Any]:
    """One document per payer, reversals too, newest first. The lines stand at the order."""
    rows = till(request, Settlement.objects.all(), query.station_id)
    wanted = {
        "party_id": query.customer_id, "order_id": query.order_id,
        "settled_on__gte": query.settled_from, "settled_on__lte": query.settled_until,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    items, following = page_of(rows, query, SETTLEMENT)
    without_costs(items, request.user, "cost")
    return {"items": items, "next": following}


@area.get("/receivables", given.ReceivablePage, _("List receivables"), *TILL)
def list_receivables(
    request: ApiRequest, query: Query[given.ReceivableQuery]
) -> dict[str, Any]:
    """What customers, makers and insurers owe; newest first."""
    rows = till(request, Receivable.objects.all(), query.station_id)
    if query.open:
        rows = rows.filter(OPEN)
    if query.customer_id is not None:
        rows = rows.filter(party_id=query.customer_id)
    items, following = page_of(rows, query, RECEIVABLE)
    return {"items": items, "next": following}
