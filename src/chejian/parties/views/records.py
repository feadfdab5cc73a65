"""One customer: his page, his data, his contacts, and the numbers behind the mask."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core import panels
from chejian.core.errors import Conflict, DomainError, NotPermitted
from chejian.core.fragments import render_block
from chejian.core.replay import is_known
from chejian.core.side_by_side import status_of
from chejian.core.versions import conflict_rows
from chejian.parties import queries, rules, services, words
from chejian.parties.formfields import add_refusals
from chejian.parties.forms import ContactForm, NumbersForm, PartyForm
from chejian.parties.models import Contact, Party, TagColour
from chejian.parties.services.sensitive import PHONE, may_reveal


def fetch_party(request: StaffRequest, pk: int, *permissions: str) -> Party:
    return fetch(Party.objects.visible_to(request.user), request.user, pk, *permissions)


@require_GET
@staff(P.VIEW_CUSTOMERS)
def party(request: StaffRequest, pk: int) -> HttpResponse:
    """The customer's page; one that was merged leads to the one that was kept."""
    found = fetch_party(request, pk)
    if found.merged_into_id is not None:
        messages.info(request, _("%(name)s was merged into this customer.") % {"name": found.name})
        return redirect("party", found.merged_into_id)
    return page(request, found)


def page(
    request: StaffRequest, found: Party, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The page of one customer, with ``extra`` for a form that was refused or a shown number."""
    user = request.user
    may_merge = user.can(P.MERGE_CUSTOMERS)
    queries.pin_ids(found)
    tags = queries.tags_of(found)
    context: dict[str, Any] = {
        "party": found,
        "contacts": contact_rows(found, user, whole=PHONE in extra.get("shown", {})),
        "panels": panels.panels("party", request, found),
        "duplicates": proposals(found) if may_merge else [],
        "reasons": words.REASONS,
        "sealed": [(name, words.label(name)) for name in rules.SEALED],
        "timeline": words.timeline(queries.happenings(found)),
        "contact_form": ContactForm(user=user, prefix="contact"),
        "numbers_form": NumbersForm(party=found, prefix="numbers"),
        "shown": {},
        "tagged": tags,
        "offered": queries.offered_tags(tags) if user.can(P.EDIT_CUSTOMERS) else [],
        "colours": TagColour.choices,
        "tag_url": reverse("party_tags", args=[found.pk]),
        "untag_url": lambda tag_id: reverse("party_untag", args=[found.pk, tag_id]),
        "merges": queries.merges_into(found, timezone.now()),
        "undo_url": lambda merge_id: reverse("unmerge_party", args=[found.pk, merge_id]),
        "can_edit": user.can(P.EDIT_CUSTOMERS),
        "can_merge": may_merge,
        "sees_phone": may_reveal(user, PHONE),
        "sees_numbers": may_reveal(user, "identity"),
        "sees_terms": user.can(P.SET_CREDIT),
    }
    return render(request, "parties/page.html", {**context, **extra}, status=status)


def contact_rows(
    found: Party, user: User, *, whole: bool = False, sent: ContactForm | None = None
) -> list[tuple[Contact, ContactForm]]:
    """The contacts with the form of each; ``sent`` is the one that was refused."""
    rows = found.contacts.order_by("-active", "pk")
    return [
        (
            one,
            sent if sent and sent.instance.pk == one.pk
            else ContactForm(
                instance=copy(one), user=user, whole=whole, prefix=f"contact{one.pk}"
            ),
        )
        for one in rows
    ]


def proposals(found: Party) -> list[queries.Duplicate]:
    return queries.possible_duplicates(name=found.name, phone=found.phone, exclude=found)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CUSTOMERS)
def new_party(request: StaffRequest) -> HttpResponse:
    """A new customer. Likely duplicates are shown first; a second submit makes him all the same."""
    form = PartyForm(request.POST or None, user=request.user)
    found: list[queries.Duplicate] = []
    if request.method == "POST" and form.is_valid():
        given = form.given()
        known = is_known(form.cleaned_data["key"])  # sent again: nobody else has this name
        found = [] if known else _unconfirmed(request, given)
        if not found:
            try:
                made = services.create_party(
                    **given, by=request.user, at=timezone.now(), key=form.cleaned_data["key"]
                )
            except DomainError as error:
                add_refusals(form, error)
            else:
                messages.success(request, _("%(name)s was created.") % {"name": made.name})
                return redirect("party", made.pk)
    context = {
        "form": form, "party": None, "duplicates": found, "reasons": words.REASONS,
        "conflict": [],
    }
    return render(request, "parties/form.html", context, status=422 if form.is_bound else 200)


def _unconfirmed(request: StaffRequest, given: dict[str, Any]) -> list[queries.Duplicate]:
    """Strong proposals that the person has not seen yet."""
    if request.POST.get("confirmed"):
        return []
    found = queries.possible_duplicates(name=given["name"], phone=given["phone"])
    return found if any(one.strong for one in found) else []


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CUSTOMERS)
def edit_party(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the data. When somebody else was quicker, both values are shown."""
    found = fetch_party(request, pk, P.EDIT_CUSTOMERS)
    form = PartyForm(request.POST or None, instance=copy(found), user=request.user)
    conflict: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        status = 422 if form.is_valid() else status_of(form)
        if form.is_valid():
            try:
                services.update_party(
                    party=found, version=form.cleaned_data["version"] or 0, by=request.user,
                    at=timezone.now(), **form.given(),
                )
            except Conflict as error:
                conflict, status = conflict_rows(error, Party), 409
                named = request.POST.copy()
                named["version"] = str(error.data["version"])
                form.data = named
            except DomainError as error:
                add_refusals(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("party", pk)
    elif not form.keeps_phone and found.phone:
        services.reveal(
            party=found, field=PHONE, by=request.user, at=timezone.now(),
            reason=_("Opened for editing"),
            station_id=request.station.station_id,
        )
    context = {
        "form": form, "party": found, "duplicates": [], "reasons": words.REASONS,
        "conflict": conflict,
    }
    return render(request, "parties/form.html", context, status=status)


@require_POST
@staff(P.EDIT_CUSTOMERS)
def contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a contact."""
    found = fetch_party(request, pk, P.EDIT_CUSTOMERS)
    form = ContactForm(request.POST, user=request.user, prefix="contact")
    if form.is_valid():
        services.add_contact(
            party=found, by=request.user, at=timezone.now(), **form.given()
        )
        messages.success(request, _("Saved."))
        return redirect("party", pk)
    return page(request, found, status=422, contact_form=form)


@require_POST
@staff(P.EDIT_CUSTOMERS)
def contact(request: StaffRequest, pk: int, contact_id: int) -> HttpResponse:
    """Change a contact, or (``active=0``, ``active=1``) take it out of use and back."""
    found = fetch_party(request, pk, P.EDIT_CUSTOMERS)
    person = get_object_or_404(Contact, pk=contact_id, party=found)
    if "active" in request.POST:
        given: dict[str, Any] = {"active": request.POST["active"] == "1"}
    else:
        form = ContactForm(
            request.POST, instance=copy(person), user=request.user, prefix=f"contact{contact_id}"
        )
        if not form.is_valid():
            rows = contact_rows(found, request.user, sent=form)
            return page(request, found, status=status_of(form), contacts=rows)
        given = form.given()
    services.update_contact(contact=person, by=request.user, at=timezone.now(), **given)
    messages.success(request, _("Saved."))
    return redirect("party", pk)


@require_POST
@staff(P.VIEW_CUSTOMERS)
def disclosures(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a number whole, and log who saw it. HTMX gets the one line, a plain form the page."""
    found = fetch_party(request, pk)
    field = request.POST.get("field", "")
    if field != PHONE and field not in rules.SEALED:
        raise Http404
    text = services.reveal(
        party=found, field=field, by=request.user, at=timezone.now(),
        reason=request.POST.get("reason", ""), station_id=request.station.station_id,
    )
    if not request.headers.get("HX-Request"):
        return page(request, found, shown={field: text})
    context = {
        "party": found, "shown": {field: text}, "name": field,
        "sees_phone": True, "sees_numbers": True,
        "contacts": contact_rows(found, request.user, whole=field == PHONE),
        "can_edit": request.user.can(P.EDIT_CUSTOMERS),
    }
    block = "phones" if field == PHONE else "number"
    return render_block(request, "parties/page.html", block, context)


@require_POST
@staff(P.SEE_IDENTITY)
def numbers(request: StaffRequest, pk: int) -> HttpResponse:
    """Store identity, bank account and tax number encrypted."""
    found = fetch_party(request, pk, P.SEE_IDENTITY)
    if not request.user.can(P.EDIT_CUSTOMERS):
        raise NotPermitted(_("You do not have the permission for this."))
    form = NumbersForm(request.POST, party=found, prefix="numbers")
    if form.is_valid():
        try:
            services.seal_numbers(
                party=found, by=request.user, at=timezone.now(), **form.given()
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("party", pk)
    return page(request, found, status=422, numbers_form=form)
