"""Pages of the move-in: files in, columns matched, checked, imported, problems out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import Station
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.core.replay import new_key
from chejian.movein import presenting, queries, services, template
from chejian.movein.asking import asks, progress
from chejian.movein.forms import ChoicesForm, ColumnsForm, UploadForm
from chejian.movein.models import ImportRun
from chejian.movein.services.outcome import PLANNERS
from chejian.movein.services.readiness import IMPORTED

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_PROBLEMS = 200
SHOWN_RUNS = 50
SHOWN_BATCHES = 10


def _run(request: StaffRequest, pk: int) -> ImportRun:
    rows = ImportRun.objects.visible_to(request.user).select_related("file", "progress")
    return fetch(rows, request.user, pk, P.IMPORT_DATA)


def _workbook(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=EXCEL)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@require_http_methods(["GET", "POST"])
@staff_here(P.IMPORT_DATA)
def imports(request: StaffRequest) -> HttpResponse:
    """All imports of the station; new files are dropped here."""
    station_id = request.station.station_id
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        runs = _start(request, form)
        if runs:
            return redirect("import_run", runs[0].pk) if len(runs) == 1 else redirect("imports")
    context = {
        "form": form,
        "runs": queries.runs_of(request.user, station_id)[:SHOWN_RUNS],
        "tones": presenting.STATUS_TONES,
        "controls": queries.controls_of(station_id),
        "batches": queries.batches_of(request.user, station_id)[:SHOWN_BATCHES],
        "batch_tones": presenting.BATCH_TONES,
        "kinds": set(PLANNERS),
        "key": new_key(),
        "templates": template.templates().values(),
    }
    return render(request, "movein/imports.html", context, status=422 if form.errors else 200)


def _start(request: StaffRequest, form: UploadForm) -> list[ImportRun]:
    """Begin a run per file; a file that cannot be read says so on the form."""
    station = Station.objects.get(pk=request.station.station_id)
    runs = []
    for file in form.cleaned_data["uploads"]:
        try:
            run = services.start_import(
                station=station, data=file.read(), name=file.name or "", by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("uploads", f"{file.name}: {error}")
        else:
            runs.append(run)
    return [] if form.errors else runs


@require_GET
@staff(P.IMPORT_DATA)
def import_run(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: its columns, what would be or was made, and its problems by row."""
    return render(request, "movein/import_run.html", _page(request, _run(request, pk)))


def _page(
    request: StaffRequest,
    run: ImportRun,
    form: ColumnsForm | None = None,
) -> dict[str, Any]:
    code = request.GET.get("code", "")
    found = queries.problems(run, code=code)
    groups = queries.problem_groups(run)
    return {
        "run": run,
        "tone": presenting.STATUS_TONES[run.status],
        "form": form or ColumnsForm(initial={"kind": run.kind, "header_row": 1}),
        "sheets": [(sheet, presenting.column_lines(sheet)) for sheet in run.sheets],
        "choices": presenting.field_choices(run.kind),
        "kinds": ColumnsForm.base_fields["kind"].choices,  # type: ignore[attr-defined]
        "counts": presenting.count_lines(run),
        "figures": presenting.figure_lines(run),
        "groups": presenting.group_lines(run, groups),
        "to_mend": any(group.severity != "mended" for group in groups),
        "code": code,
        "problems": presenting.problem_lines(run, found[:SHOWN_PROBLEMS]),
        "problem_count": sum(group.count for group in groups if code in ("", group.code)),
        "control_lines": presenting.control_lines(run),
        "stage": presenting.STAGES.get(run.progress.stage, run.progress.stage),
        "ready": run.kind in IMPORTED,
        "asked": presenting.stock_question(run),
        "touches": run.touches,
        "undoable": run.status == ImportRun.Status.IMPORTED and run.kind in services.UNDOERS,
    }


@require_POST
@staff(P.IMPORT_DATA)
def import_columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the columns to fields by hand."""
    run = _run(request, pk)
    form = ColumnsForm(request.POST)
    if form.is_valid():
        try:
            services.match_columns(
                run=run, kind=form.cleaned_data["kind"], chosen=form.chosen(request.POST),
                header_row=form.cleaned_data["header_row"], by=request.user, at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The columns are kept for files like this one."))
            return redirect("import_run", pk)
    return render(request, "movein/import_run.html", _page(request, run, form), status=422)


@require_POST
@staff(P.IMPORT_DATA)
def import_mends(request: StaffRequest, pk: int) -> HttpResponse:
    """Take offered mends for the whole file, then check it again."""
    run = _run(request, pk)
    services.accept_mends(
        run=run, codes=request.POST.getlist("accept"), by=request.user, at=timezone.now()
    )
    return redirect("import_run", pk)


@require_POST
@staff(P.IMPORT_DATA)
def import_choices(request: StaffRequest, pk: int) -> HttpResponse:
    """Decide about doubtful stock, then have the file checked again."""
    run = _run(request, pk)
    form = ChoicesForm(request.POST)
    try:
        if form.is_valid():
            services.choose(
                run=run, choices=form.chosen(request.POST), by=request.user, at=timezone.now()
            )
            return redirect("import_run", pk)
        reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
    except ValidationError as error:
        reason = " ".join(error.messages)
    messages.error(request, reason)
    return render(request, "movein/import_run.html", _page(request, run), status=422)


import_check = asks(services.request_check, "run", _run, "import_run")
import_commit = asks(services.request_import, "run", _run, "import_run")
import_withdrawal = asks(services.request_undo, "run", _run, "import_run")


@require_GET
@staff(P.IMPORT_DATA)
def import_progress(request: StaffRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    context = {"run": run, "stage": presenting.STAGES.get(run.progress.stage, "")}
    return progress(request, "movein/import_run.html", context, busy=run.busy)


@require_GET
@staff(P.IMPORT_DATA)
def import_problem_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows to be mended, as a workbook that can be loaded again."""
    run = _run(request, pk)
    return _workbook(presenting.problem_workbook(run), f"import-{run.pk}-rows.xlsx")


@require_GET
@staff(P.IMPORT_DATA)
def import_template(request: StaffRequest, kind: str) -> HttpResponse:
    """An empty workbook with our column names."""
    wanted = template.templates().get(kind)
    if wanted is None:
        raise Http404
    return _workbook(template.workbook(wanted), f"chejian-{kind}.xlsx")
