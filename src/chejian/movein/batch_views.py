"""Pages of files taken together: trial, real run, taking back, and the reconciliation sheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import Station
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.core.papers import compile_paper
from chejian.core.replay import new_key
from chejian.movein import figures, presenting, services, sheet_view
from chejian.movein.asking import asks, progress
from chejian.movein.forms import ControlsForm, SignatureForm
from chejian.movein.models import ImportBatch, ImportRun
from chejian.movein.queries import controls_of
from chejian.movein.services.batches import runs_in_order
from chejian.movein.services.sheet import content_of
from chejian.workorders.services.papers import station_head

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _batch(request: StaffRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related(
        "station", "created_by", "imported_by"
    )
    return fetch(rows, request.user, pk, P.IMPORT_DATA)


@require_POST
@staff_here(P.IMPORT_DATA)
def import_batches(request: StaffRequest) -> HttpResponse:
    """Take the files ticked together."""
    ids = [int(value) for value in request.POST.getlist("run") if value.isdecimal()]
    rows = ImportRun.objects.visible_to(request.user).filter(pk__in=ids)
    try:
        batch = services.start_batch(
            station=Station.objects.get(pk=request.station.station_id), runs=list(rows),
            by=request.user, at=timezone.now(), key=presenting.key_of(request.POST.get("key")),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("imports")
    return redirect("import_batch", batch.pk)


@require_GET
@staff(P.IMPORT_DATA)
def import_batch(request: StaffRequest, pk: int) -> HttpResponse:
    """Files in their order: what a trial found, and what comes next."""
    return render(request, "movein/batch.html", _page(_batch(request, pk)))


def _page(batch: ImportBatch) -> dict[str, Any]:
    runs = runs_in_order(batch)
    return {
        "batch": batch,
        "tone": presenting.BATCH_TONES[batch.status],
        "runs": [presenting.batch_file(run) for run in runs],
        "totals": [(str(f.label), f.text) for f in figures.from_json(batch.totals)],
        "broken": [
            f"{proof['title']}: {text}" for proof in batch.proofs for text in proof["differences"]
        ],
        "proved": len(batch.proofs),
        "left": any(run.status != ImportRun.Status.IMPORTED for run in runs),
        "imported": any(run.status == ImportRun.Status.IMPORTED for run in runs),
        "touches": batch.touches,
        "stage": _stage(runs),
    }


def _stage(runs: list[ImportRun]) -> list[tuple[str, int, int, str]]:
    """How far each file is while the worker is at it."""
    return [
        (
            run.file_name, run.progress.done, run.progress.total,
            str(presenting.STAGES.get(run.progress.stage, "")),
        )
        for run in runs
    ]


import_batch_trials = asks(services.request_trial, "batch", _batch, "import_batch")
import_batch_commitment = asks(services.request_batch_import, "batch", _batch, "import_batch")
import_batch_withdrawal = asks(services.request_batch_undo, "batch", _batch, "import_batch")


@require_GET
@staff(P.IMPORT_DATA)
def import_batch_progress(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    context = {"batch": batch, "stage": _stage(runs_in_order(batch))}
    return progress(request, "movein/batch.html", context, busy=batch.busy)


@require_http_methods(["GET", "POST"])
@staff(P.IMPORT_DATA)
def import_batch_controls(request: StaffRequest, pk: int) -> HttpResponse:
    """The old system's totals, typed by hand; those of a file stand in the fields."""
    batch = _batch(request, pk)
    known = {**{k: str(v) for k, v in controls_of(batch.station_id).items()}, **batch.controls}
    sent = request.method == "POST"
    form = ControlsForm(request.POST if sent else None, initial=known)
    if sent and form.is_valid():
        services.type_controls(
            batch=batch, controls=form.controls(), by=request.user, at=timezone.now()
        )
        messages.success(request, _("The totals count from the next trial on."))
        return redirect("import_batch", pk)
    context = {"batch": batch, "form": form}
    return render(request, "movein/controls.html", context, status=422 if sent else 200)


# --- the sheet ----------------------------------------------------------------------------------
@require_GET
@staff(P.IMPORT_DATA)
def reconciliation(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet on the screen; signed off here."""
    return _sheet_page(request, _batch(request, pk), SignatureForm())


def _sheet_page(
    request: StaffRequest, batch: ImportBatch, form: SignatureForm, status: int = 200
) -> HttpResponse:
    sheet, signed = sheet_view.current(batch)
    form.fields["name"].initial = request.user.name
    context = {
        "batch": batch, "sheet": sheet, "signed": signed, "form": form, "key": new_key(),
        "signable": batch.status in services.SIGNABLE and signed is None,
        "earlier": [s for s in batch.sheets.order_by("-pk") if signed is None or s.pk != signed.pk],
    }
    return render(request, "movein/reconciliation.html", context, status=status)


@require_POST
@staff(P.IMPORT_DATA)
def reconciliation_signatures(request: StaffRequest, pk: int) -> HttpResponse:
    """Sign the sheet off as it stands."""
    batch = _batch(request, pk)
    form = SignatureForm(request.POST)
    if form.is_valid():
        try:
            services.sign_off(
                batch=batch, name=form.cleaned_data["name"], remark=form.cleaned_data["remark"],
                by=request.user, at=timezone.now(),
                key=presenting.key_of(request.POST.get("key")),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Signed off. The sheet stays as it is now."))
            return redirect("reconciliation", pk)
    return _sheet_page(request, batch, form, 422)


@require_GET
@staff(P.IMPORT_DATA)
def reconciliation_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet as a paper."""
    batch, at = _batch(request, pk), timezone.now()
    with translation.override("zh-hans"):  # as all papers, whatever language the screen has
        sheet, signed = sheet_view.current(batch)
        data = sheet_view.paper(sheet, signed, at)
    pdf = compile_paper(
        sheet_view.TEMPLATE, data, station=station_head(batch.station), at=at
    )
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="reconciliation-{batch.pk}.pdf"'
    return answer


@require_GET
@staff(P.IMPORT_DATA)
def reconciliation_xlsx(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook, with every row that makes a difference."""
    batch = _batch(request, pk)
    _sheet, signed = sheet_view.current(batch)
    content = signed.content if signed else content_of(batch)
    answer = HttpResponse(
        sheet_view.workbook(content, signed, runs_in_order(batch)), content_type=EXCEL
    )
    answer["Content-Disposition"] = f'attachment; filename="reconciliation-{batch.pk}.xlsx"'
    return answer
