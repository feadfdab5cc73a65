"""Pages of moving out: archives asked for, their progress, the download."""

from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import Station
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.core.fragments import render_block
from chejian.core.replay import new_key
from chejian.movein import presenting, services
from chejian.movein.forms import ArchiveForm
from chejian.movein.models import Archive

SHOWN = 30


def _archive(request: StaffRequest, pk: int) -> Archive:
    rows = Archive.objects.visible_to(request.user).select_related("station", "created_by")
    return fetch(rows, request.user, pk, P.MOVE_OUT)


@require_http_methods(["GET", "POST"])
@staff_here(P.MOVE_OUT)
def archives(request: StaffRequest) -> HttpResponse:
    """Ask for an archive; those made so far."""
    here = Station.objects.get(pk=request.station.station_id)
    sent = request.method == "POST"
    form = ArchiveForm(request.POST if sent else None, user=request.user, station=here)
    if sent and form.is_valid():
        try:
            services.request_archive(
                station=form.asked(), with_files=form.cleaned_data["with_files"],
                in_clear=form.cleaned_data["in_clear"], by=request.user, at=timezone.now(),
                key=presenting.key_of(request.POST.get("key")),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("archives")
    rows = Archive.objects.visible_to(request.user).select_related("station", "created_by")
    context = {
        "form": form, "key": new_key(), "tones": presenting.ARCHIVE_TONES,
        "archives": list(rows.order_by("-pk")[:SHOWN]),
    }
    return render(request, "movein/archives.html", context, status=422 if form.errors else 200)


@require_GET
@staff_here(P.MOVE_OUT)
def archive_progress(request: StaffRequest) -> HttpResponse:
    """The list again while one is being written."""
    rows = Archive.objects.visible_to(request.user).select_related("station", "created_by")
    context = {"tones": presenting.ARCHIVE_TONES, "archives": list(rows.order_by("-pk")[:SHOWN])}
    return render_block(request, "movein/archives.html", "made", context)


@require_GET
@staff(P.MOVE_OUT)
def archive_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The archive itself; that it was taken is written down."""
    archive = _archive(request, pk)
    try:
        path = services.note_fetch(archive=archive, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("archives")
    place = archive.station.code if archive.station else "all"
    name = f"chejian-{place}-{timezone.localtime(archive.created_at):%Y%m%d-%H%M}.zip"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    answer["Cache-Control"] = "no-store"
    return cast("HttpResponse", answer)  # a view of ours promises one; both are answers


@require_POST
@staff(P.MOVE_OUT)
def archive_removal(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete the file of an archive."""
    services.delete_archive(archive=_archive(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The archive was deleted."))
    return redirect("archives")
