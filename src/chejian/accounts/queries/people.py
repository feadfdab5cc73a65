"""Finding people: by login, by what they may do at a station, and for the list of staff."""

from django.db.models import Q, QuerySet

from chejian.accounts.models import Assignment, User
from chejian.core.text import code_key, fold


def person_called(login: str) -> User | None:
    """Whoever has that user name or phone, however it was typed (full width, +86, spaces)."""
    name = fold(login).lower()
    phone = code_key(login).removeprefix("+").removeprefix("00")
    if len(phone) == 13:
        phone = phone.removeprefix("86")
    by_phone = Q(phone=phone) if phone else Q()
    return User.objects.filter(Q(username=name) | by_phone).first()


def people_with(code: str, station_id: int) -> QuerySet[User]:
    """Active people whose role holds the permission ``code`` at the station, sorted by name."""
    here = (
        Q(assignments__station=station_id)
        | Q(assignments__region__stations=station_id)
        | Q(assignments__station=None, assignments__region=None, assignments__isnull=False)
    )
    return (
        User.objects.filter(
            here, assignments__role__permissions__contains=[str(code)], is_active=True
        )
        .distinct()
        .order_by("name_key", "pk")
    )


def narrowed_by_words(rows: QuerySet[User], search: str) -> QuerySet[User]:
    """Those whose name, pinyin, phone, number or job holds every word."""
    for word in fold(search).lower().split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(username__icontains=word)
            | Q(phone__contains=word)
            | Q(staff__number__icontains=word)
            | Q(staff__job__icontains=word)
            | Q(name_key__startswith=word)
        )
    return rows


def demo_people() -> list[tuple[User, str]]:
    """One person per role, with the role's name, for the login page of a demo."""
    shown: dict[int, tuple[User, str]] = {}
    seen: set[int] = set()
    held = Assignment.objects.filter(user__is_active=True).select_related("user", "role")
    for one in held.order_by("role_id", "pk"):
        if one.role_id not in seen and one.user_id not in shown:
            seen.add(one.role_id)
            shown[one.user_id] = (one.user, one.role.name)
    return list(shown.values())


def roles_by_place(user: User) -> list[tuple[str, list[str]]]:
    """The person's stations with the names of his roles there."""
    return [(here.name, here.role_names) for here in user.access.stations.values()]
