"""Sums are exact, days are the shop's, names are told apart, and every figure has its rows."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.billing.services.collection import Tender, collect
from chejian.billing.services.settlement import settle
from chejian.reports import presenting
from chejian.reports.running import run
from chejian.reports.subjects import ALL
from chejian.workorders.models import Assignment
from tests.factories import accounts, catalog, inventory, parties, workorders
from tests.factories.workorders import Shop
from tests.reports.conftest import answer, ask, lines

pytestmark = pytest.mark.django_db


def test_sums_by_month_are_exact(data):
    found = answer("orders", "by=opened:month&fig=count&fig=sum:total&fig=avg:total",
                   data.here.manager, data.here)
    assert lines(found) == [
        ("2026-01", 2, D("300.30"), D("150.1500")), ("2026-03", 2, D("300.31"), D("150.1550")),
    ]
    assert list(found.totals) == [4, D("600.61"), D("150.1525")]


@pytest.mark.parametrize(
    ("unit", "labels"),
    [
        ("day", ["2026-01-05", "2026-01-31", "2026-03-02"]),
        ("week", ["2026 年第 02 周", "2026 年第 05 周", "2026 年第 10 周"]),
        ("quarter", ["2026 年 1 季度"]),
        ("year", ["2026"]),
    ],
)
def test_days_are_those_of_the_shop_s_clock(data, unit, labels):
    found = answer("orders", f"by=opened:{unit}&fig=count", data.here.manager, data.here)
    assert [line.labels[0] for line in found.lines] == labels


def test_two_customers_of_one_name_are_two(data):
    found = answer("orders", "by=customer&fig=sum:total", data.here.manager, data.here)
    assert lines(found) == [("王芳", D("400.40")), ("王芳", D("200.21"))]


def test_without_groups_there_is_one_sum(data):
    found = answer("orders", "fig=sum:total&fig=max:total&fig=min:total&fig=distinct:customer",
                   data.here.manager, data.here)
    assert list(found.totals) == [D("600.61"), D("300.30"), D("0.01"), 1]
    assert found.lines == []


@pytest.mark.parametrize("where", ["", "&f=total.from.100", "&f=total.from.99999"])
def test_totals_put_together_from_groups_are_those_of_all_rows(data, where):
    """With figures that can be joined the rows are read once; an average makes them read twice."""
    figures = "fig=count&fig=sum:total&fig=min:total&fig=max:total&fig=sum:odometer"
    once = answer("orders", f"by=plate&{figures}{where}", data.here.manager, data.here)
    twice = answer("orders", f"by=plate&{figures}&fig=avg:total{where}", data.here.manager,
                   data.here)
    assert list(once.totals) == list(twice.totals)[:5]
    assert len(once.totals) == 5


def test_rows_are_read_once_for_groups_and_totals(data):
    question = ask("orders", "by=opened:month&fig=count&fig=sum:total", data.here.manager,
                   data.here)
    with CaptureQueriesContext(connection) as seen:
        run(question)
    assert sum("workorders_workorder" in one["sql"] for one in seen.captured_queries) == 1


def test_conditions_are_those_of_the_lists(data):
    found = answer("orders", "by=opened:month&fig=sum:total&f=total.from.100"
                   "&f=opened.between.2026-01-01..2026-01-31", data.here.manager, data.here)
    assert lines(found) == [("2026-01", D("300.30"))]


def test_order_and_cap(data):
    text = "by=opened:day&fig=sum:total&order=-f0"
    found = answer("orders", text, data.here.manager, data.here, limit=2)
    assert lines(found) == [("2026-03-02", D("300.31")), ("2026-01-31", D("200.20"))]
    assert found.more
    assert list(found.totals) == [D("600.61")]


@pytest.mark.parametrize("group", ["opened:week", "customer", "adviser", "status", "type", "class"])
def test_the_rows_behind_a_figure_add_up_to_it(data, group):
    text = f"by={group}&fig=count&fig=sum:total&f=total.from.0.01"
    found = answer("orders", text, data.here.manager, data.here)
    client = accounts.client_of(data.here.manager, data.here.station)
    assert found.lines
    for line, row in zip(found.lines, presenting.rows_of(found), strict=True):
        address, _mark, query = row.url.partition("?")
        page = client.get(row.url)
        assert (page.status_code, address) == (200, "/queries/orders/rows/")
        behind = answer("orders", f"{query}&fig=count&fig=sum:total", data.here.manager, data.here)
        assert list(behind.totals) == line.figures
        assert behind.question.asked.problems == ()


def test_jobs_technicians_and_parts(defaults):
    shop = Shop()
    part = catalog.make_part(brand="博世")
    inventory.stock(part, shop.warehouse, 10, by=shop.storekeeper)
    order = workorders.brought_to("completed", shop, jobs=2, part=part)
    jobs = answer("jobs", "by=job_status&fig=count&fig=sum:hours&fig=sum:payable", shop.manager,
                  shop)
    whole = sum((job.amount - job.discount for job in order.jobs.all()), D(0))
    assert (jobs.totals[0], jobs.totals[2]) == (2, whole)
    line = Assignment.objects.filter(job__order=order).first()
    assert line is not None
    shares = answer("technicians", "by=technician&fig=sum:payable", shop.manager, shop)
    assert lines(shares) == [(shop.technician.name, whole)]
    parts = answer("parts", "by=brand&fig=sum:issued&fig=sum:cost", shop.manager, shop)
    issued = order.part_lines.get()
    assert lines(parts) == [("博世", issued.issued, issued.cost)]
    assert issued.cost > 0
    moves = answer("stock-moves", "by=kind&fig=sum:quantity&fig=sum:value", shop.manager, shop)
    assert moves.totals[0] == D(10) - issued.issued


def test_money_taken_by_method(defaults):
    shop = Shop()
    inventory.stock(part := catalog.make_part(), shop.warehouse, 10, by=shop.storekeeper)
    order = workorders.brought_to("completed", shop, part=part)
    now = timezone.now()
    settle(order=order, by=shop.cashier, at=now)
    order.refresh_from_db()
    tenders = [Tender("cash", D(5)), Tender("wechat", order.total - 5)]
    collect(order=order, tenders=tenders, by=shop.cashier, at=now)
    paid = answer("payments", "by=method&fig=sum:amount&order=f0", shop.cashier, shop)
    assert lines(paid) == [("现金", D("5.00")), ("微信", order.total - 5)]
    settled = answer("settlements", "by=payer&fig=sum:payable&fig=sum:net&fig=sum:tax",
                     shop.cashier, shop)
    assert settled.totals[0] == order.total == settled.totals[1] + settled.totals[2]


def test_turnover_of_customers_counts_each_order_once(data):
    found = answer("customers", "by=name&fig=sum:visits&fig=sum:turnover", data.here.manager,
                   data.here)
    assert lines(found) == [("王芳", 2, D("400.40")), ("王芳", 2, D("200.21"))]


@pytest.mark.parametrize("subject", ALL, ids=lambda one: one.key)
def test_every_field_can_be_grouped_and_worked_out(subject, data, defaults):
    """Each way by itself, against the database: no field is declared that cannot be asked."""
    boss = accounts.make_user("station_manager", data.here.station)
    bare = ask(subject.key, "", boss, data.here)
    assert bare.groupable
    assert len(bare.countable) > 1
    for group in bare.groupable:
        answer(subject.key, f"by={group.written}&fig=count", boss, data.here)
    for figure in bare.countable:
        found = answer(subject.key, f"fig={figure.written}", boss, data.here)
        assert len(found.totals) == 1


@pytest.mark.parametrize("subject", ALL, ids=lambda one: one.key)
def test_every_subject_has_a_good_beginning(subject, data):
    """Its first query and its list of rows answer without a problem."""
    boss = accounts.make_user("station_manager", data.here.station)
    first = ask(subject.key, subject.start, boss, data.here)
    assert first.asked.problems == ()
    assert [one.written for one in first.groups] == first.asked.query.getlist("by")
    assert [one.written for one in first.figures] == first.asked.query.getlist("fig")
    keys = {column.key for column in subject.spec.columns}
    assert len(keys) == len(subject.spec.columns)
    assert set(subject.identities) | set(subject.identities.values()) <= keys
    client = accounts.client_of(boss, data.here.station)
    assert client.get(f"/queries/{subject.key}/").status_code == 200
    everything = ",".join(sorted(keys))
    assert client.get(f"/queries/{subject.key}/rows/?cols={everything}").status_code == 200


def test_ready_made_queries_can_be_asked(data):
    from chejian.reports.ready import READY

    for one in READY:
        question = ask(one.subject, one.question, data.here.manager, data.here)
        assert question.asked.problems == (), one.question
        assert [group.written for group in question.groups] == question.asked.query.getlist("by")
        assert [fig.written for fig in question.figures] == question.asked.query.getlist("fig")


def test_merged_and_void_things_stay_out(defaults):
    shop = Shop()
    customer = parties.make_party("李梅")
    before = answer("customers", "fig=count", shop.manager, shop).totals
    type(customer).objects.filter(pk=customer.pk).update(merged_into=parties.make_party("李 梅"))
    assert answer("customers", "fig=count", shop.manager, shop).totals == before
