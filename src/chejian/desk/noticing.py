"""What waits for one person: approvals, answers to his own requests, late cars, parts, rework."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chejian.accounts.access import StationAccess
from chejian.accounts.models import ApprovalRequest, User
from chejian.accounts.permissions import P
from chejian.accounts.queries.approvals import waiting_for
from chejian.core.errors import Text
from chejian.core.formats import duration, money
from chejian.desk.home import mine, open_orders
from chejian.workorders.queries import jobs_of, open_requests

ANSWERS_FOR = timedelta(days=3)
MOST = 30


@dataclass(frozen=True)
class Notice:
    """One line: look (tone, icon), what it is about, what to do, since when."""

    tone: str
    icon: str
    title: Text
    text: str
    url: str
    verb: Text
    at: datetime | None = None
    plate: str = ""
    plate_kind: str = ""


def notices(user: User, here: StationAccess, now: datetime) -> list[Notice]:
    """The gravest first: what others wait for, then what is late, then what came back."""
    found = _approvals(user)
    found += _late(user, here, now)
    if P.WORK in here.permissions:
        found += _rework(user, here)
    if P.ISSUE_PARTS in here.permissions:
        found += _requests(here)
    return found + _answers(user, now)


def _approvals(user: User) -> list[Notice]:
    return [
        Notice("violet", "message", _("Approval: %(label)s") % {"label": asked.label},
               " · ".join(filter(None, [asked.requested_by.name, _amount(asked), asked.reason])),
               reverse("approvals"), _("Decide"), asked.requested_at)
        for asked in waiting_for(user)[:MOST]
    ]


def _amount(asked: ApprovalRequest) -> str:
    return f"¥{money(asked.amount)}" if asked.amount else ""


def _late(user: User, here: StationAccess, now: datetime) -> list[Notice]:
    rows = (
        open_orders(user, here.station_id).filter(mine(user, here), promised_at__lt=now)
        .distinct().order_by("promised_at")[:MOST]
    )
    return [
        Notice("red", "clock",
               _("Late by %(time)s") % {"time": duration(_seconds(now, order.promised_at))},
               f"{order.customer.name} · {order.vehicle.car_name} · {order.get_status_display()}",
               reverse("order", args=[order.pk]), _("Open"), order.promised_at, order.plate,
               order.plate_kind)
        for order in rows
    ]


def _seconds(now: datetime, promised: datetime | None) -> int:
    return int((now - promised).total_seconds()) if promised else 0


def _rework(user: User, here: StationAccess) -> list[Notice]:
    jobs = jobs_of(user, [here.station_id]).filter(rework=True)[:MOST]
    return [
        Notice("red", "refresh", _("Rework: %(job)s") % {"job": job.name},
               job.order.vehicle.car_name, reverse("job", args=[job.pk]), _("Open"), None,
               job.order.plate, job.order.plate_kind)
        for job in jobs
    ]


def _requests(here: StationAccess) -> list[Notice]:
    rows = open_requests([here.station_id])
    count = rows.values("line__order").order_by().distinct().count()
    if not count:
        return []
    first = rows.order_by("id").values_list("requested_at", flat=True).first()
    words = ngettext("%(num)s order waits for parts", "%(num)s orders wait for parts", count)
    return [Notice("amber", "box", words % {"num": count}, "", reverse("stores"),
                   _("Issue parts"), first)]


def _answers(user: User, now: datetime) -> list[Notice]:
    asked = ApprovalRequest.objects.filter(
        requested_by=user, decided_at__gte=now - ANSWERS_FOR
    ).select_related("decided_by").order_by("-decided_at")[:MOST]
    return [
        Notice("red" if one.status == ApprovalRequest.Status.DECLINED else "green",
               "x" if one.status == ApprovalRequest.Status.DECLINED else "check",
               (_("Declined: %(label)s") if one.status == ApprovalRequest.Status.DECLINED
                else _("Approved: %(label)s")) % {"label": one.label},
               " · ".join(filter(None, [one.decided_by.name if one.decided_by else "",
                                        _amount(one), one.answer])),
               one.data.get("url") or reverse("approvals"), _("Open"), one.decided_at)
        for one in asked
    ]
