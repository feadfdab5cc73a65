"""Who asks, what happened since, and kept files."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area
from chejian.api.paging import cursor_of, read_cursor
from chejian.api.reading import events
from chejian.api.schemas.around import CursorOut, EventPage, EventQuery, FileOut, MeOut
from chejian.core import file_store
from chejian.core.file_access import content_type, readable
from chejian.core.models import StoredFile
from chejian.core.sending import send_file

me_area = Area.of("me", _("The token"), None)
event_area = Area.of("events", _("Events"), Scope.EVENTS_READ)
file_area = Area.of("files", _("Files"), Scope.FILES_READ, Scope.FILES_WRITE)
LONGER = 2.0  # seconds
FILE = (
    "id", "kind", "content_type", "size", "width", "height", "sha256", "original_name",
    "created_at",
)


@me_area.get("/me", MeOut, _("Who I am and what I may do"))
def get_me(request: ApiRequest) -> dict[str, Any]:
    """The person of the token, its scopes, and his permissions by station."""
    user = request.user
    return {
        "id": user.pk, "username": user.username, "name": user.name,
        "is_service": user.is_service, "language": user.language,
        "scopes": sorted(request.auth.scopes),
        "stations": [
            {"id": here.station_id, "code": here.code, "name": here.name, "roles": here.roles,
             "permissions": sorted(here.permissions)}
            for here in user.access.stations.values()
        ],
    }


@event_area.get("/events", EventPage, _("What happened since a cursor"))
def list_events(request: ApiRequest, query: Query[EventQuery]) -> dict[str, Any]:
    """Oldest first. Nothing is ever missed: keep ``next`` and ask again with it."""
    after = read_cursor(query.after) if query.after else 0
    told = events.since(
        request.user, after, query.limit, subject=query.subject, kind=query.kind
    )
    return {"items": told.events, "next": cursor_of(told.upto)}


@event_area.get("/events/cursor", CursorOut, _("The cursor of this moment"))
def get_cursor(request: ApiRequest) -> dict[str, Any]:
    """To begin now and leave the past alone; while an import runs, a little earlier."""
    del request
    return {"next": cursor_of(events.settled(LONGER))}


def _file(request: ApiRequest, pk: int) -> StoredFile:
    kept = readable(request.user).filter(pk=pk).first()
    if kept is None or not file_store.exists(kept.sha256):
        raise Http404
    return kept


@file_area.get("/files/{file_id}", FileOut, _("About a file"))
def get_file(request: ApiRequest, file_id: Id) -> dict[str, Any]:
    """Seen by whoever may see what it hangs on."""
    kept = _file(request, file_id)
    return {name: getattr(kept, name) for name in FILE}


@file_area.get("/files/{file_id}/content", None, _("Download a file"), binary=True)
def download_file(request: ApiRequest, file_id: Id) -> HttpResponse:
    """The bytes as they are kept; ``Range`` brings a part."""
    kept = _file(request, file_id)
    name = kept.original_name or f"{kept.kind}-{kept.pk}"
    return send_file(request, kept.sha256, content_type(kept), name, attachment=True)


@file_area.get("/files/{file_id}/thumbnail", None, _("Download the small picture"), binary=True)
def download_thumbnail(request: ApiRequest, file_id: Id) -> HttpResponse:
    """The whole one where there is no smaller."""
    kept = _file(request, file_id)
    small = kept.thumbnail_sha256
    kind = "image/jpeg" if small else content_type(kept)
    return send_file(request, small or kept.sha256, kind, f"{kept.pk}", attachment=False)
