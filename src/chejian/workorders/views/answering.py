"""What every view of an order's verbs shares: finding the order, answering a change."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.guards import StaffRequest
from chejian.core.answers import done
from chejian.core.documents import link_to
from chejian.core.errors import Conflict, DomainError, NotPermitted, Refusal, Text
from chejian.core.fragments import render_block
from chejian.core.side_by_side import status_of
from chejian.workorders import panels as cockpit
from chejian.workorders.errors import BadValue
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from chejian.workorders.queries.seen import HEAD, seen_order
from chejian.workorders.queries.sheet import head_rows

FORM = "workorders/forms/page.html"


def find_order(request: StaffRequest, pk: int, *permissions: str) -> WorkOrder:
    """The visible order with its head, or 404; then 403 without any of ``permissions``."""
    return seen_order(request.user, pk, *permissions, related=HEAD)


def find_job(order: WorkOrder, pk: int) -> JobLine:
    job = order.jobs.filter(pk=pk).first()
    if job is None:
        raise Http404
    job.order = order
    return job


def find_part(order: WorkOrder, pk: int) -> PartLine:
    line = order.part_lines.filter(pk=pk).select_related("job").first()
    if line is None:
        raise Http404
    line.order = line.job.order = order
    return line


def find_line(order: WorkOrder, key: str) -> JobLine | PartLine:
    """j12 is a job, p34 a part line."""
    kind, number = key[:1], key[1:]
    if not number.isdecimal() or kind not in ("j", "p"):
        raise Http404
    return find_job(order, int(number)) if kind == "j" else find_part(order, int(number))


def back_to(order: WorkOrder) -> str:
    return link_to(order.number) or "/"


def changed(
    request: StaffRequest, order: WorkOrder, text: Text = "", *, also: Sequence[str] = ()
) -> HttpResponse:
    """After a verb: every panel as it is now for a script, else back to the order's page.

    ``also`` names further templates to be made anew, such as the row that was just used.
    """
    script = request.htmx or request.headers.get("X-Requested-With")
    if not script:
        return done(request, text or _("Saved"), back_to(order))
    response = all_panels(request, order, also)
    response["HX-Reswap"] = "none"
    triggers: dict[str, Any] = {"dialog:close": True}
    if text:
        triggers["toast"] = {"text": str(text)}
    response["HX-Trigger"] = json_header(triggers)
    return response


def json_header(value: dict[str, Any]) -> str:
    """JSON in ASCII, as a header must be."""
    return JsonResponse(value).content.decode()


def all_panels(
    request: StaffRequest, order: WorkOrder, also: Sequence[str] = ()
) -> HttpResponse:
    """All panels, each to replace its namesake; 204 when the person may no longer see the order."""
    rows = head_rows(WorkOrder.objects.visible_to(request.user))
    fresh = rows.filter(pk=order.pk).first()
    if fresh is None:
        return HttpResponse(status=204)
    context = cockpit.panels(fresh, request.user) | {"oob": True}
    context["names"] = (*cockpit.NAMES, *also)
    return HttpResponse(loader.render_to_string("workorders/panels/all.html", context, request))


def form_page(
    request: StaffRequest,
    order: WorkOrder,
    *,
    form: forms.BaseForm,
    title: Text,
    deed: Text,
    status: int = 200,
    refusals: Sequence[Refusal] = (),
    **context: Any,
) -> HttpResponse:
    """A form about the order: whole page, or its body for the dialog."""
    whole = {
        "order": order, "form": form, "title": title, "deed": deed, "refusals": refusals,
        "action": request.path, "back": back_to(order), "key": "", "fields_template": "",
        "danger": False, **context,
    }
    if request.htmx:
        return render_block(request, FORM, "body", whole, status=status)
    return render(request, FORM, whole, status=status)


def asked(
    request: StaffRequest,
    order: WorkOrder,
    *,
    form: forms.BaseForm,
    verb: Callable[[dict[str, Any], datetime], object],
    title: Text,
    deed: Text,
    text: Text = "",
    **context: Any,
) -> HttpResponse:
    """Show the form, or bind it, call the verb once, and put its refusals on the form."""
    if request.method != "POST" or not form.is_valid():
        status = 200 if request.method != "POST" else status_of(form)
        return form_page(request, order, form=form, title=title, deed=deed, status=status,
                         **context)
    try:
        verb(form.cleaned_data, timezone.now())
    except NotPermitted:
        raise
    except DomainError as error:
        return form_page(request, order, form=form, title=title, deed=deed,
                         status=409 if isinstance(error, Conflict) else 422,
                         refusals=put_on(form, error), **context)
    return changed(request, order, text)


def put_on(form: forms.BaseForm, error: DomainError) -> list[Refusal]:
    """Each refusal at its field; what has none here is returned."""
    rest = []
    for refusal in error.refusals:
        if refusal.field and refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal.message))
        else:
            rest.append(refusal)
    return rest


def number(text: str, field: str) -> Decimal:
    """A typed number: full width, thousands and ¥ are understood. Raises BadValue."""
    plain = text.strip().replace(",", "").replace("，", "").replace("¥", "").replace("￥", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal("1e9"):
        raise BadValue(_("“%(text)s” is not a number.") % {"text": text}, field=field)
    return value


def share(text: str) -> Decimal:
    """A typed percentage as a rate: 33.33 is 0.3333."""
    return (number(text, "shares") / 100).quantize(Decimal("0.0001"))
