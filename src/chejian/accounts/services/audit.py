"""Keeping who looked at what the law protects (个人信息保护法 art. 51, 54)."""

from datetime import datetime

from django.db import models, transaction

from chejian.accounts.models import SensitiveAccess, User


@transaction.atomic
def record_unmasking(
    *,
    subject: models.Model,
    field: str,
    by: User,
    at: datetime,
    label: str = "",
    reason: str = "",
    station_id: int | None = None,
) -> SensitiveAccess:
    """Write down that ``by`` was shown ``field`` of ``subject`` in full.

    ``label`` names the subject for the reader of the log, without the value itself;
    ``station_id`` is the station at which the person worked.
    """
    return SensitiveAccess.objects.create(
        user=by,
        station_id=station_id,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        field=field,
        label=label[:120],
        reason=reason.strip()[:200],
        at=at,
    )
