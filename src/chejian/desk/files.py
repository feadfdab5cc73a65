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

