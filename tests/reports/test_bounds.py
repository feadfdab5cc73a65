"""A query is bounded in time and in rows, and says so; charts and files come from its figures."""

import csv
import io
from decimal import Decimal as D

import pytest
from django.db import connection
from django.db.models import FloatField, Func, Value

from chejian.core.patience import TookTooLong, patience
from chejian.reports import chart, running
from tests.factories import accounts
from tests.reports.conftest import answer

pytestmark = pytest.mark.django_db


class Sleep(Func):
    """A row that takes its time."""

    template = "(SELECT 1.0 FROM pg_sleep(0.2))"
    output_field = FloatField()


@pytest.fixture
def slow(monkeypatch):
    prepared = running._prepared

    def late(question):
        return prepared(question).annotate(late=Sleep()).filter(late__gt=Value(0.0))

    monkeypatch.setattr(running, "_prepared", late)


def test_a_long_question_is_broken_off(data, slow):
    with pytest.raises(TookTooLong) as error:
        answer("orders", "by=status&fig=count", data.here.manager, data.here, seconds=0.1)
    assert "超过 0.1 秒" in str(error.value)
    assert connection.is_usable()


def test_the_page_says_so(data, slow, monkeypatch):
    monkeypatch.setattr(running, "PATIENCE", 0.1)
    monkeypatch.setattr(running.run, "__defaults__", (running.SHOWN, 0.1))
    client = accounts.client_of(data.here.manager, data.here.station)
    page = client.get("/queries/orders/?by=status&fig=count")
    assert page.status_code == 200
    assert "超过 0.1 秒" in page.content.decode()
    exported = client.post("/exports/of/figures-orders/?by=status", {"format": "csv"})
    assert exported.status_code == 422


def test_the_limit_ends_with_the_block():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()
        with patience(7):
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("7s",)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before


@pytest.mark.django_db(transaction=True)
def test_a_query_writes_nothing():
    from django.db import DatabaseError

    from chejian.accounts.models import Skill

    with pytest.raises(DatabaseError, match="read-only"), patience(5, reading=True):
        Skill.objects.create(name="电工")
    assert Skill.objects.count() == 0
    Skill.objects.create(name="电工")


def test_the_cap_is_said(data, monkeypatch):
    monkeypatch.setattr(running.run, "__defaults__", (2, 10.0))
    monkeypatch.setattr("chejian.reports.views.SHOWN", 2)
    client = accounts.client_of(data.here.manager, data.here.station)
    page = client.get("/queries/orders/?by=opened:day&fig=sum:total").content.decode()
    assert "只显示前 2 组" in page
    assert "600.61" in page


def test_the_export_holds_every_group_and_the_total(data):
    client = accounts.client_of(data.here.manager, data.here.station)
    got = client.post(
        "/exports/of/figures-orders/?by=opened:month&fig=count&fig=sum:total", {"format": "csv"}
    )
    text = b"".join(got).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["接车时间 · 按月", "条数", "金额 · 合计"], ["2026-01", "2", "300.30"],
        ["2026-03", "2", "300.31"], ["合计", "4", "600.61"],
    ]


@pytest.mark.parametrize("way", ["bar", "line", "pie"])
@pytest.mark.parametrize("group", ["by=opened:month", "by=customer", "by=opened:day&by=customer"])
def test_charts_are_drawn(data, way, group):
    found = answer("orders", f"{group}&fig=sum:total&chart={way}", data.here.manager, data.here)
    drawn = chart.draw(found)
    assert drawn is not None
    said = [shape.text for shape in drawn.wide.shapes if shape.text]
    assert said
    for picture in (drawn.wide, drawn.narrow):
        for shape in picture.shapes:
            assert shape.width >= 0
            assert shape.height >= 0
            assert -1 <= shape.x <= picture.width


def test_months_without_business_are_drawn_as_nothing(data):
    found = answer("orders", "by=opened:month&fig=sum:total&chart=bar", data.here.manager,
                   data.here)
    drawn = chart._data(found)
    assert list(drawn.labels) == ["2026-01", "2026-02", "2026-03"]
    assert [list(row) for _name, row in drawn.series] == [[D("300.30"), D(0), D("300.31")]]


def test_shares_below_zero_are_not_drawn(data):
    from chejian.workorders.models import WorkOrder

    WorkOrder.objects.filter(pk=data.orders[0].pk).update(
        labour_total=D(-9), total=D(-9), customer_total=D(-9), opened_at=data.orders[2].opened_at)
    text = "by=opened:day&fig=min:total&chart=pie"
    assert chart.draw(answer("orders", text, data.here.manager, data.here)) is None
    assert chart.draw(answer("orders", text.replace("pie", "bar"), data.here.manager, data.here))


@pytest.mark.parametrize(
    ("value", "text"), [(D(123456), "12.35 万"), (D("1.5"), "1.5"), (D(0), "0"),
                        (D(-20000), "-2 万"), (D(230000000), "2.3 亿")]
)
def test_short_figures(value, text):
    assert chart.short(value) == text


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 7.0), (0.0, 0.0), (-3.0, 12.0), (0.0, 123456.0), (0.0, 0.004)]
)
def test_scales_hold_everything(low, high):
    bottom, top, step = chart._scale((low, high))
    assert bottom <= low
    assert top >= high
    assert top > bottom
    assert 1 <= len(chart._ticks(bottom, top, step)) <= 9


@pytest.mark.parametrize("count", [1, 50])
def test_a_query_asks_as_often_for_fifty_groups(data, count, django_assert_max_num_queries):
    from chejian.accounts.models import User

    for number in range(count):
        User.objects.create(username=f"x{number}", name=f"x{number}")
    client = accounts.client_of(data.here.manager, data.here.station)
    with django_assert_max_num_queries(24):
        client.get("/queries/orders/?by=adviser&by=customer&fig=count&fig=sum:total")
