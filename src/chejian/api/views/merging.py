"""Records that were two for one customer or car, and records parted again, over the API."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, must_pick
from chejian.api.schemas.customers import CustomerMerge, CustomerOut
from chejian.api.schemas.tags import MergeList
from chejian.api.schemas.vehicles import VehicleMerge, VehicleOut
from chejian.api.views import customers, vehicles
from chejian.parties import queries as parties
from chejian.parties import services as party_verbs
from chejian.parties.models import PartyMerge
from chejian.vehicles import models as cars
from chejian.vehicles import queries as car_queries
from chejian.vehicles import services as car_verbs


def _shown(merges: Iterable[parties.Merged | car_queries.Merged]) -> dict[str, Any]:
    return {"items": [
        {"id": one.merge.pk, "absorbed_id": one.merge.absorbed_id, "name": one.name,
         "moved": one.moved, "reason": one.merge.reason, "by_id": one.merge.by_id,
         "at": one.merge.at, "undone_at": one.undone.at if one.undone else None,
         "undo_until": one.until}
        for one in merges
    ]}


@customers.area.get("/customers/{customer_id}/merges", MergeList,
                    _("Records merged into a customer"), P.VIEW_CUSTOMERS)
def list_customer_merges(request: ApiRequest, customer_id: Id) -> dict[str, Any]:
    """Newest first, those that were undone too."""
    return _shown(parties.merges_into(customers.find(request, customer_id), timezone.now()))


@customers.area.post("/customers/{customer_id}/merges", CustomerOut, _("Merge customers"),
                     P.MERGE_CUSTOMERS, tagged=True)
def merge_customers(request: ApiRequest, customer_id: Id, body: CustomerMerge) -> HttpResponse:
    """The customer of the address stays, the other is taken up; nothing is deleted."""
    keep = customers.find(request, customer_id, P.MERGE_CUSTOMERS)
    absorb = must_pick(customers.rows_of(request), body.absorb_id, "absorb_id")
    return act(
        request,
        lambda at: party_verbs.merge_parties(keep=keep, absorb=absorb, reason=body.reason,
                                             take=body.take, by=request.user, at=at),
        lambda _pk: customers.shown(keep.pk),
    )


@customers.area.post("/customers/{customer_id}/merges/{merge_id}/undoings", CustomerOut,
                     _("Undo a merge of customers"), P.MERGE_CUSTOMERS, tagged=True)
def undo_customer_merge(request: ApiRequest, customer_id: Id, merge_id: Id) -> HttpResponse:
    """Within a week, as long as nothing has happened to either since."""
    keep = customers.find(request, customer_id, P.MERGE_CUSTOMERS)
    merge = get_object_or_404(PartyMerge, pk=merge_id, kept=keep)
    return act(
        request,
        lambda at: party_verbs.unmerge_parties(merge=merge, by=request.user, at=at),
        lambda _pk: customers.shown(keep.pk),
    )


@vehicles.area.get("/vehicles/{vehicle_id}/merges", MergeList, _("Records merged into a vehicle"),
                   P.VIEW_CUSTOMERS)
def list_vehicle_merges(request: ApiRequest, vehicle_id: Id) -> dict[str, Any]:
    """Newest first, those that were undone too."""
    return _shown(car_queries.merges_into(vehicles.find(request, vehicle_id), timezone.now()))


@vehicles.area.post("/vehicles/{vehicle_id}/merges", VehicleOut, _("Merge vehicles"),
                    P.MERGE_CUSTOMERS, tagged=True)
def merge_vehicles(request: ApiRequest, vehicle_id: Id, body: VehicleMerge) -> HttpResponse:
    """The car of the address stays, the other is taken up; nothing is deleted."""
    keep = vehicles.find(request, vehicle_id, P.MERGE_CUSTOMERS)
    absorb = must_pick(vehicles.rows_of(request), body.absorb_id, "absorb_id")
    return act(
        request,
        lambda at: car_verbs.merge_vehicles(keep=keep, absorb=absorb, reason=body.reason,
                                            take=body.take, by=request.user, at=at),
        lambda _pk: vehicles.shown(keep.pk),
    )


@vehicles.area.post("/vehicles/{vehicle_id}/merges/{merge_id}/undoings", VehicleOut,
                    _("Undo a merge of vehicles"), P.MERGE_CUSTOMERS, tagged=True)
def undo_vehicle_merge(request: ApiRequest, vehicle_id: Id, merge_id: Id) -> HttpResponse:
    """Within a week, as long as nothing has happened to either since."""
    keep = vehicles.find(request, vehicle_id, P.MERGE_CUSTOMERS)
    merge = get_object_or_404(cars.VehicleMerge, pk=merge_id, kept=keep)
    return act(
        request,
        lambda at: car_verbs.unmerge_vehicles(merge=merge, by=request.user, at=at),
        lambda _pk: vehicles.shown(keep.pk),
    )
