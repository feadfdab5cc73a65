"""Which kept files a person may see. The app that knows all documents says it once; others ask."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from chejian.core.models import StoredFile

#: what a browser may show by itself; anything else is only saved
SHOWN = ("image/jpeg", "image/png", "video/mp4", "video/quicktime", "application/pdf")

type Readable = Callable[[Any], QuerySet[StoredFile]]
"""Gives the files that hang on documents visible to the person."""

_readable: list[Readable] = []


def register_readable(rule: Readable) -> None:
    """Called once, in ``AppConfig.ready``."""
    _readable[:] = [rule]


def readable(user: Any) -> QuerySet[StoredFile]:
    return _readable[0](user)


def content_type(file: StoredFile) -> str:
    """What the browser is told: only what we made ourselves is called by its name."""
    return file.content_type if file.content_type in SHOWN else "application/octet-stream"
