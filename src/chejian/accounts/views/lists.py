"""What is done with a list besides reading it: keep a view, export it, act on chosen rows."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chejian.accounts.downloads import download
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.list_models import SavedView
from chejian.accounts.listing import PICKED, viewer_of
from chejian.accounts.models import Role, Station
from chejian.accounts.services.saved_views import BadView, remove_view, save_view
from chejian.core import lists
from chejian.core.answers import done, next_url
from chejian.core.errors import DomainError
from chejian.core.exports import Format
from chejian.core.lists.spec import ListSpec, Viewer


def _list(request: StaffRequest, name: str) -> tuple[ListSpec, Viewer]:
    """The list, for who may look at it."""
    spec = lists.find(name)
    if spec is None:
        raise Http404
    viewer = viewer_of(request.user, request.station.station_id, spec)
    if not viewer.may_any(spec.permissions):
        raise PermissionDenied
    return spec, viewer


@require_POST
@staff()
def list_views(request: StaffRequest, name: str) -> HttpResponse:
    """Keep the question under a name."""
    spec, _viewer = _list(request, name)
    return _kept(request, spec, None)


@require_POST
@staff()
def list_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a view: its name, its question, who may use it."""
    found = _own_or_shared(request, pk)
    spec, _viewer = _list(request, found.list_name)
    return _kept(request, spec, found)


@require_POST
@staff()
def list_view_removals(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a view."""
    found = _own_or_shared(request, pk)
    spec, _viewer = _list(request, found.list_name)
    remove_view(view=found, by=request.user, at=timezone.now())
    return done(request, _("The view is removed."), reverse(spec.address))


def _own_or_shared(request: StaffRequest, pk: int) -> SavedView:
    found = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if found.station_id not in (None, request.station.station_id):
        raise Http404
    return found


def _kept(request: StaffRequest, spec: ListSpec, view: SavedView | None) -> HttpResponse:
    given = request.POST
    station = Station.objects.get(pk=request.station.station_id)
    try:
        made = save_view(
            view=view, list_name=spec.name, name=given.get("name", ""),
            question=given.get("question", ""), usual=given.get("usual") == "on",
            by=request.user, at=timezone.now(), **_audience(given.get("audience", ""), station),
        )
    except BadView as error:
        messages.error(request, str(error))
        return redirect(f"{reverse(spec.address)}?{given.get('question', '')}&panel=save")
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": made.name})
    return redirect(f"{reverse(spec.address)}?saved={made.pk}")


def _audience(said: str, station: Station) -> dict[str, Any]:
    """private, station, or role:3."""
    way, _colon, pk = said.partition(":")
    role = Role.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None
    return {"visibility": way, "role": role, "station": station}


@require_POST
@staff()
def list_deeds(request: StaffRequest, name: str) -> HttpResponse:
    """Do one thing with the chosen rows."""
    spec, viewer = _list(request, name)
    key = request.POST.get("deed", "")
    back, ids = next_url(request, reverse(spec.address)), _picked(request)
    if not ids:
        messages.error(request, _("Choose some rows first."))
        return redirect(back)
    if key in Format:
        query = request.POST.get("question", "") + "".join(f"&pick={pk}" for pk in ids)
        return download(request, source=spec.name, form=key, query=query)
    action = next((one for one in spec.actions if one.key == key), None)
    if action is None:
        raise Http404
    if not viewer.may(action.permission):
        raise PermissionDenied
    try:
        said = action.run(viewer, ids, request.POST.get(f"choice_{key}", ""), timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(said))
    return redirect(back)


def _picked(request: StaffRequest) -> list[int]:
    given = request.POST.getlist("pick")[:PICKED]
    return [int(one) for one in given if one.isdecimal() and len(one) < 18]
