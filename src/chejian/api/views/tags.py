"""Tags over the API: the list of them, and at customers and cars."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, pick
from chejian.api.schemas.customers import CustomerOut
from chejian.api.schemas.tags import NewTag, TagChange, TagList, TagOut, TagUse
from chejian.api.schemas.vehicles import VehicleOut
from chejian.api.versions import replace, stamped
from chejian.api.views import customers, vehicles
from chejian.api.views.customers import TAG
from chejian.parties import services
from chejian.parties.models import Tag
from chejian.vehicles.services import tag_vehicle, untag_vehicle


def _tag(pk: int) -> dict[str, Any]:
    return stamped(Tag.objects.filter(pk=pk).values(*TAG).get())


def _asked(body: TagUse) -> dict[str, Any]:
    """One of the tags in use, or a word."""
    tag = pick(Tag.objects.filter(active=True), body.tag_id, "tag_id")
    return {"name": body.name, "colour": body.colour} if tag is None else {"tag": tag}


@customers.area.get("/tags", TagList, _("List tags"), P.VIEW_CUSTOMERS)
def list_tags(request: ApiRequest) -> dict[str, Any]:
    """All of them, those in use first."""
    del request
    rows = Tag.objects.order_by("-active", "name_key", "pk").values(*TAG)
    return {"items": [stamped(row) for row in rows]}


@customers.area.post("/tags", TagOut, _("Create a tag"), P.EDIT_CUSTOMERS, tagged=True)
def create_tag(request: ApiRequest, body: NewTag) -> HttpResponse:
    """A word that is there already is taken up again."""
    return act(
        request,
        lambda at: services.make_tag(name=body.name, colour=body.colour, by=request.user, at=at),
        _tag,
    )


@customers.area.put("/tags/{tag_id}", TagOut, _("Change a tag"), P.EDIT_CUSTOMERS)
def update_tag(request: ApiRequest, tag_id: Id, body: TagChange) -> HttpResponse:
    """Name, colour, and whether it is still offered."""
    tag = get_object_or_404(Tag, pk=tag_id)
    return replace(
        request, Tag.objects.filter(pk=tag_id), lambda: _tag(tag_id),
        lambda: services.change_tag(tag=tag, by=request.user, at=timezone.now(),
                                    **body.model_dump()),
    )


@customers.area.post("/customers/{customer_id}/tags", CustomerOut, _("Tag a customer"),
                     P.EDIT_CUSTOMERS, tagged=True)
def tag_customer(request: ApiRequest, customer_id: Id, body: TagUse) -> HttpResponse:
    """Twice the same is once."""
    party = customers.find(request, customer_id, P.EDIT_CUSTOMERS)
    return act(
        request,
        lambda at: services.tag_party(party=party, **_asked(body), by=request.user, at=at),
        lambda _pk: customers.shown(party.pk),
    )


@customers.area.post("/customers/{customer_id}/tags/{tag_id}/removals", CustomerOut,
                     _("Take a customer's tag off"), P.EDIT_CUSTOMERS, tagged=True)
def untag_customer(request: ApiRequest, customer_id: Id, tag_id: Id) -> HttpResponse:
    """The timeline keeps that it was there."""
    party = customers.find(request, customer_id, P.EDIT_CUSTOMERS)

    def verb(at: datetime) -> Model:
        tag = get_object_or_404(Tag, pk=tag_id, parties__party=party)
        services.untag_party(party=party, tag=tag, by=request.user, at=at)
        return party

    return act(request, verb, customers.shown)


@vehicles.area.post("/vehicles/{vehicle_id}/tags", VehicleOut, _("Tag a vehicle"),
                    P.EDIT_CUSTOMERS, tagged=True)
def tag_car(request: ApiRequest, vehicle_id: Id, body: TagUse) -> HttpResponse:
    """Twice the same is once."""
    vehicle = vehicles.find(request, vehicle_id, P.EDIT_CUSTOMERS)
    return act(
        request,
        lambda at: tag_vehicle(vehicle=vehicle, **_asked(body), by=request.user, at=at),
        lambda _pk: vehicles.shown(vehicle.pk),
    )


@vehicles.area.post("/vehicles/{vehicle_id}/tags/{tag_id}/removals", VehicleOut,
                    _("Take a vehicle's tag off"), P.EDIT_CUSTOMERS, tagged=True)
def untag_car(request: ApiRequest, vehicle_id: Id, tag_id: Id) -> HttpResponse:
    """The timeline keeps that it was there."""
    vehicle = vehicles.find(request, vehicle_id, P.EDIT_CUSTOMERS)

    def verb(at: datetime) -> Model:
        tag = get_object_or_404(Tag, pk=tag_id, vehicles__vehicle=vehicle)
        untag_vehicle(vehicle=vehicle, tag=tag, by=request.user, at=at)
        return vehicle

    return act(request, verb, vehicles.shown)
