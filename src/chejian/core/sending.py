"""Sending a kept file: whole, in part for a player, or nothing where the browser has it already."""

from collections.abc import Iterator
from typing import BinaryIO

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from chejian.core import file_store

PIECE = 256 * 1024


def send_file(
    request: HttpRequest, sha256: str, kind: str, name: str, *, attachment: bool
) -> HttpResponse:
    """Answer with the bytes under that hash. Raises Http404 when they are not there."""
    size = _size(sha256)
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
    response.headers["Content-Disposition"] = (
        content_disposition_header(attachment, name) or "inline"
    )
    if part is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_headers(response, etag)


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range, clipped to the file; None: send all of it.

    RFC 9110, 14.1: what cannot be understood is ignored. Raises ValueError for a range that lies
    outside the file.
    """
    unit, _, spec = header.partition("=")
    first, dash, last = spec.strip().partition("-")
    if unit.strip() != "bytes" or not dash or "," in spec or not (first or last).isdecimal():
        return None
    if last and not last.isdecimal():
        return None
    if not first:
        start, end = max(size - int(last), 0), size - 1
    else:
        start, end = int(first), min(int(last or size - 1), size - 1)
    if start >= size or start > end or (not first and int(last) == 0):
        raise ValueError(header)
    return start, end


def _size(sha256: str) -> int:
    try:
        return file_store.path_of(sha256).stat().st_size
    except FileNotFoundError as error:
        raise Http404 from error


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
