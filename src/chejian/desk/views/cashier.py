"""结算收款: the counter where bills are settled and money is taken."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.billing.forms import CorrectionForm
from chejian.billing.models import Method
from chejian.billing.services.correction import correctable
from chejian.core.replay import new_key
from chejian.desk import cashier as desk
from chejian.workorders.models import WorkOrder


@require_GET
@staff(P.SETTLE, P.COLLECT)
def cashier(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The queue of a tab and the order chosen from it; the first of the queue if none is."""
    user, station = request.user, request.station.station_id
    tab = request.GET.get("tab", "")
    chosen = None
    if pk is None and request.station.permissions.isdisjoint((P.SETTLE, P.COLLECT)):
        raise PermissionDenied
    if pk is not None:
        chosen = fetch(
            WorkOrder.objects.visible_to(user).select_related(
                "customer", "vehicle", "station", "repair_type", "adviser"
            ),
            user, pk, P.SETTLE, P.COLLECT,
        )
        station = chosen.station_id
        tab = tab or _tab_of(chosen)
    tab = tab if tab in desk.TABS else "settle"
    waiting = list(desk.queue(user, station, tab)[:60])
    counts = desk.counts(user, station)
    context = {
        "tab": tab,
        "tabs": _tabs(tab, counts),
        "waiting": waiting,
        "counter": desk.at_counter(chosen, user) if chosen else None,
        "methods": _methods(),
        "method_choices": Method.choices,
        "key": new_key(),
        "taken": desk.taken_today(user, station),
        "may_collect": chosen is not None and user.can_at(P.COLLECT, chosen.station_id),
        "may_settle": chosen is not None and user.can_at(P.SETTLE, chosen.station_id),
        "may_reverse": chosen is not None
        and user.can_at(P.REVERSE_SETTLEMENT, chosen.station_id),
        "correction": CorrectionForm(order=chosen) if chosen is not None
        and user.can_at(P.REVERSE_SETTLEMENT, chosen.station_id) and correctable(chosen) else None,
        "may_refund": chosen is not None and user.can_at(P.APPROVE_REFUND, chosen.station_id),
    }
    return render(request, "desk/cashier.html", context)


def _tab_of(order: WorkOrder) -> str:
    if order.status == WorkOrder.Status.COMPLETED:
        return "settle"
    return "collect" if order.status in ("settled", "delivered", "closed") else "deposit"


def _tabs(tab: str, counts: dict[str, int]) -> list[dict[str, object]]:
    words = {
        "settle": _("To settle"),
        "collect": _("To collect"),
        "deposit": _("In the shop"),
    }
    return [
        {"label": words[name], "url": f"{reverse('cashier')}?tab={name}", "active": name == tab,
         "count": counts[name]}
        for name in desk.TABS
    ]


def _methods() -> list[dict[str, str]]:
    icons = {"cash": "cash", "wechat": "wechat", "alipay": "alipay", "bank_card": "card",
             "transfer": "swap"}
    return [
        {"code": method.value, "label": str(method.label), "icon": icons[method.value],
         "kbd": str(number)}
        for number, method in enumerate(Method, start=1)
    ]
