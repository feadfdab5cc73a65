"""What was measured at the work, and the inspections, over the API."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, must_pick
from chejian.api.schemas.deeds import Item, Measurements, NewInspection
from chejian.api.schemas.orders import InspectionList, InspectionOut, MeasurementList
from chejian.api.views.finding import LOOKERS, find_job, find_order, see_order
from chejian.api.views.lines import JOB
from chejian.api.views.orders import area
from chejian.quality.models import Inspection, InspectionItem, Reading
from chejian.quality.services import Measured, inspect, measure
from chejian.workorders.states import WORKING

INSPECTION = (
    "id", "round", "verdict", "reason", "road_test_km", "self_inspection", "inspector_id", "at",
)
ITEM = ("name", "standard", "unit", "measured", "passed")
MEASUREMENT = ("id", "job_id", "by_id", "at", *ITEM)


def _inspections(**which: int) -> list[dict[str, Any]]:
    """Newest first, with their items and certificates: two statements."""
    rows = list(Inspection.objects.filter(**which).order_by("-pk").values(
        *INSPECTION, number=F("certificate__number")
    ))
    items: dict[int, list[Any]] = defaultdict(list)
    for item in InspectionItem.objects.filter(inspection__in=[row["id"] for row in rows]).values(
        "inspection_id", *ITEM
    ):
        items[item.pop("inspection_id")].append(item)
    return [{**row, "certificate": row.pop("number"), "items": items[row["id"]]} for row in rows]


def _measured(items: list[Item]) -> list[Measured]:
    return [Measured(**item.model_dump()) for item in items]


@area.get("/work-orders/{order_id}/inspections", InspectionList, _("The inspections"), *LOOKERS)
def list_inspections(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Newest first."""
    return {"items": _inspections(order_id=see_order(request, order_id))}


@area.post("/work-orders/{order_id}/inspections", InspectionOut, _("Record an inspection"),
           P.INSPECT)
def create_inspection(request: ApiRequest, order_id: Id, body: NewInspection) -> HttpResponse:
    """A pass completes the order; a failure sends jobs back to work."""
    order = find_order(request, order_id, P.INSPECT)

    def verb(at: datetime) -> Inspection:
        done = order.jobs.filter(status="done")
        redo = [must_pick(done, pk, "job_ids") for pk in dict.fromkeys(body.job_ids)]
        return inspect(
            order=order, verdict=body.verdict, items=_measured(body.items), reason=body.reason,
            road_test_km=body.road_test_km, jobs=redo or None, by=request.user, at=at,
        )

    return act(request, verb, lambda pk: _inspections(pk=pk)[0])


@area.get("/work-orders/{order_id}/measurements", MeasurementList,
          _("What was measured at the work"), *LOOKERS)
def list_measurements(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """Newest first."""
    rows = Reading.objects.filter(order_id=see_order(request, order_id)).order_by("-pk")
    return {"items": list(rows.values(*MEASUREMENT))}


@area.post(f"{JOB}/measurements", MeasurementList, _("Record what was measured"), *WORKING)
def measure_job(
    request: ApiRequest, order_id: Id, job_id: Id, body: Measurements
) -> HttpResponse:
    """Items that have a value; a later one stands beside the earlier one."""
    job = find_job(find_order(request, order_id, *WORKING), job_id)
    return act(
        request,
        lambda at: measure(job=job, items=_measured(body.items), by=request.user, at=at),
        lambda pk: {"items": list(
            Reading.objects.filter(job_id=pk).order_by("-pk").values(*MEASUREMENT)
        )},
    )
