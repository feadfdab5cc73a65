"""Roles × permissions: the matrix, and one role alone with its history (also for phones)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chejian.accounts.forms.refusals import attempt
from chejian.accounts.forms.roles import MatrixForm, RoleNameForm
from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import Role
from chejian.accounts.permissions import P
from chejian.accounts.queries.roles import permission_groups, role_history
from chejian.accounts.services.roles import fingerprint, rename_role, set_matrix
from chejian.core.answers import done


@staff(P.MANAGE_ROLES)
def roles(request: StaffRequest) -> HttpResponse:
    return _matrix(request, list(Role.objects.order_by("pk")), None)


@staff(P.MANAGE_ROLES)
def role(request: StaffRequest, code: str) -> HttpResponse:
    chosen = get_object_or_404(Role, code=code)
    return _matrix(request, [chosen], chosen)


def _matrix(request: StaffRequest, shown: list[Role], alone: Role | None) -> HttpResponse:
    """The same form for all roles and for one; saving stays on the page it came from."""
    seen = fingerprint(Role.objects.all())
    form = MatrixForm(request.POST or None, roles=shown, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: set_matrix(
                rights=form.rights(), by=request.user, at=timezone.now(),
                seen=form.cleaned_data["seen"],
            ),
        )
        if changed is not None:
            names = "、".join(role.name for role in changed)
            text = _("Saved: %(names)s.") % {"names": names} if names else _("Nothing changed.")
            return done(request, text, request.path)
    context = {
        "form": form, "roles": shown, "groups": permission_groups(), "seen": seen,
        "history": role_history(role=alone), "role": alone,
        "rename": RoleNameForm(initial={"name": alone.name if alone else ""}),
    }
    template = "accounts/role.html" if alone else "accounts/roles.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@staff(P.MANAGE_ROLES)
def role_name(request: StaffRequest, code: str) -> HttpResponse:
    chosen = get_object_or_404(Role, code=code)
    form = RoleNameForm(request.POST)
    if form.is_valid():
        rename_role(
            role=chosen, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
        )
    return done(request, _("Saved."), reverse("role", args=[code]))
