"""The customer's answer, and asking for a discount above the own limit."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.intake import take_signature
from chejian.core.models import StoredFile
from chejian.core.replay import new_key
from chejian.workorders import services
from chejian.workorders.forms import ApprovalForm
from chejian.workorders.models import WorkOrder
from chejian.workorders.panels import job_sums
from chejian.workorders.queries.sheet import load_sheet
from chejian.workorders.views.answering import asked, find_line, find_order


@require_http_methods(["GET", "POST"])
@staff(P.AUTHORISE)
def approvals(request: StaffRequest, pk: int) -> HttpResponse:
    """Each waiting job with yes, no or no answer yet."""
    order = find_order(request, pk, P.AUTHORISE)
    form = _ApprovalWithKey(
        request.POST or None, initial={"given_by": order.contact_name, "key": new_key()}
    )
    jobs = list(order.jobs.filter(status="proposed"))
    sums = {}
    if request.method != "POST" or not form.is_valid():
        sheet = load_sheet(order, order.opened_at, whole=False)
        sums = job_sums(sheet)

    def verb(values: dict[str, Any], at: datetime) -> object:
        drawn = request.POST.get("signature_image", "")
        signature = stored_signature(request, order, drawn) if drawn else None
        if signature is not None:
            values["channel"] = "signature"
        return services.authorise(order=order, answers=_answers(request), signature=signature,
                                  by=request.user, at=at, **values)

    return asked(request, order, form=form, verb=verb, title=_("Approval of the customer"),
                 deed=_("Record"), text=_("Approval recorded"), jobs=jobs,
                 job_sums=sums or job_sums(load_sheet(order, order.opened_at, whole=False)),
                 fields_template="workorders/forms/_approval.html")


class _ApprovalWithKey(ApprovalForm):
    key = forms.UUIDField(widget=forms.HiddenInput)


def _answers(request: StaffRequest) -> dict[int, bool]:
    """What was ticked: an empty answer leaves the job waiting."""
    found = {}
    for name, value in request.POST.items():
        number = name.removeprefix("job_")
        if name.startswith("job_") and number.isdecimal() and value in ("yes", "no"):
            found[int(number)] = value == "yes"
    return found


def stored_signature(request: StaffRequest, order: WorkOrder, drawn: str) -> StoredFile:
    """Check and keep a drawn signature. Raises UnsafeUpload."""
    taken = take_signature(drawn)
    return StoredFile.objects.create(
        sha256=taken.sha256, kind=taken.kind, content_type=taken.content_type, size=taken.size,
        width=taken.width, height=taken.height, station_id=order.station_id,
        uploaded_by_id=request.user.pk,
    )


class DiscountRequestForm(forms.Form):
    amount = forms.DecimalField(label=gettext_lazy("Discount"), min_value=0, max_digits=12,
                                decimal_places=2)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_ORDER)
def discount_requests(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Ask whoever may approve for a discount of one line above the own limit."""
    order = find_order(request, pk, P.EDIT_ORDER)
    line = find_line(order, key)
    return asked(
        request, order, form=DiscountRequestForm(request.POST or None),
        title=_("Ask for a discount: %(name)s") % {"name": line.name}, deed=_("Ask"),
        text=_("Asked for approval"),
        verb=lambda values, at: services.ask_discount(order=order, line=line, by=request.user,
                                                      at=at, **values),
    )
