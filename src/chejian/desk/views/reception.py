"""接车: plate or phone first, all on one screen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff_here
from chejian.accounts.permissions import P
from chejian.catalog.models import JobTemplate
from chejian.core.car_drawing import marks_again
from chejian.core.errors import DomainError
from chejian.core.fragments import render_block
from chejian.core.intake import take_signature
from chejian.core.models import StoredFile
from chejian.core.replay import new_key
from chejian.desk import reception as desk
from chejian.desk.forms import CONCERN_ROWS, IntakeForm
from chejian.desk.known_car import Knowledge, known
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import find_vehicles


@staff_here(P.OPEN_ORDER)
def reception(request: StaffRequest) -> HttpResponse:
    """The page; a POST opens the order and goes to its cockpit."""
    if request.method == "POST":
        return _open(request)
    vehicle = _vehicle(request)
    form = IntakeForm(user=request.user, initial=_initial(request, vehicle))
    return render(request, "desk/reception.html", _context(request, form, vehicle))


@require_GET
@staff_here(P.OPEN_ORDER)
def reception_match(request: StaffRequest) -> HttpResponse:
    """As the plate is typed: the one car it can be, or a few to choose from."""
    text = request.GET.get("plate", "").strip()
    found = find_vehicles(request.user, text, limit=6) if len(text) >= 3 else []
    context = {"found": found, "text": text}
    return render_block(request, "desk/reception.html", "matches", context)


def _vehicle(request: StaffRequest) -> Vehicle | None:
    wanted = request.GET.get("vehicle") or request.POST.get("vehicle") or ""
    if not wanted.isdecimal():
        return None
    rows = Vehicle.objects.visible_to(request.user).live().select_related("owner")
    return rows.filter(pk=int(wanted)).first()


def _initial(request: StaffRequest, vehicle: Vehicle | None) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "key": new_key(),
        "plate": vehicle.plate if vehicle else request.GET.get("plate", ""),
        "body": vehicle.body if vehicle else Vehicle.Body.SEDAN,
        "promised_at": desk.earliest_promise(timezone.now()),
        "priority": 3,
        "old_parts": "leave",
        "test_drive_agreed": True,
    }
    if vehicle is not None:
        initial["vehicle"] = vehicle.pk
        initial["customer"] = vehicle.owner_id
    return initial


def _context(
    request: StaffRequest, form: IntakeForm, vehicle: Vehicle | None
) -> dict[str, Any]:
    knowledge: Knowledge | None = known(vehicle, request.user) if vehicle else None
    chosen = {str(pk) for pk in form.data.getlist("templates")} if form.is_bound else set()  # type: ignore[attr-defined]
    return {
        "form": form,
        "vehicle": vehicle,
        "knowledge": knowledge,
        "templates": list(JobTemplate.objects.filter(active=True)),
        "chosen": chosen,
        "marks": marks_again(form.data.get("marks", "")),
        "concern_rows": [
            {
                "text": form.data.get(f"concern_{row}", ""),
                "when": form.data.get(f"concern_{row}_when", ""),
                "often": form.data.get(f"concern_{row}_often", ""),
            }
            for row in range(CONCERN_ROWS)
        ],
        "found": [],
        "text": "",
    }


def _open(request: StaffRequest) -> HttpResponse:
    form = IntakeForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            order = desk.take_in(
                intake=_intake(form, request), station_id=request.station.station_id,
                by=request.user, at=timezone.now(), key=form.cleaned_data["key"],
            )
        except DomainError as error:
            for refusal in error.refusals:
                field = refusal.field if refusal.field in form.fields else None
                form.add_error(field, str(refusal.message))
        else:
            return redirect(reverse("order", args=[order.pk]))
    return render(
        request, "desk/reception.html", _context(request, form, _vehicle(request)), status=422
    )


def _intake(form: IntakeForm, request: StaffRequest) -> desk.Intake:
    data = form.cleaned_data
    signature = None
    if data["signature"]:
        taken = take_signature(data["signature"])
        signature = StoredFile.objects.create(
            **vars(taken), station_id=request.station.station_id,
            uploaded_by_id=request.user.pk,
        )
    return desk.Intake(
        plate=data["plate"], repair_type=data["repair_type"], vehicle=data["vehicle"],
        customer=data["customer"], vin=data["vin"], car=form.car(), name=data["name"],
        phone=data["phone"], contact_name=data["contact_name"],
        contact_phone=data["contact_phone"], odometer=data["odometer"],
        fuel_percent=data["fuel_percent"], charge_percent=data["charge_percent"],
        promised_at=data["promised_at"], priority=data["priority"] or 3,
        old_parts=data["old_parts"] or "leave", concerns=form.said(),
        templates=list(data["templates"]), marks=data["marks"], sheet=form.sheet(),
        signature=signature, waived_reason=data["waived_reason"],
        comeback_of=data["comeback_of"], finish="draft" not in request.POST,
    )
