"""Conditions of lists: every operator on every kind, groups, periods, the words of the address."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone

from chejian.core.lists.address import read_address
from chejian.core.lists.asking import sent_to
from chejian.core.lists.operators import operators
from chejian.core.lists.periods import period
from chejian.core.lists.reading import narrowed, page, totals
from chejian.core.lists.spec import Column, Kind, ListSpec, Option, Tab, Viewer
from chejian.workorders.models import WorkOrder
from tests.factories import accounts, parties, vehicles, workorders

pytestmark = pytest.mark.django_db
STATES = [("draft", "Draft"), ("received", "Received")]
SPEC = ListSpec(
    name="tried", title="Tried", address="orders", permissions=("x",),
    rows=lambda viewer: WorkOrder.objects.filter(station_id=viewer.station_id),
    columns=(
        Column("name", "Name", path="contact_name"),
        Column("code", "Code", Kind.CODE, "remarks"),
        Column("km", "Km", Kind.NUMBER, "odometer_in", nullable=True),
        Column("sum", "Sum", Kind.MONEY, "total", total=True),
        Column("twice", "Twice", Kind.MONEY, value=lambda viewer: F("total") * 2, total=True),
        Column("at", "At", Kind.MOMENT, "promised_at", nullable=True),
        Column("day", "Day", Kind.DATE, "vehicle__last_visit_on", nullable=True),
        Column("status", "Status", Kind.CHOICE, "status", choices=STATES),
        Column("who", "Who", Kind.PERSON, "adviser__name", filter="adviser_id",
               choices=lambda viewer: [(viewer.user.pk, viewer.user.name)]),
        Column("clear", "Clear", Kind.BOOL, "cleared"),
        Column("secret", "Secret", Kind.MONEY, "labour_total", permission="see"),
        Column("phone", "Phone", path="contact_phone", mask=lambda text: "***", clear="phone"),
        Column("id", "Id", Kind.NUMBER, "pk", indexed=True, filter=""),
    ),
    sort="id", tabs=(Tab("all", "All"),),
    options=(Option("o", "O", [("a", "A"), ("b", "B")], "b"),),
)
NOON = datetime.fromisoformat("2026-03-12T12:00:00+08:00")


@pytest.fixture
def viewer(defaults):
    """Three orders: a (100, 10 km, promised 03-12 noon), b (200, 20 km, 03-13 00:00), c (300)."""
    shop = workorders.Shop()
    facts = (
        ("甲一", "AB-1", 10, 100, NOON, date(2026, 3, 1), "draft", True),
        ("甲二", "ab-2", 20, 200, NOON.replace(day=13, hour=0), date(2026, 3, 31), "draft", False),
        ("乙", "", None, 300, None, None, "received", False),
    )
    for name, code, km, total, at, day, _status, clear in facts:
        car = vehicles.make_vehicle(owner=parties.make_party(name))
        type(car).objects.filter(pk=car.pk).update(last_visit_on=day)
        made = workorders.make_order(shop, vehicle=car)
        WorkOrder.objects.filter(pk=made.pk).update(
            contact_name=name, remarks=code, odometer_in=km, labour_total=D(total), total=D(total),
            promised_at=at, cleared=clear, contact_phone="13800000000",
        )
    return Viewer(shop.adviser, shop.station.pk, lambda code: False)


def asked(viewer, *f, **query):
    given = QueryDict(mutable=True)
    given.setlist("f", list(f))
    for key, value in query.items():
        given.setlist(key, value if isinstance(value, list) else [value])
    return read_address(SPEC, viewer, given)


def names(question):
    return "".join(narrowed(question).order_by("pk").values_list("contact_name", flat=True))


CASES = {
    "name.contains.甲": "甲一甲二", "name.is.甲一": "甲一", "name.starts.甲": "甲一甲二",
    "name.lacks.甲": "乙", "name.in.甲一、乙": "甲一乙", "name.not_in.甲一,乙": "甲二",
    "name.empty.": "", "name.filled.": "甲一甲二乙",
    "code.contains.ab": "甲一甲二", "code.is.AB-1": "甲一", "code.starts.ab": "甲一甲二",
    "code.lacks.ab": "乙", "code.in.AB-1": "甲一", "code.not_in.AB-1": "甲二乙",
    "code.empty.": "乙", "code.filled.": "甲一甲二",
    "km.is.10": "甲一", "km.from.20": "甲二", "km.to.10": "甲一", "km.between.10..20": "甲一甲二",
    "km.between.20..10": "甲一甲二", "km.in.10,20": "甲一甲二", "km.empty.": "乙",
    "km.filled.": "甲一甲二",
    "sum.is.100.00": "甲一", "sum.from.150": "甲二乙", "sum.to.¥1,000": "甲一甲二乙",
    "sum.between.150..250": "甲二", "sum.in.100,300": "甲一乙",
    "twice.from.500": "乙", "twice.between.150..450": "甲一甲二",
    "at.is.2026-03-12": "甲一", "at.from.2026-03-13": "甲二", "at.to.2026-03-12": "甲一",
    "at.between.2026-03-12..2026-03-13": "甲一甲二", "at.period.today": "", "at.empty.": "乙",
    "at.filled.": "甲一甲二", "at.is.2026/3/12": None, "at.is.2026-13-01": None,
    "day.is.2026-03-31": "甲二", "day.from.2026-03-02": "甲二", "day.to.2026-03-30": "甲一",
    "day.between.2026-03-31..2026-03-01": "甲一甲二", "day.period.yesterday": "",
    "day.empty.": "乙",
    "day.filled.": "甲一甲二",
    "status.in.draft": "甲一甲二乙", "status.in.received": "",
    "status.not_in.received": "甲一甲二乙",
    "clear.is.1": "甲一", "clear.is.0": "甲二乙",
    "status.in.closed": None, "status.in.": None, "km.is.ten": None, "km.is.1.5": None,
    "sum.is.NaN": None, "sum.is.1e99": None, "sum.between.5": None, "clear.is.yes": None,
    "at.is.0001-01-01": None, "at.period.never": None, "name.is.": None, "none.is.1": None,
    "name.shouts.x": None, "id.is.1": None, "secret.from.0": None, "phone.contains.138": None,
    "name.contains.\x00": None, "who.in.0": None,
}


@pytest.mark.parametrize("condition", CASES)
def test_each_operator_on_each_kind(viewer, condition):
    """None: it cannot be read or is not this person's to ask; then nothing is left out."""
    question, wanted = asked(viewer, condition), CASES[condition]
    assert bool(question.problems) == (wanted is None)
    assert names(question) == ("甲一甲二乙" if wanted is None else wanted)


def test_every_operator_is_in_the_table():
    for kind in {column.kind for column in SPEC.columns if column.filtered_by}:
        keys = {one.key for c in SPEC.columns if c.kind == kind for one in operators(c)}
        tried = {case.split(".")[1] for case in CASES
                 if any(case.startswith(f"{c.key}.") for c in SPEC.columns if c.kind == kind)}
        assert keys <= tried or kind is Kind.PERSON, (kind, keys - tried)


@pytest.mark.parametrize(
    ("match", "groups", "shown"),
    [
        ("any", {"f1": ["sum.is.100"], "f2": ["sum.is.300"]}, "甲一乙"),
        ("any", {"f1": ["name.contains.甲", "sum.from.150"], "f2": ["sum.is.300"]}, "甲二乙"),
        ("all", {"f1": ["sum.is.100", "sum.is.200"], "f2": ["km.from.15", "sum.is.300"]}, "甲二"),
        ("all", {"f1": ["name.contains.甲"], "f2": ["clear.is.1"]}, "甲一"),
        ("any", {"f": ["clear.is.0"], "f1": ["sum.is.100"], "f2": ["sum.is.200"]}, "甲二"),
        ("all", {"f": ["clear.is.0"], "f3": ["sum.is.100", "sum.is.300"]}, "乙"),
    ],
)
def test_groups_are_joined_as_said(viewer, match, groups, shown):
    always = groups.pop("f", [])
    assert names(asked(viewer, *always, m=match, **groups)) == shown


def test_sums_are_of_everything_that_answers(viewer):
    found = totals(asked(viewer, "sum.to.250"))
    assert (found.count, found.whole) == (2, True)
    assert {column.key: value for column, value in found.sums} == {"sum": D(300), "twice": D(600)}


def test_beyond_the_limit_the_number_is_an_estimate(viewer, monkeypatch):
    monkeypatch.setattr("chejian.core.lists.reading.COUNTED", 2)
    found = totals(asked(viewer))
    assert not found.whole
    assert found.count == 3
    assert found.sums == ()
    assert found.estimate >= 2


def test_too_many_rows_are_not_sorted_by_what_has_no_index(viewer, monkeypatch):
    monkeypatch.setattr("chejian.core.lists.reading.COUNTED", 2)
    turned = page(asked(viewer, sort="-sum"))
    assert turned.problem
    assert [row[0] for row in turned.rows] == sorted(row[0] for row in turned.rows)
    assert not page(asked(viewer, "sum.from.150", sort="-sum")).problem


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("today", "2026-03-12", "2026-03-12"), ("yesterday", "2026-03-11", "2026-03-11"),
        ("tomorrow", "2026-03-13", "2026-03-13"), ("this_week", "2026-03-09", "2026-03-15"),
        ("last_week", "2026-03-02", "2026-03-08"), ("this_month", "2026-03-01", "2026-03-31"),
        ("last_month", "2026-02-01", "2026-02-28"), ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"), ("last_7", "2026-03-06", "2026-03-12"),
        ("last_1", "2026-03-12", "2026-03-12"), ("next_7", "2026-03-12", "2026-03-18"),
    ],
)
def test_relative_dates(key, first, last):
    found = period(key, date(2026, 3, 12))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))
    leap = period("last_month", date(2028, 3, 31))
    assert leap == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize("key", ["", "last_0", "last_99999", "last_x", "someday"])
def test_what_is_no_period(key):
    assert period(key, date(2026, 3, 12)) is None


def test_a_moment_counts_on_the_stations_day(viewer):
    """The first minute of today is today, the last one of yesterday is not."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = WorkOrder.objects.filter(contact_name="甲一")
    rows.update(promised_at=midnight)
    assert names(asked(viewer, "at.period.today")) == "甲一"
    rows.update(promised_at=midnight - timedelta(microseconds=1))
    assert names(asked(viewer, "at.period.today")) == ""


def test_rights_open_columns(viewer):
    may = Viewer(viewer.user, viewer.station_id, lambda code: True)
    assert names(asked(may, "secret.from.150")) == "甲二乙"
    assert names(asked(may, "phone.contains.138")) == "甲一甲二乙"
    assert asked(viewer, cols="secret,sum", sort="secret").sort == "id"
    assert [one.key for one in asked(viewer, cols="secret,sum,sum").columns] == ["sum"]
    assert asked(viewer, sort="phone").problems


def test_options_are_checked(viewer):
    assert asked(viewer, o="a").viewer.options == {"o": "a"}
    assert asked(viewer, o="z").viewer.options == {"o": "b"}


def test_the_form_of_conditions_becomes_a_short_address(viewer):
    question = asked(
        viewer, "sum.is.1", apply="filters", panel="filters", m="all", q="x", cols="sum,name",
        c0="sum", o0="between", v0=["5", "7"], g0="1", c1="status", o1="in",
        v1=["draft", "received"], g1="0", c2="at", o2="period", p2="last_7", v2=["", ""],
        c3="name", o3="is", v3="",
        c4="secret", o4="is", v4="5",
    )
    assert QueryDict(sent_to(question).lstrip("?")).dict() == {
        "q": "x", "cols": "sum,name", "m": "all", "f1": "sum.between.5..7",
        "f": "at.period.last_7",
    }
    assert QueryDict(sent_to(question).lstrip("?")).getlist("f") == [
        "status.in.draft,received", "at.period.last_7"]


def test_the_form_of_columns_keeps_their_order_and_moves_one(viewer):
    question = asked(viewer, "sum.is.1", apply="columns", cols=["sum", "name", "secret", "at"])
    assert sent_to(question) == "?f=sum.is.1&cols=sum%2Cname%2Cat"
    moved = asked(viewer, apply="columns", cols=["sum", "name", "at"], up="at")
    assert sent_to(moved) == "?cols=sum%2Cat%2Cname&panel=columns"
    edge = asked(viewer, apply="columns", cols=["sum", "name"], up="sum")
    assert sent_to(edge) == "?cols=sum%2Cname&panel=columns"


def test_links_keep_the_question_and_begin_anew(viewer):
    question = asked(viewer, "sum.is.1", "km.is.2", q="x", after="abc", size="50")
    assert question.size == 50
    assert question.link(sort="sum") == "?f=sum.is.1&f=km.is.2&q=x&size=50&sort=sum"
    assert question.without(question.conditions[0]) == "?f=km.is.2&q=x&size=50"
    assert asked(viewer).link() == "?q="


def test_another_station_is_another_list(viewer):
    other = accounts.make_station("XX")
    assert names(asked(Viewer(viewer.user, other.pk, lambda code: True))) == ""
