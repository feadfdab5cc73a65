"""Customers over the API."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.guards import fetch
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.answering import answer
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area, act
from chejian.api.paging import page_of
from chejian.api.schemas.customers import (
    ContactChange,
    ContactOut,
    CustomerOut,
    CustomerPage,
    CustomerPatch,
    CustomerQuery,
    Disclosed,
    Disclosure,
    NewContact,
    NewCustomer,
    SealedNumbers,
)
from chejian.api.versions import edit, replace, stamped, version_of
from chejian.core.errors import NotPermitted
from chejian.core.formats import masked_phone
from chejian.parties import queries, services
from chejian.parties.models import Contact, Party, PartyQuerySet, Tag

area = Area.of("customers", _("Customers"), Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE)
ROW = {
    name: name for name in (
        "id", "kind", "name", "phone", "legacy_number", "is_customer", "is_supplier",
        "is_insurer", "is_maker", "price_level", "member_tier", "credit_limit",
        "credit_term_days", "version", "created_at",
    )
}
WHOLE = ROW | {name: name for name in ("uscc", "address", "remarks", "merged_into_id")}
CONTACT = ("id", "name", "phone", "job", "active")
TAG = ("id", "name", "colour", "active")


def rows_of(request: ApiRequest) -> PartyQuerySet:
    return Party.objects.visible_to(request.user)


def find(request: ApiRequest, pk: int, *permissions: str) -> Party:
    return fetch(rows_of(request), request.user, pk, *permissions)


def shown(pk: int) -> dict[str, Any]:
    """One customer with the people to call, phones masked, and its tags: three statements."""
    row = Party.objects.filter(pk=pk).values_list(*WHOLE.values()).get()
    found = dict(zip(WHOLE, row, strict=True))
    found["phone"] = masked_phone(found["phone"])
    contacts = Contact.objects.filter(party_id=pk).order_by("-active", "pk").values(*CONTACT)
    found["contacts"] = [_masked(one) for one in contacts]
    found["tags"] = list(Tag.objects.filter(parties__party_id=pk).values(*TAG))
    return found


def _masked(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The digest is that of the whole number: another one that looks the same is another one."""
    whole = stamped(contact)
    return {**whole, "phone": masked_phone(whole["phone"])}


def _contact(pk: int) -> dict[str, Any]:
    return _masked(Contact.objects.filter(pk=pk).values(*CONTACT).get())


@area.get("/customers", CustomerPage, _("List customers"), P.VIEW_CUSTOMERS)
def list_customers(request: ApiRequest, query: Query[CustomerQuery]) -> dict[str, Any]:
    """Newest first. ``q`` finds by name, pinyin, phone, old number, plate or VIN."""
    rows = rows_of(request).live()
    if query.role:
        rows = rows.filter(**{f"is_{query.role}": True})
    if query.tag_id is not None:
        rows = rows.filter(tags__tag_id=query.tag_id)
    items, following = page_of(queries.matching(rows, query.q).rows, query, ROW)
    for item in items:
        item["phone"] = masked_phone(item["phone"])
    return {"items": items, "next": following}


@area.get("/customers/{customer_id}", CustomerOut, _("One customer"), P.VIEW_CUSTOMERS,
          tagged=True)
def get_customer(request: ApiRequest, customer_id: Id) -> dict[str, Any]:
    """With the people to call. Phones are masked."""
    return shown(find(request, customer_id).pk)


@area.post("/customers", CustomerOut, _("Create a customer"), P.EDIT_CUSTOMERS, tagged=True)
def create_customer(request: ApiRequest, body: NewCustomer) -> HttpResponse:
    """Duplicates are not refused: search before."""
    given = body.model_dump()
    return act(request, lambda at: services.create_party(**given, by=request.user, at=at), shown)


@area.patch("/customers/{customer_id}", CustomerOut, _("Change a customer"), P.EDIT_CUSTOMERS)
def update_customer(request: ApiRequest, customer_id: Id, body: CustomerPatch) -> HttpResponse:
    """What is left out stays. Price level and credit need a permission of their own."""
    party = find(request, customer_id, P.EDIT_CUSTOMERS)
    version = version_of(request, party.version)
    return edit(
        lambda: services.update_party(party=party, version=version, by=request.user,
                                      at=timezone.now(), **body.given()),
        lambda: shown(party.pk),
    )


@area.post("/customers/{customer_id}/contacts", ContactOut, _("Add a contact"), P.EDIT_CUSTOMERS,
           tagged=True)
def create_contact(request: ApiRequest, customer_id: Id, body: NewContact) -> HttpResponse:
    """Another person to call at the customer's."""
    party = find(request, customer_id, P.EDIT_CUSTOMERS)
    given = body.model_dump()
    return act(
        request, lambda at: services.add_contact(party=party, by=request.user, at=at, **given),
        _contact,
    )


@area.put("/customers/{customer_id}/contacts/{contact_id}", ContactOut, _("Change a contact"),
          P.EDIT_CUSTOMERS)
def update_contact(
    request: ApiRequest, customer_id: Id, contact_id: Id, body: ContactChange
) -> HttpResponse:
    """Name, phone and job; ``active`` says whether he is still called."""
    party = find(request, customer_id, P.EDIT_CUSTOMERS)
    contact = get_object_or_404(Contact, pk=contact_id, party=party)
    given = body.model_dump(exclude_none=True)
    return replace(
        request, Party.objects.filter(pk=party.pk), lambda: _contact(contact.pk),
        lambda: services.update_contact(contact=contact, by=request.user, at=timezone.now(),
                                        **given),
    )


@area.post("/customers/{customer_id}/disclosures", Disclosed, _("Show a number whole"),
           P.VIEW_CUSTOMERS, keyed=False)
def disclose_number(request: ApiRequest, customer_id: Id, body: Disclosure) -> HttpResponse:
    """Each look is logged with its reason (PIPL art. 51)."""
    party = find(request, customer_id)
    text = services.reveal(
        party=party, field=body.field, by=request.user, at=timezone.now(), reason=body.reason
    )
    return answer({"field": body.field, "text": text}, 201)


@area.put("/customers/{customer_id}/numbers", CustomerOut, _("Keep numbers encrypted"),
          P.SEE_IDENTITY, tagged=True, match="")
def seal_numbers(request: ApiRequest, customer_id: Id, body: SealedNumbers) -> HttpResponse:
    """Identity card, bank account, tax number; they are shown again by a disclosure only."""
    party = find(request, customer_id, P.SEE_IDENTITY)
    if not request.user.can(P.EDIT_CUSTOMERS):
        raise NotPermitted(_("You do not have the permission for this."))
    given = body.model_dump(exclude_none=True)
    if given:
        services.seal_numbers(party=party, by=request.user, at=timezone.now(), **given)
    return answer(shown(party.pk))
