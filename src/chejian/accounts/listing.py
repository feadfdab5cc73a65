"""Where lists meet people: who looks, his saved views, the page, and what is exported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chejian.accounts.guards import StaffRequest
from chejian.accounts.list_models import SavedView
from chejian.accounts.models import Role, User
from chejian.accounts.permissions import P
from chejian.accounts.queries.saved_views import usual_view, views_of
from chejian.accounts.sharing import roles_of
from chejian.core import exports, lists
from chejian.core.lists import asking, cells, reading, view
from chejian.core.lists.address import PASSING, Asked, read_address
from chejian.core.lists.spec import Column, Kind, ListSpec, Viewer
from chejian.core.patience import TookTooLong

PICKED = 500
WRITTEN = {
    Kind.MONEY: exports.Kind.MONEY, Kind.QUANTITY: exports.Kind.QUANTITY,
    Kind.NUMBER: exports.Kind.NUMBER, Kind.DATE: exports.Kind.DATE,
    Kind.MOMENT: exports.Kind.MOMENT, Kind.BOOL: exports.Kind.YES_NO,
}


def register(spec: ListSpec) -> ListSpec:
    """Make a list known, with its export. Called in ``AppConfig.ready``."""
    exports.register_source(spec.name, source_of(spec))
    return lists.register(spec)


def viewer_of(user: User, station_id: int, spec: ListSpec) -> Viewer:
    """What this person may do: at the station for its lists, anywhere for the organisation's."""
    if spec.local:
        return Viewer(
            user, station_id, lambda code: user.can_at(code, station_id), kept=user.access.kept
        )
    return Viewer(
        user, station_id, user.can, may_here=lambda code: user.can_at(code, station_id),
        kept=user.access.kept,
    )


def show(
    request: StaffRequest, spec: ListSpec, template: str = "core/list.html", *,
    query: QueryDict | None = None, **context: Any,
) -> HttpResponse:
    """The page of a list, or its sums alone (``panel=totals``).

    ``query`` stands for the address where a page understands shorter words than the list.
    """
    viewer = viewer_of(request.user, request.station.station_id, spec)
    views = views_of(request.user, spec.name, viewer.station_id)
    query, chosen = _query(request, query or request.GET, views)
    asked = read_address(spec, viewer, query)
    if query.get("panel") == "totals":
        return render(request, "core/lists/totals.html", {"asked": asked, **_totals(asked)})
    address = asking.sent_to(asked)
    if address is not None:
        return HttpResponseRedirect(request.path + address)
    shown = view.build(asked, views=views, chosen=chosen)
    if shown.panel == "save":
        context |= _sharing(request, chosen)
    return render(request, template, {"spec": spec, "list": shown, **context})


def spelled_out(query: QueryDict, conditions: Mapping[str, str]) -> QueryDict:
    """The address with conditions in place of short words: ``{"account": "account.in.1001"}``."""
    found = query.copy()
    for name, condition in conditions.items():
        found.pop(name, None)
        if condition:
            found.appendlist("f", condition)
    return found


def _query(
    request: StaffRequest, query: QueryDict, views: Sequence[SavedView]
) -> tuple[QueryDict, SavedView | None]:
    """What is asked: the address itself; with nothing but a view in it, the view's question."""
    asked = query.get("saved", "")
    chosen = next((one for one in views if str(one.pk) == asked), None)
    if asked and chosen is None:
        raise Http404
    rest = set(query) - PASSING - {"saved"}
    opened = chosen or (None if "saved" in query else usual_view(views, request.user))
    if rest or opened is None:
        return query, chosen
    kept = QueryDict(opened.question, mutable=True)
    kept["saved"] = str(opened.pk)
    for key in PASSING & set(query):
        kept[key] = query.get(key, "")
    return kept, opened


def _totals(asked: Asked) -> dict[str, Any]:
    try:
        return {"totals": reading.totals(asked), "problem": ""}
    except TookTooLong as error:
        return {"totals": None, "problem": str(error)}


def _sharing(request: StaffRequest, chosen: SavedView | None) -> dict[str, Any]:
    roles = Role.objects.filter(code__in=roles_of(request.user)).order_by("pk")
    return {
        "roles": list(roles),
        "may_change": chosen is not None and chosen.may_change(request.user),
        "leads": request.user.can_at(P.MANAGE_STAFF, request.station.station_id),
    }


# --- exports -----------------------------------------------------------------------------------


def source_of(spec: ListSpec) -> exports.Source:
    """The list as something to export: the same question, read again for the same person."""

    def asked_by(wanted: exports.Wanted) -> Asked:
        viewer = viewer_of(wanted.user, wanted.station_id, spec)
        if not viewer.may_any(spec.permissions):
            raise PermissionDenied
        asked = read_address(spec, viewer, QueryDict(wanted.query))
        known = {one.key: one for one in asked.available if not one.only_asked}
        named = tuple(known[key] for key in wanted.columns if key in known)
        return replace(asked, columns=named or asked.columns)

    def build(wanted: exports.Wanted) -> exports.Table:
        asked = asked_by(wanted)
        ids = _picked(asked.query)
        count = reading.totals(asked)
        return exports.Table(
            str(spec.title), [_heading(one) for one in asked.columns], _rows(asked, ids),
            count=len(ids) if ids is not None else count.estimate or count.count,
            facts=_facts(asked),
        )

    def headings(wanted: exports.Wanted) -> Sequence[exports.Heading]:
        return [_heading(one) for one in asked_by(wanted).available if not one.only_asked]

    def back(wanted: exports.Wanted) -> str:
        return f"{reverse(spec.address)}?{wanted.query}"

    return exports.Source(label=spec.title, build=build, headings=headings, back=back)


def _picked(query: QueryDict) -> list[int] | None:
    picked = [int(one) for one in query.getlist("pick")[:PICKED] if one.isdecimal()]
    return picked or None


def _rows(asked: Asked, ids: Sequence[int] | None) -> Iterator[Sequence[Any]]:
    for page in reading.walk(asked, ids):
        yield from cells.plain_rows(asked, page)


def _heading(column: Column) -> exports.Heading:
    return exports.Heading(
        column.key, column.label, WRITTEN.get(column.kind, exports.Kind.TEXT)
    )


def _facts(asked: Asked) -> list[tuple[Any, Any]]:
    said = [asked.tab.label] if asked.tab is not None else []
    said += [f"“{asked.words}”"] if asked.words else []
    said += [one.sentence for one in asked.conditions]
    return [(_("Filters"), "; ".join(str(one) for one in said))] if said else []
