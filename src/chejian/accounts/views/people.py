"""People: the list, one person with his roles and staff file, and what is done to them."""

from copy import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.authority import may_grant, may_manage
from chejian.accounts.forms.people import GrantForm, NewPersonForm, PersonForm, SkillForm, StaffForm
from chejian.accounts.forms.refusals import attempt
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.listing import show
from chejian.accounts.lists import PEOPLE
from chejian.accounts.models import Assignment, Skill, Staff, User
from chejian.accounts.permissions import P
from chejian.accounts.services import people as verbs
from chejian.accounts.services.passwords import reset_password
from chejian.accounts.services.staff_file import create_skill, update_staff
from chejian.core.answers import done
from chejian.core.side_by_side import status_of


@require_GET
@staff(P.MANAGE_STAFF)
def people(request: StaffRequest) -> HttpResponse:
    """Whom the person manages."""
    return show(request, PEOPLE, "accounts/people.html")


@never_cache
@staff(P.MANAGE_STAFF)
def new_person(request: StaffRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        opened = attempt(
            form,
            lambda: verbs.create_person(
                name=given["name"], username=given["username"], phone=given["phone"],
                job=given["job"], number=given["number"], roles=[form.role_at()],
                by=request.user, at=timezone.now(),
            ),
        )
        if opened is not None:
            return _slip(request, opened)
    return render(
        request, "accounts/new_person.html", {"form": form}, status=422 if form.errors else 200
    )


@staff(P.MANAGE_STAFF)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One page: login data, roles, staff file. Posting changes name, user name and phone."""
    who = _find(request, pk)
    form = PersonForm(request.POST or None, instance=copy(who))
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: verbs.update_person(
                person=who, name=form.cleaned_data["name"],
                username=form.cleaned_data["username"], phone=form.cleaned_data["phone"] or "",
                by=request.user, at=timezone.now(),
            ),
        )
        if changed is not None:
            return done(request, _("Saved."), request.path)
    return _page(request, who, form=form)


@require_POST
@staff(P.MANAGE_STAFF)
def staff_file(request: StaffRequest, pk: int) -> HttpResponse:
    who = _find(request, pk)
    form = StaffForm(request.POST, instance=Staff.objects.filter(user=who).first() or Staff())
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in form.Meta.fields}
        changed = attempt(
            form,
            lambda: update_staff(
                person=who, skills=form.skills(), by=request.user, at=timezone.now(), **given
            ),
        )
        if changed is not None:
            return done(request, _("Staff file saved."), _address(who))
    return _page(request, who, staff_form=form)


@require_POST
@staff(P.MANAGE_STAFF)
def grant(request: StaffRequest, pk: int) -> HttpResponse:
    who = _find(request, pk)
    form = GrantForm(request.POST, by=request.user)
    if form.is_valid():
        wanted = form.role_at()
        made = attempt(
            form,
            lambda: verbs.assign_role(
                person=who, role=wanted.role, station=wanted.station, region=wanted.region,
                by=request.user, at=timezone.now(),
            ),
        )
        if made is not None:
            return done(request, _("Role given."), _address(who))
    return _page(request, who, grant_form=form)


@require_POST
@staff(P.MANAGE_STAFF)
def take_role(request: StaffRequest, pk: int, assignment: int) -> HttpResponse:
    who = _find(request, pk)
    held = get_object_or_404(
        Assignment.objects.select_related("role", "station", "region", "user"),
        pk=assignment, user=who,
    )
    verbs.remove_role(assignment=held, by=request.user, at=timezone.now())
    return done(request, _("Role taken away."), _address(who))


@never_cache
@require_POST
@staff(P.MANAGE_STAFF)
def new_password(request: StaffRequest, pk: int) -> HttpResponse:
    """The new password is shown once, on the answer of this very request."""
    opened = reset_password(person=_find(request, pk), by=request.user, at=timezone.now())
    return _slip(request, opened, again=True)


@require_POST
@staff(P.MANAGE_STAFF)
def closing(request: StaffRequest, pk: int) -> HttpResponse:
    who = verbs.deactivate(person=_find(request, pk), by=request.user, at=timezone.now())
    return done(request, _("%(name)s can no longer log in.") % {"name": who.name}, _address(who))


@require_POST
@staff(P.MANAGE_STAFF)
def reopening(request: StaffRequest, pk: int) -> HttpResponse:
    who = verbs.reactivate(person=_find(request, pk), by=request.user, at=timezone.now())
    return done(request, _("%(name)s can log in again.") % {"name": who.name}, _address(who))


@staff(P.MANAGE_STAFF)
def skills(request: StaffRequest) -> HttpResponse:
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: create_skill(
                name=form.cleaned_data["name"], by=request.user, at=timezone.now()
            ),
        )
        if made is not None:
            return done(request, _("Saved."), request.path)
    context = {"form": form, "skills": Skill.objects.order_by("pk")}
    return render(request, "accounts/skills.html", context, status=422 if form.errors else 200)


def _find(request: StaffRequest, pk: int) -> User:
    return get_object_or_404(User.objects.managed_by(request.user), pk=pk)


def _address(who: User) -> str:
    return f"/settings/people/{who.pk}/"


def _page(
    request: StaffRequest,
    who: User,
    *,
    form: PersonForm | None = None,
    staff_form: StaffForm | None = None,
    grant_form: GrantForm | None = None,
) -> HttpResponse:
    file = Staff.objects.filter(user=who).first() or Staff()
    held = who.assignments.select_related("role", "station", "region").order_by("pk")
    rows = [
        (one, may_grant(request.user, one.role, one.station, one.region)) for one in held
    ]
    used = [made for made in (form, staff_form, grant_form) if made is not None]
    context = {
        "who": who,
        "rows": rows,
        "manages": may_manage(request.user, who),
        "form": form or PersonForm(instance=copy(who)),
        "staff_form": staff_form or StaffForm(instance=file),
        "grant_form": grant_form or GrantForm(by=request.user),
    }
    status = max((status_of(made) for made in used if made.errors), default=200)
    status = 409 if any(getattr(made, "conflict", ()) for made in used) else status
    return render(request, "accounts/person.html", context, status=status)


def _slip(request: HttpRequest, opened: verbs.Opened, *, again: bool = False) -> HttpResponse:
    context = {"who": opened.user, "password": opened.password, "again": again}
    return render(request, "accounts/password_slip.html", context)
