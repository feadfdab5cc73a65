"""Answers of the API: JSON, with the version of the thing as its tag."""

from typing import Any

from django.http import HttpResponse

from chejian.api.problems import JSON, encoded


def answer(data: Any, status: int = 200, **headers: str) -> HttpResponse:
    """``version``, or ``etag`` where a row has no version, becomes the ETag."""
    response = HttpResponse(encoded(data), status=status, content_type=JSON, headers=headers)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(data, dict):
        tag = data.get("version", data.get("etag"))
        if tag is not None:
            response.headers["ETag"] = f'"{tag}"'
    return response
