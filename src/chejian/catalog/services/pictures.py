"""Pictures of a part (D02)."""

from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from chejian.accounts.models import User
from chejian.catalog import rules
from chejian.catalog.models import Part, PartPicture
from chejian.core.intake import take_in
from chejian.core.models import StoredFile
from chejian.core.outbox import emit
from chejian.core.uploads import Reason, UnsafeUpload


@transaction.atomic
def add_picture(
    *, part: Part, source: BinaryIO, name: str = "", caption: str = "", by: User, at: datetime
) -> PartPicture:
    """Keep a picture, cleaned of its metadata. Raises NotPermitted, UnsafeUpload."""
    rules.require_edit(by)
    taken = take_in(source, name=name)
    if taken.kind != StoredFile.Kind.PHOTO:
        raise UnsafeUpload(Reason.NOT_ALLOWED)
    file = StoredFile.objects.create(
        sha256=taken.sha256, kind=taken.kind, content_type=taken.content_type, size=taken.size,
        width=taken.width, height=taken.height, thumbnail_sha256=taken.thumbnail_sha256,
        original_name=taken.original_name, uploaded_by_id=by.pk,
    )
    last = part.pictures.aggregate(last=Max("position"))["last"]
    picture = PartPicture.objects.create(
        part=part, file=file, caption=caption.strip(), position=0 if last is None else last + 1
    )
    emit("part.pictured", part, station_id=None, by=by, at=at, picture=picture.pk)
    return picture


@transaction.atomic
def remove_picture(*, picture: PartPicture, by: User, at: datetime) -> Part:
    """Take a picture off the part; the file itself is kept. Raises NotPermitted."""
    rules.require_edit(by)
    part, pk = picture.part, picture.pk
    picture.delete()
    emit("part.unpictured", part, station_id=None, by=by, at=at, picture=pk)
    return part
