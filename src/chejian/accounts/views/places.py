"""The organisation, its regions and stations; teams and bays of the present station."""

from copy import copy
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chejian.accounts.authority import covers
from chejian.accounts.forms.places import (
    BayForm,
    NewStationForm,
    OrganisationForm,
    RegionForm,
    StationForm,
    TeamForm,
)
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import Bay, Organisation, Region, Station, Team
from chejian.accounts.permissions import P
from chejian.accounts.queries.places import stations_managed_by
from chejian.accounts.services import places as verbs
from chejian.core.answers import done
from chejian.core.side_by_side import status_of


@staff(P.MANAGE_STATIONS)
def stations(request: StaffRequest) -> HttpResponse:
    """Stations by region. Posting changes the organisation's own data."""
    organisation = Organisation.objects.get()
    form = OrganisationForm(request.POST or None, instance=copy(organisation))
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: verbs.update_organisation(
                organisation=organisation, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if changed is not None:
            return done(request, _("Saved."), request.path)
    context = {
        "form": form,
        "regions": Region.objects.order_by("pk"),
        "stations": stations_managed_by(request.user),
        "whole": covers(request.user, P.MANAGE_STATIONS, None, None),
    }
    return _answer(request, "accounts/stations.html", form, context)


@staff(P.MANAGE_STATIONS)
def new_station(request: StaffRequest) -> HttpResponse:
    form = NewStationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: verbs.create_station(by=request.user, at=timezone.now(), **form.cleaned_data),
        )
        if made is not None:
            return done(request, _("Station opened."), reverse("stations"))
    context = {"form": form, "title": _("New station"), "back": reverse("stations")}
    return _answer(request, "accounts/place_form.html", form, context)


@staff(P.MANAGE_STATIONS)
def station(request: StaffRequest, pk: int) -> HttpResponse:
    place = get_object_or_404(stations_managed_by(request.user), pk=pk)
    form = StationForm(request.POST or None, instance=place)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: verbs.update_station(
                station=place, by=request.user, at=timezone.now(), **form.cleaned_data
            ),
        )
        if changed is not None:
            return done(request, _("Saved."), reverse("stations"))
    title = f"{place.code} {Station.objects.get(pk=pk).name}"
    context = {"form": form, "title": title, "back": reverse("stations")}
    return _answer(request, "accounts/place_form.html", form, context)


@staff(P.MANAGE_STATIONS)
def region(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new region, or the name of one."""
    place = get_object_or_404(Region, pk=pk) if pk is not None else None
    form = RegionForm(request.POST or None, instance=copy(place))
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _save_region(request, place, form.cleaned_data))
        if made is not None:
            return done(request, _("Saved."), reverse("stations"))
    title = place.name if place else _("New region")
    context = {"form": form, "title": title, "back": reverse("stations")}
    return _answer(request, "accounts/place_form.html", form, context)


def _save_region(request: StaffRequest, place: Region | None, given: dict[str, Any]) -> Region:
    given = {**given, "by": request.user, "at": timezone.now()}
    if place is not None:
        return verbs.update_region(region=place, **given)
    return verbs.create_region(organisation=Organisation.objects.get(), **given)


@require_GET
@staff_here(P.MANAGE_STAFF)
def teams(request: StaffRequest) -> HttpResponse:
    """Teams and bays of the station where the person works now."""
    here = request.station.station_id
    context = {
        "teams": Team.objects.visible_to(request.user).filter(station=here)
        .select_related("leader").prefetch_related("members").order_by("pk"),
        "bays": Bay.objects.visible_to(request.user).filter(station=here)
        .order_by("-active", "pk"),
    }
    return render(request, "accounts/teams.html", context)


@staff(P.MANAGE_STAFF)
def team(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new team of the present station, or one that is there."""
    place = None
    if pk is not None:
        place = fetch(Team.objects.visible_to(request.user), request.user, pk, P.MANAGE_STAFF)
    station_id = place.station_id if place else request.station.station_id
    form = TeamForm(request.POST or None, instance=place, station_id=station_id)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        if place is not None:
            made = attempt(form, lambda: verbs.update_team(team=place, **given))
        else:
            made = attempt(form, lambda: verbs.create_team(station=_here(request), **given))
        if made is not None:
            return done(request, _("Saved."), reverse("teams"))
    context = {
        "form": form, "title": place.name if place else _("New team"), "back": reverse("teams"),
    }
    return _answer(request, "accounts/place_form.html", form, context)


@staff(P.MANAGE_STAFF)
def bay(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new bay of the present station, or one that is there."""
    place = None
    if pk is not None:
        place = fetch(Bay.objects.visible_to(request.user), request.user, pk, P.MANAGE_STAFF)
    form = BayForm(request.POST or None, instance=place)
    if place is None:
        del form.fields["active"]
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        if place is not None:
            made = attempt(form, lambda: verbs.update_bay(bay=place, **given))
        else:
            made = attempt(form, lambda: verbs.create_bay(station=_here(request), **given))
        if made is not None:
            return done(request, _("Saved."), reverse("teams"))
    context = {
        "form": form, "title": place.name if place else _("New bay"), "back": reverse("teams"),
    }
    return _answer(request, "accounts/place_form.html", form, context)


def _here(request: StaffRequest) -> Station:
    return Station.objects.get(pk=request.station.station_id)


def _answer(
    request: StaffRequest, template: str, form: forms.BaseForm, context: dict[str, Any]
) -> HttpResponse:
    return render(request, template, context, status=status_of(form) if form.errors else 200)
