"""Kept files: photos, films, signatures, papers. Seen by whoever may see what they hang on."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from chejian.accounts.guards import StaffRequest, staff
from chejian.core import file_store
from chejian.core.file_access import content_type
from chejian.core.models import StoredFile
from chejian.core.sending import send_file
from chejian.desk.files import readable


@require_safe
@staff()
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """The file itself; a part of it when a player asks for one."""
    kept = _kept(request, pk)
    name = kept.original_name or f"{kept.kind}-{kept.pk}"
    kind = content_type(kept)
    as_attachment = "download" in request.GET or kind == "application/octet-stream"
    return send_file(request, kept.sha256, kind, name, attachment=as_attachment)


@require_safe
@staff()
def thumbnail(request: StaffRequest, pk: int) -> HttpResponse:
    """The small picture; the whole one where there is no smaller."""
    kept = _kept(request, pk)
    small = kept.thumbnail_sha256
    kind = "image/jpeg" if small else content_type(kept)
    return send_file(request, small or kept.sha256, kind, f"{kept.pk}", attachment=False)


def _kept(request: StaffRequest, pk: int) -> StoredFile:
    kept = readable(request.user).filter(pk=pk).first()
    if kept is None or not file_store.exists(kept.sha256):
        raise Http404
    return kept
