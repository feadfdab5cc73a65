"""Who asks, what happened, and kept files."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from chejian.api.fields import In, Line, Out, Text


class StationOut(Out):
    """A station of the person with what he may do there."""

    id: int
    code: str
    name: str
    roles: list[str]
    permissions: list[str]


class MeOut(Out):
    id: int
    username: str
    name: str
    is_service: bool
    language: str
    scopes: list[str]
    stations: list[StationOut]


class EventQuery(In):
    """``after``: the cursor of the answer before; without it from the beginning."""

    after: Annotated[Text, Field(max_length=200)] = ""
    limit: int = Field(100, ge=1, le=500)
    subject: Annotated[str, AfterValidator(str.strip), Field(max_length=60)] = ""
    kind: Line = ""


class EventOut(Out):
    """What happened to what. The thing itself is fetched by its id: rights are judged there."""

    id: int
    kind: str
    subject: str
    subject_id: int
    station_id: int | None
    actor_id: int | None
    actor_name: str
    at: datetime


class EventPage(Out):
    """``next`` is always there: ask again with it later."""

    items: list[EventOut]
    next: str


class CursorOut(Out):
    next: str


class FileOut(Out):
    id: int
    kind: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    original_name: str
    created_at: datetime
