"""Which kept files a person may see: those that hang on a document he may see."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import PartPicture
from chejian.core.models import StoredFile
from chejian.movein.models import ImportRun
from chejian.workorders.models import (
    Authorisation,
    Delivery,
    OrderPaper,
    OrderPhoto,
    Walkaround,
    WorkOrder,
)

#: what a browser may show by itself; anything else is only saved
SHOWN = ("image/jpeg", "image/png", "video/mp4", "video/quicktime", "application/pdf")


def readable(user: User) -> QuerySet[StoredFile]:
    """Files of documents that are visible to the person, judged in the one statement."""
    this = OuterRef("pk")
    orders = WorkOrder.objects.visible_to(user).order_by().values("pk")
    seen: Any = Exists(OrderPhoto.objects.filter(Q(file=this) | Q(poster=this), order__in=orders))
    for model, field in (
        (OrderPaper, "file"),
        (Walkaround, "signature"),
        (Authorisation, "signature"),
        (Delivery, "signature"),
    ):
        seen |= Exists(model._base_manager.filter(**{field: this}, order__in=orders))
    if user.can(P.VIEW_CATALOG):
        seen |= Exists(PartPicture.objects.filter(file=this))
    if user.can(P.IMPORT_DATA):
        seen |= Exists(ImportRun.objects.visible_to(user).filter(file=this))
    return StoredFile.objects.filter(seen)


def content_type(file: StoredFile) -> str:
    """What the browser is told: only what we made ourselves is called by its name."""
    return file.content_type if file.content_type in SHOWN else "application/octet-stream"


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
