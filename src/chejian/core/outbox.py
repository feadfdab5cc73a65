"""Appending events: what happened, to what, by whom. Read by timelines and live screens."""

from datetime import datetime
from typing import Any

from django.db import models

from chejian.core.lifecycle import Actor
from chejian.core.models import Event
from chejian.core.verbs import tell


def emit(
    kind: str,
    subject: models.Model,
    *,
    station_id: int | None,
    by: Actor | None,
    at: datetime,
    **data: Any,
) -> Event:
    """Append one event in the present verb. ``data`` must be JSON (money as text)."""
    return emit_about(
        kind,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        station_id=station_id,
        by=by,
        at=at,
        **data,
    )


def emit_about(
    kind: str,
    *,
    subject_type: str,
    subject_id: int,
    station_id: int | None,
    by: Actor | None,
    at: datetime,
    **data: Any,
) -> Event:
    """The same for a document of a higher floor, known only by its model's label and its id."""
    return tell(Event(
        kind=kind,
        channel=f"station:{station_id}" if station_id else "all",
        subject_type=subject_type,
        subject_id=subject_id,
        station_id=station_id,
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        data={name: value if _plain(value) else str(value) for name, value in data.items()},
        at=at,
    ))


def timeline(subject: models.Model, limit: int = 50) -> list[Event]:
    """The newest events of one document, newest first."""
    return list(
        Event.objects.filter(subject_type=subject._meta.label, subject_id=subject.pk).order_by(
            "-id"
        )[:limit]
    )


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | str | list | dict)
