"""The inbox of approvals: what waits for whom."""

from collections import defaultdict

from django.db.models import Q, QuerySet

from chejian.accounts.models import ApprovalRequest, User


def waiting_for(user: User) -> QuerySet[ApprovalRequest]:
    """Requests of others that ``user`` may decide about, oldest first."""
    return (
        ApprovalRequest.objects.filter(
            _may_decide(user), status=ApprovalRequest.Status.PENDING
        )
        .exclude(requested_by=user)
        .select_related("station", "requested_by")
        .order_by("requested_at", "pk")
    )


def asked_by(user: User, limit: int = 20) -> QuerySet[ApprovalRequest]:
    """The person's own requests, newest first."""
    return (
        ApprovalRequest.objects.filter(requested_by=user)
        .select_related("station", "decided_by")
        .order_by("-requested_at", "-pk")[:limit]
    )


def decided_by(user: User, limit: int = 20) -> QuerySet[ApprovalRequest]:
    """What the person has decided, newest first."""
    return (
        ApprovalRequest.objects.filter(decided_by=user)
        .select_related("station", "requested_by")
        .order_by("-decided_at", "-pk")[:limit]
    )


def _may_decide(user: User) -> Q:
    """Stations where the person holds the same permissions share one condition."""
    stations: dict[frozenset[str], list[int]] = defaultdict(list)
    for here in user.access.stations.values():
        stations[frozenset(here.permissions)].append(here.station_id)
    allowed = Q(pk=None)
    for codes, ids in stations.items():
        allowed |= Q(station_id__in=ids, permission__in=codes)
    return allowed
