"""Kept files: photos, films, signatures, papers. Seen by whoever may see what they hang on."""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from chejian.accounts.guards import StaffRequest, staff
from chejian.core import file_store
from chejian.core.models import StoredFile
from chejian.desk.files import byte_range, content_type, readable

PIECE = 256 * 1024


@require_safe
@staff()
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """The file itself; a part of it when a player asks for one."""
    kept = _kept(request, pk)
    name = kept.original_name or f"{kept.kind}-{kept.pk}"
    kind = content_type(kept)
    as_attachment = "download" in request.GET or kind == "application/octet-stream"
    disposition = content_disposition_header(as_attachment, name) or "inline"
    return _answer(request, kept.sha256, kept.size, kind, disposition)


@require_safe
@staff()
def thumbnail(request: StaffRequest, pk: int) -> HttpResponse:
    """The small picture; the whole one where there is no smaller."""
    kept = _kept(request, pk)
    if not kept.thumbnail_sha256:
        return _answer(request, kept.sha256, kept.size, content_type(kept), "inline")
    size = _size(kept.thumbnail_sha256)
    return _answer(request, kept.thumbnail_sha256, size, "image/jpeg", "inline")


def _kept(request: StaffRequest, pk: int) -> StoredFile:
    kept = readable(request.user).filter(pk=pk).first()
    if kept is None or not file_store.exists(kept.sha256):
        raise Http404
    return kept


def _size(sha256: str) -> int:
    try:
        return file_store.path_of(sha256).stat().st_size
    except FileNotFoundError as error:
        raise Http404 from error


def _answer(
    request: StaffRequest, sha256: str, size: int, kind: str, disposition: str
) -> HttpResponse:
    """Whole, in part, or nothing where the browser has it already."""
    etag = f'"{sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), etag)
    wanted = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", etag)
    try:
        part = byte_range(wanted, size) if wanted and condition == etag else None
    except ValueError:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _with_headers(refused, etag)
    first, last = part or (0, size - 1)
    response: HttpResponseBase = (
        HttpResponse() if request.method == "HEAD"
        else StreamingHttpResponse(_pieces(file_store.open_file(sha256), first, last))
    )
    response.headers["Content-Type"] = kind
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Content-Disposition"] = disposition
    if part is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_headers(response, etag)


def _with_headers(response: HttpResponseBase, etag: str) -> HttpResponse:
    """Only this person's browser keeps it, and asks again each time: rights may have changed."""
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response  # type: ignore[return-value]


def _pieces(source: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with source:
        source.seek(first)
        left = last - first + 1
        while left > 0 and (piece := source.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
