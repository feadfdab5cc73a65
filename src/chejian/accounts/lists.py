"""The lists of people and of the audit log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup, escape

from chejian.accounts.models import Assignment, Role, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.queries import audit as logs
from chejian.accounts.queries.people import narrowed_by_words
from chejian.core.event_words import event_words, known_events
from chejian.core.formats import spaced_phone
from chejian.core.lists.marks import badge, link
from chejian.core.lists.spec import Choices, Column, Kind, ListSpec, Rows, Tab, Viewer

#: what can be unmasked, by the name under which the verb was told
FIELD_WORDS: dict[str, Promise] = {
    "phone": _("phone number"),
    "identity": _("identity number"),
    "bank_account": _("bank account"),
    "tax_number": _("tax number"),
}


def stations(code: str) -> "Stations":
    return Stations(code)


class Stations:
    """The stations where the person holds a permission, as choices."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __call__(self, viewer: Viewer) -> Choices:
        access = viewer.user.access
        return [(pk, access.stations[pk].name) for pk in access.stations_with(self._code)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stations) and other._code == self._code

    def __hash__(self) -> int:
        return hash(self._code)


# --- people ------------------------------------------------------------------------------------


def _people(viewer: Viewer) -> Rows:
    """Whoever ``managed_by`` gives, each once: by his id, so that any order can be sorted."""
    return User.objects.filter(pk__in=User.objects.managed_by(viewer.user).order_by().values("pk"))


def _find_person(rows: Rows, words: str) -> tuple[Rows, bool]:
    return narrowed_by_words(rows, words), False


def _person(name: str, pk: int, waits: bool, service: bool, active: bool) -> str:
    mark: str = ""
    if service:
        mark = badge(_now("Service account"), "blue", "key")
    elif waits and active:
        mark = badge(_now("has not logged in yet"), "grey", "circle")
    return Markup('<a class="bold" href="/settings/people/{}/">{}</a> {}').format(pk, name, mark)


def roles_of(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, str]:
    """Each person's roles with their places, in one statement."""
    everywhere = _now("everywhere")
    found: dict[int, list[str]] = defaultdict(list)
    rows = Assignment.objects.filter(user_id__in=ids).order_by("pk")
    for user_id, role, station, region in rows.values_list(
        "user_id", "role__name", "station__name", "region__name"
    ):
        found[user_id].append(
            Markup('<span class="nowrap">{} <span class="muted">{}</span></span>').format(
                role, station or region or everywhere
            )
        )
    return {pk: Markup(",").join(held) for pk, held in found.items()}


def _with_role(condition: Q) -> Q:
    return Q(Exists(Assignment.objects.filter(condition, user=OuterRef("pk"))))


def _roles(viewer: Viewer) -> Choices:
    return list(Role.objects.order_by("pk").values_list("pk", "name"))


PEOPLE = ListSpec(
    name="people", title=_("People"), address="people", permissions=(P.MANAGE_STAFF,),
    rows=_people, local=False,
    columns=(
        Column("name", pgettext_lazy("of a person", "Name"), path="name", wide=True,
               more=("pk", "must_change_password", "is_service", "is_active"), show=_person,
               plain=lambda name, *more: name, sort="name_key", indexed=True),
        Column("username", _("User name"), Kind.CODE, "username"),
        Column("phone", _("Mobile phone"), path="phone", show=spaced_phone, nullable=True),
        Column("number", _("Staff number"), Kind.CODE, "staff__number", nullable=True),
        Column("job", _("Job"), path="staff__job", nullable=True),
        Column("roles", _("Roles"), cells=roles_of, cls="wrap-text"),
        Column("role", _("Role"), Kind.CHOICE, "name", filter="role_id", choices=_roles,
               through=_with_role, only_asked=True),
        Column("station", _("Station"), Kind.CHOICE, "name", filter="station_id",
               choices=stations(P.MANAGE_STAFF), through=_with_role, only_asked=True),
        Column("hired", _("Hired on"), Kind.DATE, "staff__hired_on", nullable=True, hidden=True),
        Column("created", _("Account opened"), Kind.MOMENT, "created_at", hidden=True),
    ),
    sort="name", named_by="name", tab_key="part",
    tabs=(
        Tab("active", _("Active"), Q(is_active=True)),
        Tab("closed", _("Closed accounts"), Q(is_active=False)),
    ),
    search=_find_person, search_label=_("Name, pinyin, phone, number"),
    empty=(_("No colleagues yet"), _("Open an account for everybody who works with you.")),
)


# --- the log -----------------------------------------------------------------------------------


def _events(viewer: Viewer) -> Rows:
    return logs.events(viewer.user)


def colleagues(viewer: Viewer) -> Choices:
    rows = User.objects.visible_to(viewer.user).order_by("name_key", "pk")
    return [(pk, name) for pk, name, _key in rows.values_list("pk", "name", "name_key")]


def _station_names(viewer: Viewer) -> Choices:
    return list(Station.objects.order_by("pk").values_list("pk", "name"))


#: pages of what an event is about, by the model's label: higher floors are known by name alone
PLACES: dict[str, tuple[str, Promise, str]] = {
    "workorders.WorkOrder": ("/work-orders/{}/", _("Work order"), P.VIEW_ORDERS),
    "parties.Party": ("/customers/{}/", _("Customer"), P.VIEW_CUSTOMERS),
    "vehicles.Vehicle": ("/vehicles/{}/", _("Vehicle"), P.VIEW_CUSTOMERS),
    "catalog.Part": ("/parts/{}/", _("Part"), P.VIEW_CATALOG),
}
OF_A_STATION = frozenset({P.VIEW_ORDERS})


def _opens(viewer: Viewer) -> Case:
    """Whether the person may open the page of what the event is about."""
    access, ways = viewer.user.access, []
    for model, (_address, _kind, code) in PLACES.items():
        stations = access.stations_with(code)
        if not stations:
            continue
        there = {"station_id__in": list(stations)} if code in OF_A_STATION else {}
        ways.append(When(subject_type=model, **there, then=True))
    return Case(*ways, default=False)


def _words(said: dict[str, object]) -> str:
    """What it happened to, in the words that the event itself carries; codes are no words."""
    main = said.get("number") or said.get("label") or said.get("name") or ""
    more = str(said.get("role") or said.get("reason") or "")
    coded = more.isascii() and more.isidentifier()
    return " · ".join(str(part) for part in (main, "" if coded else more) if part)


def _about(opens: bool, said: dict[str, object], model: str, pk: int) -> str:
    """The words, as the way to the page of what they are about where the person may open it."""
    words = _about_plain(opens, said, model, pk)
    return link(PLACES[model][0].format(pk), words) if opens else escape(words)


def _about_plain(opens: bool, said: dict[str, object], model: str, pk: int) -> str:
    return _words(said) or (str(PLACES[model][1]) if model in PLACES else "")


def _kinds(viewer: Viewer) -> Choices:
    return sorted(known_events().items())


AUDIT = ListSpec(
    name="audit", title=_("Audit log"), address="audit", permissions=(P.VIEW_AUDIT,),
    rows=_events, local=False,
    columns=(
        Column("at", _("Time"), Kind.MOMENT, "at", sort="pk", indexed=True, quick=True),
        Column("who", _("Person"), Kind.PERSON, "actor_name", filter="actor_id",
               choices=colleagues, quick=True,
               show=lambda name: name or _now("the system"), plain=lambda name: name),
        Column("kind", _("What"), Kind.CHOICE, "kind", choices=_kinds,
               show=lambda kind: str(event_words(kind)),
               plain=lambda kind: str(event_words(kind))),
        Column("about", _("About"), value=_opens, more=("data", "subject_type", "subject_id"),
               show=_about, plain=_about_plain, filter="", sort="", cls="wrap-text"),
        Column("station", _("Station"), Kind.CHOICE, "station_id", choices=_station_names,
               nullable=True),
    ),
    sort="-at",
    empty=(_("Nothing is recorded here"), _("Choose another person or day.")),
)


def _looks(viewer: Viewer) -> Rows:
    return logs.unmaskings(viewer.user)


LOOKS = ListSpec(
    name="looks", title=_("Personal data shown"), address="looks", permissions=(P.VIEW_AUDIT,),
    rows=_looks, local=False,
    columns=(
        Column("at", _("Time"), Kind.MOMENT, "at", sort="pk", indexed=True, quick=True),
        Column("who", _("Person"), Kind.PERSON, "user__name", filter="user_id", choices=colleagues,
               quick=True, sort="user__name_key"),
        Column("whose", _("Whose"), path="label", more=("subject_id",),
               show=lambda label, pk: label or str(pk), plain=lambda label, pk: label or str(pk)),
        Column("field", _("What"), Kind.CHOICE, "field", choices=tuple(FIELD_WORDS.items())),
        Column("reason", _("Why"), path="reason", cls="wrap-text"),
        Column("station", _("Station"), Kind.CHOICE, "station__name", filter="station_id",
               choices=_station_names, nullable=True),
    ),
    sort="-at",
    empty=(_("Nothing is recorded here"), _("Choose another person or day.")),
)
