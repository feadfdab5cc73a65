"""The audit log: who did what, and who was shown which personal data."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.accounts.queries import audit as logs
from chejian.core.event_words import event_words
from chejian.core.keyset import page
from chejian.core.models import Event


@require_GET
@staff(P.VIEW_AUDIT)
def audit(request: StaffRequest) -> HttpResponse:
    """Newest first, filtered by person and day, paged by key."""
    looks = request.GET.get("log") == "looks"
    who, day = request.GET.get("who", ""), _day(request.GET.get("day", ""))
    actor = int(who) if who.isdecimal() else None
    people = User.objects.visible_to(request.user).order_by("name_key", "pk")
    context = {
        "looks": looks,
        "field_words": FIELD_WORDS,
        "people": [("", ""), *((one.pk, one.name) for one in people)],
        "day": day,
        "stations": dict(Station.objects.values_list("pk", "name")),
    }
    if looks:
        looked = logs.unmaskings(request.user, actor=actor, day=day)
        shown = page(looked, request.GET, sorts=BY_ID, default="-id")
        return render(request, "accounts/audit.html", {**context, "page": shown})
    events = logs.events(request.user, actor=actor, day=day)
    found = page(events, request.GET, sorts=BY_ID, default="-id")
    rows = [(event, event_words(event.kind), _about(event)) for event in found.rows]
    return render(request, "accounts/audit.html", {**context, "page": found, "rows": rows})


#: what can be unmasked, by the name under which the verb was told
FIELD_WORDS = {
    "phone": _("phone number"),
    "identity": _("identity number"),
    "bank_account": _("bank account"),
    "tax_number": _("tax number"),
}
BY_ID = {"id": "id"}


def _about(event: Event) -> str:
    """What it happened to, in the words that the event itself carries."""
    said = event.data
    main = said.get("number") or said.get("label") or said.get("name") or ""
    more = said.get("role") or said.get("reason") or ""
    return " · ".join(str(part) for part in (main, more) if part)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
